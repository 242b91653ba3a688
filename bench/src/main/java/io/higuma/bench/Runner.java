package io.higuma.bench;

import io.higuma.bench.load.Bootstrap;
import io.higuma.bench.load.Documents;
import io.higuma.bench.load.Rest;
import io.higuma.bench.load.Topology;
import io.higuma.bench.load.Workload;
import io.higuma.bench.operation.Operation;
import io.higuma.bench.operation.Session;
import io.higuma.bench.operation.Settings;
import io.higuma.bench.report.Measurement;
import io.higuma.bench.target.Machine;
import io.higuma.bench.target.Target;
import io.higuma.bench.wire.Contents;
import io.higuma.bench.wire.Fleet;
import io.higuma.bench.wire.Marks;
import io.higuma.bench.wire.Proxy;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// One workload on one control plane: loads it, connects, does the operations, and takes away what it put there.
public final class Runner {

    private static final Duration SERVICES = Duration.ofSeconds(120);
    private static final Duration SETTLE = Duration.ofSeconds(2);

    private final Plan plan;
    private final Target target;
    private final Consumer<String> progress;
    private final Marks marks = new Marks();
    private final Topology topology;
    private final Documents documents;

    /// What is to be done.
    ///
    /// @param threads event loops of the client
    public record Plan(
            Workload workload,
            List<Operation> operations,
            Settings settings,
            Documents.Outbounds outbounds,
            int threads) {
        public Plan {
            operations = List.copyOf(operations);
        }
    }

    public Runner(Plan plan, Target target, Consumer<String> progress) {
        this.plan = plan;
        this.target = target;
        this.progress = progress;
        this.topology = new Topology(plan.workload());
        boolean newServices = plan.operations().stream().anyMatch(o -> o.id().equals("O11"));
        this.documents = new Documents(topology, plan.outbounds(), newServices ? Session.newcomers() : List.of());
    }

    /// @param heard each measurement as soon as it is whole
    public void run(Consumer<Measurement> heard) throws IOException, InterruptedException {
        try (Rest rest = new Rest(target.api())) {
            heard.accept(load(rest));
            Session session = new Session(plan.settings(), topology, target, rest, marks);
            session.progress(progress);
            session.emptyRss(Machine.memory(target.pids()).getOrDefault("VmRSS", 0L));
            List<Proxy> proxies = proxies(rest);
            try (Fleet fleet = new Fleet(target.xds(), proxies, new Contents(marks), session.board(), plan.threads())) {
                session.fleet(fleet);
                for (Operation operation : plan.operations()) {
                    progress.accept(operation.id() + ": " + operation.words());
                    if (fleet.attempts() > 0) {
                        session.lookIdle();
                    }
                    operation.run(session).forEach(heard);
                }
            }
            if (!target.restartable()) {
                unload(rest);
            }
        }
    }

    private Measurement load(Rest rest) throws IOException, InterruptedException {
        Measurement out = new Measurement("load", "");
        double cpu = Machine.cpuSeconds(target.pids());
        long begun = System.nanoTime();
        Workload workload = plan.workload();
        List<Callable<Rest.Answer>> writes = new ArrayList<>();
        for (int service = 0; service < workload.services(); service++) {
            for (int instance = 0; instance < workload.instances(); instance++) {
                int s = service;
                int i = instance;
                writes.add(() -> rest.mustPut("dataplanes", documents.dataplane(s, i)));
            }
            int s = service;
            writes.add(() -> rest.mustPut(
                    "dataplanes",
                    Documents.extra(
                            Topology.extraName(s), Topology.serviceName(s), Marks.address(Session.firstMark(s)))));
        }
        progress.accept("writing " + writes.size() + " Dataplanes");
        rest.all(writes);
        policies(rest, out);
        if (workload.identity()) {
            rest.mustPut("meshidentities", Documents.identity("bench-identity"));
        }
        awaitServices(rest);
        out.value("dataplanes", writes.size()).value("seconds", (System.nanoTime() - begun) / 1e9);
        out.value("cpu s", Machine.cpuSeconds(target.pids()) - cpu);
        LockSupport.parkNanos(SETTLE.toNanos());
        return out;
    }

    /// Policies of three kinds; a kind that the control plane does not know is left out, and said.
    private void policies(Rest rest, Measurement out) throws IOException, InterruptedException {
        List<String[]> kinds = new ArrayList<>(List.of(
                new String[] {"MeshTimeout", "meshtimeouts"},
                new String[] {"MeshRetry", "meshretries"},
                new String[] {"MeshTrafficPermission", "meshtrafficpermissions"}));
        for (int number = 0; number < plan.workload().policies(); number++) {
            String[] kind = kinds.get(number % kinds.size());
            String service = Topology.serviceName(number % plan.workload().services());
            JsonNode policy = Documents.forService(kind[0], "bench-%04d".formatted(number), service, number);
            Rest.Answer answer = rest.put(kind[1], policy);
            if (answer.status() == 404 || answer.status() == 405) {
                out.note("the control plane has no " + kind[0] + ": its share went to the others");
                kinds.remove(kind);
                number--;
            } else if (!answer.ok()) {
                throw new IOException("a " + kind[0] + " was answered with " + answer.status() + ": " + answer.body());
            }
        }
    }

    /// Services are made from Dataplanes by the control plane itself; outbounds lead nowhere before that.
    private void awaitServices(Rest rest) throws IOException, InterruptedException {
        long end = System.nanoTime() + SERVICES.toNanos();
        int wanted = plan.workload().services();
        int made = 0;
        while (made < wanted) {
            if (System.nanoTime() > end) {
                throw new IOException("after " + SERVICES.toSeconds() + " s the control plane has made " + made + " of "
                        + wanted + " MeshServices");
            }
            Rest.Answer answer = rest.get("/meshes/" + Topology.MESH + "/meshservices?size=1");
            made = JsonMapper.shared().readTree(answer.body()).path("total").asInt(0);
            progress.accept("waiting for MeshServices: " + made + " of " + wanted);
            LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
        }
    }

    private List<Proxy> proxies(Rest rest) throws IOException, InterruptedException {
        progress.accept("asking for tokens");
        List<Callable<String>> calls = new ArrayList<>();
        for (int service = 0; service < plan.workload().services(); service++) {
            String name = Topology.serviceName(service);
            calls.add(() -> rest.token(name));
        }
        List<String> tokens = rest.all(calls);
        Bootstrap bootstrap =
                Bootstrap.ask(target.xds(), Topology.dataplaneName(0, 0), tokens.getFirst(), plan.outbounds());
        List<Proxy> proxies = new ArrayList<>();
        for (int stream = 0; stream < plan.workload().proxies(); stream++) {
            int service = topology.service(stream);
            String name = Topology.dataplaneName(service, topology.instance(stream));
            proxies.add(new Proxy(
                    stream,
                    service,
                    name,
                    topology.address(service, topology.instance(stream)),
                    bootstrap.node(name, Topology.serviceName(service)),
                    tokens.get(service)));
        }
        return proxies;
    }

    /// Takes away what was put there, as far as it is there.
    private void unload(Rest rest) throws IOException, InterruptedException {
        progress.accept("taking the workload away");
        List<Callable<Boolean>> deletions = new ArrayList<>();
        List<String> names = new ArrayList<>();
        Session.newcomers().forEach(newcomer -> names.add(newcomer + "-0"));
        for (int service = 0; service < plan.workload().services(); service++) {
            names.add(Topology.extraName(service));
            for (int instance = 0; instance < plan.workload().instances(); instance++) {
                names.add(Topology.dataplaneName(service, instance));
            }
        }
        for (String name : names) {
            deletions.add(() -> {
                rest.remove("dataplanes", name);
                return true;
            });
        }
        for (int number = 0; number < plan.workload().policies(); number++) {
            String name = "bench-%04d".formatted(number);
            for (String plural : List.of("meshtimeouts", "meshretries", "meshtrafficpermissions")) {
                deletions.add(() -> rest.delete("/meshes/" + Topology.MESH + "/" + plural + "/" + name)
                        .ok());
            }
        }
        for (String identity : List.of("bench-identity", "a-bench-identity")) {
            deletions.add(() -> rest.delete("/meshes/" + Topology.MESH + "/meshidentities/" + identity)
                    .ok());
        }
        rest.all(deletions);
    }
}
