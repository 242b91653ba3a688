package io.higuma.bench.datapath;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;

/// The three ways, ready to be gone: services, Envoys, load generators.
final class Paths {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String ENVOY_USER = "5678";
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
    private final Minimal minimal;
    private final Map<String, String> environment;
    private final Map<Way, List<Long>> envoys = new EnumMap<>(Way.class);
    private final Map<Way, Process> loads = new EnumMap<>(Way.class);
    private final Map<Way, BufferedReader> answers = new EnumMap<>(Way.class);

    /// What the minimal Envoys do as ours do.
    ///
    /// @param http2 they speak HTTP/2 to each other; else HTTP/1.1
    /// @param accessRule the service's asks who calls, and lets nobody else in
    record Minimal(boolean http2, boolean accessRule) {}

    private Paths(Lab lab, Path launcher, int connections, Minimal minimal) {
        this.lab = lab;
        this.launcher = launcher.toString();
        this.connections = connections;
        this.minimal = minimal;
        this.environment = Map.of("HIGUMA_HOME", lab.folder().resolve("home").toString(), "HIGUMA_NO_AOT", "1");
    }

    static Paths open(Lab lab, Path launcher, int connections, Minimal minimal)
            throws IOException, InterruptedException {
        Paths paths = new Paths(lab, launcher, connections, minimal);
        Path envoy = paths.envoy();
        for (Way way : Way.values()) {
            Lab.ready(paths.peer(way.server(), "serve", "0.0.0.0", "80"));
        }
        paths.envoys.put(Way.NONE, List.of());
        paths.envoys.put(Way.MINIMAL, paths.minimal(envoy));
        String virtual = paths.ours(envoy);
        paths.load(Way.NONE, lab.address(Way.NONE.server()));
        paths.load(Way.MINIMAL, lab.address(Way.MINIMAL.server()));
        paths.load(Way.OURS, virtual);
        return paths;
    }

    /// Calls one way for a while.
    ///
    /// @param rate requests per second; 0 for as many as there can be
    /// @param seed of the times at which they are due
    Peer.Round call(Way way, int rate, long millis, long seed) throws IOException {
        OutputStream to = Objects.requireNonNull(loads.get(way)).getOutputStream();
        to.write((rate + " " + millis + " " + seed + "\n").getBytes(StandardCharsets.US_ASCII));
        to.flush();
        String line = Objects.requireNonNull(answers.get(way)).readLine();
        if (line == null) {
            throw new IOException("the load generator of " + way.words() + " is gone: " + lab.logs());
        }
        return Peer.Round.parse(line);
    }

    /// Processes of the Envoys of a way.
    List<Long> envoys(Way way) {
        return Objects.requireNonNull(envoys.get(way));
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

    private void load(Way way, String target) throws IOException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            Process load = peer(way.client(), "load", target, "80", Integer.toString(connections));
            try {
                BufferedReader out = Lab.ready(load);
                loads.put(way, load);
                answers.put(way, out);
                Peer.Round first = call(way, 1, 2000, 0);
                if (first.failures() == 0 && first.perSecond() > 0) {
                    return;
                }
            } catch (IOException notYet) {
                if (System.nanoTime() > end) {
                    throw new IOException(way.words() + " does not work: " + lab.logs(), notYet);
                }
            }
            load.destroyForcibly();
            if (System.nanoTime() > end) {
                throw new IOException(way.words() + " does not answer with 200: " + lab.logs());
            }
        }
    }

    private List<Long> minimal(Path envoy) throws IOException, InterruptedException {
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
        return List.of(
                minimal(envoy, Way.MINIMAL.client(), "client.yaml"),
                minimal(envoy, Way.MINIMAL.server(), "server.yaml"));
    }

    private long minimal(Path envoy, String host, String resource) throws IOException, InterruptedException {
        Path work = Files.createDirectory(lab.folder().resolve("work-" + host));
        Files.setPosixFilePermissions(work, PosixFilePermissions.fromString("rwxrwxrwx"));
        Path config = work.resolve("envoy.yaml");
        Files.writeString(
                config,
                text(resource)
                        .replace("          # ACCESS RULE\n", minimal.accessRule() ? text("access-rule.yaml") : "")
                        .replace("PROTOCOL", minimal.http2() ? "http2_protocol_options" : "http_protocol_options")
                        .replace("WORK", work.toString())
                        .replace("FOLDER", lab.folder().toString())
                        .replace("SERVER", lab.address(Way.MINIMAL.server())));
        lab.run(host, environment, launcher, "install", "transparent-proxy", "--redirect-dns");
        return lab.start(
                        host,
                        Map.of(),
                        "setpriv",
                        "--reuid=" + ENVOY_USER,
                        "--regid=" + ENVOY_USER,
                        "--clear-groups",
                        envoy.toString(),
                        "-c",
                        config.toString(),
                        "--concurrency",
                        "1",
                        "--log-level",
                        "warn")
                .pid();
    }

    private static String text(String resource) throws IOException {
        try (InputStream text = Objects.requireNonNull(Paths.class.getResourceAsStream(resource))) {
            return new String(text.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /// @return the address that the service has in the mesh
    private String ours(Path envoy) throws IOException, InterruptedException {
        Path tls = lab.folder().resolve("home/cp/tls/server.crt");
        Process plane = lab.start(Lab.ROUTER, environment, launcher, "cp", "run");
        plane.getInputStream().close();
        Path policy = lab.folder().resolve("mesh.yaml");
        Files.writeString(policy, MESH);
        retry("the control plane", () -> lab.run(Lab.ROUTER, environment, launcher, "apply", "-f", policy.toString()));
        envoys.put(
                Way.OURS,
                List.of(
                        sidecar(envoy, tls, Way.OURS.client(), "client", ""),
                        sidecar(envoy, tls, Way.OURS.server(), "service", ", inbound: [{port: 80, protocol: http}]")));
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

    private long sidecar(Path envoy, Path tls, String host, String workload, String inbound)
            throws IOException, InterruptedException {
        Path token = lab.folder().resolve(workload + ".token");
        Files.writeString(
                token,
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
                        tls.toString(),
                        "--dataplane-token-file",
                        token.toString(),
                        "--dataplane",
                        "{type: Dataplane, mesh: default, name: " + workload + "-1, labels: {kuma.io/workload: "
                                + workload + "}, networking: {address: " + lab.address(host) + inbound + "}}",
                        "--envoy",
                        envoy.toString(),
                        "--work-dir",
                        lab.folder().resolve("work-" + host).toString(),
                        "--concurrency",
                        "1",
                        "--log-level",
                        "warn")
                .pid();
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
