package io.higuma.bench.datapath;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;

/// What is there before Envoys start: services, certificates, rules of the packet filter, and a control plane with its
/// mesh. [#start] brings Envoys and load generators.
final class Paths {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String ENVOY_USER = "5678";
    private static final String MINIMAL_FILE = "envoy.yaml";
    private static final int CALLS_TO_TRY = 20;
    private static final long MILLIS_TO_TRY = 200;
    /// The workload on each host of ours.
    private static final Map<String, String> WORKLOADS =
            Map.of(Way.OURS.client(), "client", Way.OURS.server(), "service");
    private static final String MESH = """
            type: MeshIdentity
            mesh: default
            name: identity
            spec:
              selector: {dataplane: {matchLabels: {}}}
              provider: {type: Bundled, bundled: {insecureAllowSelfSigned: true, autogenerate: {enabled: true}}}
            ---
            type: MeshTrafficPermission
            mesh: default
            name: client-to-service
            spec:
              targetRef: {kind: Dataplane, labels: {kuma.io/workload: service}}
              rules:
                - default: {allow: [{spiffeID: {type: Exact, value: "spiffe://default.default.mesh.local/workload/client"}}]}
            """;

    private final Lab lab;
    private final String launcher;
    private final int connections;
    private final Map<String, String> environment;
    private final Path envoy;

    /// What the minimal Envoys do as ours do.
    ///
    /// @param http2 they speak HTTP/2 to each other; else HTTP/1.1
    /// @param accessRule the service's asks who calls, and lets nobody else in
    record Minimal(boolean http2, boolean accessRule) {}

    private Paths(Lab lab, Path launcher, int connections) throws IOException, InterruptedException {
        this.lab = lab;
        this.launcher = launcher.toString();
        this.connections = connections;
        this.environment = Map.of("HIGUMA_HOME", lab.folder().resolve("home").toString(), "HIGUMA_NO_AOT", "1");
        this.envoy = envoy();
    }

    static Paths open(Lab lab, Path launcher, int connections, Minimal minimal)
            throws IOException, InterruptedException {
        Paths paths = new Paths(lab, launcher, connections);
        for (Way way : Way.values()) {
            Lab.ready(paths.peer(way.server(), "serve", "0.0.0.0", "80"));
        }
        paths.prepareMinimal(minimal);
        paths.prepareOurs();
        return paths;
    }

    /// Starts Envoys and load generators of these ways; each has been answered when this returns.
    Started start(List<Way> ways) throws IOException, InterruptedException {
        Started started = new Started(lab);
        for (Way way : ways) {
            switch (way) {
                case NONE -> {}
                case MINIMAL -> started.envoys(way, List.of(minimal(way.client()), minimal(way.server())));
                case OURS -> started.envoys(way, List.of(sidecar(way.client()), sidecar(way.server())));
            }
        }
        for (Way way : ways) {
            load(started, way, way == Way.OURS ? virtualAddress() : lab.address(way.server()));
        }
        return started;
    }

    /// A copy that Envoy's user may start.
    private Path envoy() throws IOException, InterruptedException {
        // Without the home of the bench: Envoy is where it always is
        String path =
                lab.run(Lab.ROUTER, Map.of(), launcher, "dp", "install-envoy").strip();
        Path copy = lab.folder().resolve("envoy");
        Files.copy(Path.of(path), copy);
        Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rwxr-xr-x"));
        return copy;
    }

    private Process peer(String host, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "-cp",
                Stream.of(System.getProperty("java.class.path").split(":"))
                        .map(entry -> Path.of(entry).toAbsolutePath().toString())
                        .collect(Collectors.joining(":")),
                Peer.class.getName()));
        command.addAll(List.of(arguments));
        return lab.start(host, Map.of(), command.toArray(String[]::new));
    }

    /// Tries until the way answers.
    private void load(Started started, Way way, String target) throws IOException, InterruptedException {
        retry(way.words(), () -> {
            Process load = peer(way.client(), "load", target, "80", Integer.toString(connections));
            try {
                started.load(way, load);
                Peer.Round first = started.call(way, CALLS_TO_TRY, 0, MILLIS_TO_TRY, 0);
                if (first.failures() > 0 || first.perSecond() == 0) {
                    throw new IOException("it does not answer with 200");
                }
            } catch (IOException notYet) {
                lab.end(load);
                throw notYet;
            }
            return target;
        });
    }

    private void prepareMinimal(Minimal minimal) throws IOException, InterruptedException {
        for (String type : List.of("client", "server")) {
            lab.run(
                    Lab.ROUTER,
                    environment,
                    launcher,
                    "generate",
                    "tls-certificate",
                    "--type",
                    type,
                    "--hostname",
                    type,
                    "--cert-file",
                    lab.folder().resolve(type + ".crt").toString(),
                    "--key-file",
                    lab.folder().resolve(type + ".key").toString());
            Files.setPosixFilePermissions(
                    lab.folder().resolve(type + ".key"), PosixFilePermissions.fromString("rw-r--r--"));
        }
        prepareMinimal(minimal, Way.MINIMAL.client(), "client.yaml");
        prepareMinimal(minimal, Way.MINIMAL.server(), "server.yaml");
    }

    private void prepareMinimal(Minimal minimal, String host, String resource)
            throws IOException, InterruptedException {
        Path work = Files.createDirectory(workFolder(host));
        Files.setPosixFilePermissions(work, PosixFilePermissions.fromString("rwxrwxrwx"));
        Files.writeString(
                work.resolve(MINIMAL_FILE),
                text(resource)
                        .replace("          # ACCESS RULE\n", minimal.accessRule() ? text("access-rule.yaml") : "")
                        .replace("PROTOCOL", minimal.http2() ? "http2_protocol_options" : "http_protocol_options")
                        .replace("WORK", work.toString())
                        .replace("FOLDER", lab.folder().toString())
                        .replace("SERVER", lab.address(Way.MINIMAL.server())));
        lab.run(host, environment, launcher, "install", "transparent-proxy", "--redirect-dns");
    }

    private Path workFolder(String host) {
        return lab.folder().resolve("work-" + host);
    }

    private Process minimal(String host) throws IOException {
        return lab.start(
                host,
                Map.of(),
                "setpriv",
                "--reuid=" + ENVOY_USER,
                "--regid=" + ENVOY_USER,
                "--clear-groups",
                envoy.toString(),
                "-c",
                workFolder(host).resolve(MINIMAL_FILE).toString(),
                // As ours. With it, of two that start at once one can end: "cannot open shared memory region".
                "--disable-hot-restart",
                "--concurrency",
                "1",
                "--log-level",
                "warn");
    }

    private static String text(String resource) throws IOException {
        try (InputStream text = Objects.requireNonNull(Paths.class.getResourceAsStream(resource))) {
            return new String(text.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private void prepareOurs() throws IOException, InterruptedException {
        lab.start(Lab.ROUTER, environment, launcher, "cp", "run")
                .getInputStream()
                .close();
        Path policy = lab.folder().resolve("mesh.yaml");
        Files.writeString(policy, MESH);
        retry("the control plane", () -> lab.run(Lab.ROUTER, environment, launcher, "apply", "-f", policy.toString()));
        for (String workload : WORKLOADS.values()) {
            Files.writeString(
                    token(workload),
                    lab.run(
                            Lab.ROUTER,
                            environment,
                            launcher,
                            "generate",
                            "dataplane-token",
                            "--mesh",
                            "default",
                            "--workload",
                            workload));
        }
    }

    private Path token(String workload) {
        return lab.folder().resolve(workload + ".token");
    }

    private Process sidecar(String host) throws IOException {
        String workload = Objects.requireNonNull(WORKLOADS.get(host));
        String inbound = host.equals(Way.OURS.server()) ? ", inbound: [{port: 80, protocol: http}]" : "";
        return lab.start(
                host,
                environment,
                launcher,
                "dp",
                "run",
                "--transparent-proxy",
                "--cp-address",
                "https://" + lab.gateway(host) + ":5678",
                "--ca-cert-file",
                lab.folder().resolve("home/cp/tls/server.crt").toString(),
                "--dataplane-token-file",
                token(workload).toString(),
                "--dataplane",
                "{type: Dataplane, mesh: default, name: " + workload + "-1, labels: {kuma.io/workload: " + workload
                        + "}, networking: {address: " + lab.address(host) + inbound + "}}",
                "--envoy",
                envoy.toString(),
                "--work-dir",
                workFolder(host).toString(),
                "--concurrency",
                "1",
                "--log-level",
                "warn");
    }

    /// @return the address that the service has in the mesh
    private String virtualAddress() throws IOException, InterruptedException {
        return retry("the service", () -> {
            String service = lab.run(Lab.ROUTER, environment, launcher, "get", "meshservice", "service", "-o", "json");
            String ip = JsonMapper.shared()
                    .readTree(service)
                    .at("/status/vips/0/ip")
                    .asString("");
            if (ip.isEmpty()) {
                throw new IOException("it has no address yet: " + service);
            }
            return ip;
        });
    }

    private interface Attempt {
        String make() throws IOException, InterruptedException;
    }

    private String retry(String what, Attempt attempt) throws IOException, InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            try {
                return attempt.make();
            } catch (IOException notYet) {
                if (System.nanoTime() > end) {
                    throw new IOException(what + ": " + notYet.getMessage() + lab.logs(), notYet);
                }
                LockSupport.parkNanos(Duration.ofMillis(200).toNanos());
            }
        }
    }
}
