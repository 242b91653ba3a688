package io.higuma.controlplane;

import com.linecorp.armeria.client.ClientFactory;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.RequestHeaders;
import io.higuma.controlplane.config.ControlPlaneConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.slf4j.LoggerFactory;

/// What the control plane does when the launcher records its ahead-of-time cache: a life in small. It starts in a
/// folder of its own on ports that the system chooses, is written to, has proxies that connect, acknowledge, leave and
/// come back, and starts once more on what it stored. So a real one starts with its classes linked, and knows from the
/// first connection on which methods are worth compiling.
public final class Training {

    private static final int SERVICES = 10;
    private static final int INSTANCES = 5;
    private static final int ENDPOINT_CHANGES = 80;
    private static final int POLICY_CHANGES = 10;
    private static final int RETURNS = 3;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final WebClient rest;
    private final ControlPlane plane;

    private Training(ControlPlane plane, ClientFactory factory) {
        this.plane = plane;
        this.rest = WebClient.builder("http://127.0.0.1:" + plane.ports().http())
                .factory(factory)
                .responseTimeout(PATIENCE)
                .build();
    }

    public static void main(String[] args) throws IOException, InterruptedException {
        Path home = Files.createTempDirectory("higuma-training");
        Logs.set("info", false);
        var _ = Main.command().execute("config", "print", "--data-dir", home.toString());
        try (ClientFactory factory = ClientFactory.builder().tlsNoVerify().build()) {
            List<TrainingProxy> proxies = new ArrayList<>();
            try (ControlPlane plane = ControlPlane.start(config(home))) {
                Training training = new Training(plane, factory);
                training.write();
                proxies.addAll(training.proxies(factory));
                training.live(factory, proxies);
            }
            try (ControlPlane again = ControlPlane.start(config(home))) {
                Training training = new Training(again, factory);
                training.proxies(factory).forEach(TrainingProxy::connect);
                training.move(0);
            }
        } finally {
            try (Stream<Path> files = Files.walk(home)) {
                files.sorted(Comparator.reverseOrder()).forEach(Training::delete);
            }
        }
        // Threads of the client would keep the process.
        System.exit(0);
    }

    private static void delete(Path file) {
        try {
            Files.delete(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ControlPlaneConfig config(Path home) {
        Map<String, String> settings = new TreeMap<>();
        for (String server : List.of("apiServer.http", "apiServer.https", "dpServer", "diagnostics")) {
            settings.put(server + ".interface", "127.0.0.1");
            settings.put(server + (server.equals("diagnostics") ? ".serverPort" : ".port"), "0");
        }
        return ControlPlaneConfig.of(settings, home);
    }

    private void write() {
        for (int service = 0; service < SERVICES; service++) {
            for (int instance = 0; instance < INSTANCES; instance++) {
                put("dataplanes", name(service, instance), dataplane(service, instance, instance + 1));
            }
        }
        await(put("meshidentities", "training", """
                {"type": "MeshIdentity", "mesh": "default", "name": "training", "spec": {
                 "selector": {"dataplane": {"matchLabels": {}}}, "provider": {"type": "Bundled",
                 "bundled": {"insecureAllowSelfSigned": true, "autogenerate": {"enabled": true}}}}}"""));
    }

    private static String name(int service, int instance) {
        return "service-" + service + "-" + instance;
    }

    private static String dataplane(int service, int instance, int host) {
        String outbounds = IntStream.range(0, SERVICES)
                .mapToObj(called -> """
                        {"port": %d, "backendRef": {"kind": "MeshService", "name": "service-%d", "port": 8080}}""".formatted(20_000 + called, called))
                .collect(Collectors.joining(","));
        return """
                {"type": "Dataplane", "mesh": "default", "name": "%s", "labels": {"kuma.io/workload": "service-%d"},
                 "networking": {"address": "127.0.%d.%d", "inbound": [{"port": 8080, "protocol": "http"}],
                 "outbound": [%s]}}""".formatted(name(service, instance), service, service + 1, host, outbounds);
    }

    private List<TrainingProxy> proxies(ClientFactory factory) {
        List<TrainingProxy> proxies = new ArrayList<>();
        for (int service = 0; service < SERVICES; service++) {
            String token = send(HttpMethod.POST, "/tokens/dataplane", """
                    {"mesh": "default", "type": "dataplane", "workload": "service-%d", "validFor": "1h"}""".formatted(service))
                    .contentUtf8()
                    .strip();
            // The last instance has no proxy: its address moves.
            for (int instance = 0; instance < INSTANCES - 1; instance++) {
                proxies.add(new TrainingProxy(factory, plane.ports().dataplanes(), name(service, instance), token));
            }
        }
        return proxies;
    }

    private void live(ClientFactory factory, List<TrainingProxy> proxies) {
        proxies.forEach(TrainingProxy::connect);
        for (int change = 0; change < ENDPOINT_CHANGES; change++) {
            move(change);
        }
        for (int change = 0; change < POLICY_CHANGES; change++) {
            await(put("meshtimeouts", "training", """
                    {"type": "MeshTimeout", "mesh": "default", "name": "training", "spec": {"targetRef": {"kind": "Mesh"},
                     "to": [{"targetRef": {"kind": "Mesh"}, "default": {"http": {"requestTimeout": "%ds"}}}]}}""".formatted(change + 1)));
        }
        for (int round = 0; round < RETURNS; round++) {
            proxies.forEach(TrainingProxy::close);
            proxies.forEach(TrainingProxy::connect);
            move(round);
        }
        LoggerFactory.getLogger(Training.class)
                .atInfo()
                .addKeyValue("proxies", proxies.size())
                .log("they live");
        WebClient old = WebClient.builder("h1c://127.0.0.1:" + plane.ports().diagnostics())
                .factory(factory)
                .build();
        for (String path : List.of("/ready", "/metrics")) {
            var _ = old.get(path).aggregate().join();
        }
        for (String path : List.of(
                "/",
                "/meshes",
                "/meshes/default/dataplanes?size=10",
                "/meshes/default/dataplanes/_overview",
                "/meshes/default/meshservices",
                "/mesh-insights")) {
            var _ = send(HttpMethod.GET, path, "");
        }
    }

    private void move(int change) {
        int service = change % SERVICES;
        int last = INSTANCES - 1;
        await(put("dataplanes", name(service, last), dataplane(service, last, 10 + change)));
    }

    private AggregatedHttpResponse put(String plural, String name, String body) {
        return send(HttpMethod.PUT, "/meshes/default/" + plural + "/" + name, body);
    }

    /// Until all proxies run what was written.
    private void await(AggregatedHttpResponse written) {
        String revision = written.headers().get("higuma-revision", "");
        var _ = send(HttpMethod.GET, "/revisions/" + revision + "?wait=5s", "");
    }

    private AggregatedHttpResponse send(HttpMethod method, String path, String body) {
        RequestHeaders headers = RequestHeaders.builder(method, path)
                .contentType(MediaType.JSON)
                .accept(MediaType.JSON)
                .build();
        return rest.execute(body.isEmpty() ? HttpRequest.of(headers) : HttpRequest.of(headers, HttpData.ofUtf8(body)))
                .aggregate()
                .join();
    }
}
