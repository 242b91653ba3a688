package io.higuma.engine;

import io.higuma.bench.load.Documents;
import io.higuma.bench.load.Scope;
import io.higuma.bench.load.Topology;
import io.higuma.bench.load.Workload;
import io.higuma.envoy.Interner;
import io.higuma.envoy.ProxyCompiler;
import io.higuma.model.ComputedLabels;
import io.higuma.model.Labels;
import io.higuma.model.Resource;
import io.higuma.model.ResourceMeta;
import io.higuma.model.core.CoreTypes;
import io.higuma.model.core.MeshSpec;
import io.higuma.policies.Policies;
import io.higuma.policies.timeout.MeshTimeoutPolicy;
import io.higuma.store.Change;
import io.higuma.store.Expectation;
import io.higuma.store.InMemoryResourceStore;
import io.higuma.xds.Differences;
import io.higuma.xds.Node;
import java.lang.management.ManagementFactory;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/// `./dev bench simulate [PROXIES [SERVICES]]`: the engine and the streams of many proxies in one process, without
/// sockets, TLS and clients: what is left is what only the control plane can do. Prints time, CPU and memory. Each
/// proxy calls ten services.
public final class Simulation implements AutoCloseable {

    private static final int LOOPS = 2;
    private static final int CHANGES = 300;
    private static final int AT_ONCE = 500;
    private static final Duration LOOK = Duration.ofMillis(100);
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private final Workload workload;
    private final Documents documents;
    private final InMemoryResourceStore store = new InMemoryResourceStore(InstantSource.system());
    private final SimulatedProxy.Counts counts = new SimulatedProxy.Counts();
    private final Differences differences = new Differences();
    private final List<ExecutorService> loops = new ArrayList<>();
    private final List<SimulatedProxy> proxies = new ArrayList<>();
    private final MeshEngine engine;
    private int moves;

    private Simulation(int proxies, int services) {
        int instances = Math.max(1, proxies / services);
        this.workload = new Workload(
                "simulation",
                services,
                instances,
                services * instances,
                new Scope.Backends(10),
                0,
                false,
                "no sockets");
        this.documents = new Documents(new Topology(workload), Documents.Outbounds.EXPLICIT, List.of());
        for (int i = 0; i < LOOPS; i++) {
            loops.add(Executors.newSingleThreadExecutor());
        }
        commit(List.of(new Resource(
                CoreTypes.MESH,
                CoreTypes.MESH.key("", Topology.MESH),
                ResourceMeta.unstored(
                        new ComputedLabels("default", false).of(CoreTypes.MESH, "", Topology.MESH, Labels.NONE)),
                new MeshSpec(List.of()),
                Optional.empty())));
        this.engine = MeshEngine.start(
                new EngineSettings("default", "simulation", false, false, LOOPS, EngineSettings.Timing.DEFAULT),
                new EngineParts(
                        store,
                        Policies.all(),
                        new ProxyCompiler(new Interner(), Ipam.DEFAULT.ranges()),
                        (mesh, name, json) -> new DataplaneReader.Reading(Optional.empty(), List.of()),
                        source -> Optional.empty(),
                        InstantSource.system(),
                        new SecureRandom()));
    }

    public static void main(String[] arguments) {
        int proxies = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 10_000;
        int services = arguments.length > 1 ? Integer.parseInt(arguments[1]) : Math.max(1, proxies / 10);
        try (Simulation simulation = new Simulation(proxies, services)) {
            simulation.run();
        }
    }

    private void run() {
        System.out.printf(
                "%,d proxies, %,d services x %d, each calls 10%n",
                workload.proxies(), workload.services(), workload.instances());
        measured("write the Dataplanes, make the services", () -> {
            load();
            await(() -> store.list(CoreTypes.MESH_SERVICE.name()).size() == workload.services());
        });
        memory("before the first proxy");
        measured("all connect, until all run their configuration", () -> {
            connect();
            await(this::allSettled);
        });
        memory("with all of them");
        measured("a timeout for all, until all run it", () -> policy(21));
        measured("another one", () -> policy(22));
        endpoints(CHANGES + " endpoints move, one after the other, cold");
        endpoints(CHANGES + " more, warm");
        memory("at the end");
    }

    private void load() {
        List<Resource> batch = new ArrayList<>();
        for (int service = 0; service < workload.services(); service++) {
            for (int instance = 0; instance < workload.instances(); instance++) {
                batch.add(MeshFixture.dataplane(documents.dataplane(service, instance)));
                if (batch.size() == AT_ONCE) {
                    commit(batch);
                    batch.clear();
                }
            }
            String extra = Topology.extraName(service);
            batch.add(MeshFixture.dataplane(Documents.extra(extra, Topology.serviceName(service), "10.200.0.1")));
        }
        commit(batch);
    }

    private long commit(List<Resource> resources) {
        return store.commit(
                        resources.stream()
                                .<Change>map(resource -> new Change.Put(resource, Expectation.ANYTHING))
                                .toList(),
                        "simulation")
                .revision();
    }

    private void connect() {
        for (int stream = 0; stream < workload.proxies(); stream++) {
            SimulatedProxy proxy = new SimulatedProxy(counts, loops.get(stream % LOOPS), differences);
            proxies.add(proxy);
            String name = Topology.dataplaneName(stream % workload.services(), stream / workload.services());
            proxy.connect(
                    engine.configSource(),
                    new Node(Topology.MESH + "." + name, "proxy", "envoy", Map.of(), Optional.empty(), "127.0.0.1:1"));
        }
    }

    private boolean allSettled() {
        List<ProxyStatus> all = engine.proxies();
        return all.size() == workload.proxies() && all.stream().allMatch(ProxyStatus::settled);
    }

    private void policy(int seconds) {
        settled(commit(List.of(MeshFixture.read(
                MeshTimeoutPolicy.TYPE,
                Documents.timeout("all", "", Duration.ofSeconds(seconds).plusMillis(1))))));
    }

    /// Until every proxy that a revision concerns runs it.
    private void settled(long revision) {
        Receipt receipt = engine.receipt(revision, PATIENCE)
                .join()
                .orElseThrow(() -> new IllegalStateException("revision " + revision + " was forgotten"));
        if (!receipt.complete()) {
            throw new IllegalStateException("after " + PATIENCE + ": " + receipt);
        }
    }

    /// One endpoint after the other, each until all who call its service have it.
    private void endpoints(String what) {
        double[] took = new double[CHANGES];
        measured(what, () -> {
            for (int change = 0; change < CHANGES; change++) {
                int service = change * 7 % workload.services();
                Resource moved = MeshFixture.dataplane(Documents.extra(
                        Topology.extraName(service),
                        Topology.serviceName(service),
                        "10.201." + moves / 200 + "." + moves++ % 200));
                long begun = System.nanoTime();
                settled(commit(List.of(moved)));
                took[change] = (System.nanoTime() - begun) / 1e6;
            }
        });
        Arrays.sort(took);
        System.out.printf("    each: p50 %.2f ms, p99 %.2f ms%n", took[CHANGES / 2], took[CHANGES * 99 / 100]);
    }

    private void measured(String what, Runnable work) {
        long messages = counts.messages.get();
        long bytes = counts.bytes.get();
        long cpu = cpuNanos();
        long begun = System.nanoTime();
        work.run();
        System.out.printf(
                "%s: %.2f s, %.2f CPU-s, %,d messages, %.1f MB%n",
                what,
                (System.nanoTime() - begun) / 1e9,
                (cpuNanos() - cpu) / 1e9,
                counts.messages.get() - messages,
                (counts.bytes.get() - bytes) / 1e6);
    }

    private static long cpuNanos() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }

    @SuppressWarnings("SystemGc") // what is left after it is what is measured
    private void memory(String what) {
        System.gc();
        long used = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
        System.out.printf("    heap %s: %.1f MB%n", what, used / 1e6);
    }

    private void await(BooleanSupplier condition) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("not within " + PATIENCE);
            }
            LockSupport.parkNanos(LOOK.toNanos());
        }
    }

    @Override
    public void close() {
        engine.close();
        loops.forEach(ExecutorService::shutdownNow);
        if (counts.refused.get() > 0 || engine.faults() > 0) {
            throw new IllegalStateException(counts.refused + " refusals, " + engine.faults() + " faults");
        }
    }
}
