package io.higuma.cli.demo;

import io.higuma.cli.ExitCode;
import io.higuma.cli.Failure;
import io.higuma.cli.Surroundings;
import io.higuma.cli.Verbs;
import io.higuma.cli.client.ControlPlane;
import io.higuma.cli.client.Endpoint;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// The world of the demo: a control plane, the services of a shop and their sidecars, all real processes.
final class Shop implements AutoCloseable {

    private static final Duration START = Duration.ofSeconds(60);
    private static final Duration REFUSAL = Duration.ofSeconds(8);
    private static final String MESH = "default";
    private static final int LAST_LINES = 12;
    private static final String CONTROL_PLANE = "control-plane";

    private final Surroundings world;
    private final Processes processes;
    private final Path launcher;
    private final Path envoy;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();
    private final Map<String, Member> members = new LinkedHashMap<>();
    private final Map<String, Sidecar> sidecars = new LinkedHashMap<>();
    private final int apiPort;
    private final int dataplanePort;
    private final List<Integer> otherPorts;
    private Process controlPlane;

    /// @param launcher the `higuma` script
    /// @param envoy the binary that sidecars become
    static Shop open(Surroundings world, Path launcher, Path envoy) throws IOException, InterruptedException {
        Shop shop = new Shop(world, Processes.create(), launcher, envoy, Ports.free(11));
        try {
            shop.awaitControlPlane();
            return shop;
        } catch (IOException | InterruptedException | RuntimeException e) {
            shop.close();
            throw e;
        }
    }

    private Shop(Surroundings world, Processes processes, Path launcher, Path envoy, List<Integer> ports)
            throws IOException {
        this.world = world;
        this.processes = processes;
        this.launcher = launcher;
        this.envoy = envoy;
        this.apiPort = ports.get(0);
        this.dataplanePort = ports.get(1);
        this.otherPorts = ports.subList(2, 5);
        // A /24 of loopback that is this demo's own, so that two demos do not meet.
        String net = "127." + (64 + (ports.get(2) & 63)) + "." + (ports.get(3) & 255) + ".";
        Layout layout = new Layout(net, ports.subList(5, 11));
        layout.members().forEach(member -> members.put(member.name(), member));
        this.controlPlane = startControlPlane();
    }

    Member member(String name) {
        return Optional.ofNullable(members.get(name)).orElseThrow();
    }

    Sidecar sidecar(String name) {
        return Optional.ofNullable(sidecars.get(name)).orElseThrow();
    }

    Map<String, Sidecar> sidecars() {
        return new TreeMap<>(sidecars);
    }

    String apiAddress() {
        return "http://127.0.0.1:" + apiPort;
    }

    String dataplaneAddress() {
        return "https://localhost:" + dataplanePort;
    }

    Path folder() {
        return processes.folder();
    }

    long controlPlanePid() {
        return controlPlane.pid();
    }

    /// The REST API, for what has no verb.
    ControlPlane api() {
        return new ControlPlane(
                new Endpoint(URI.create(apiAddress()), Optional.empty(), Optional.empty(), false, Duration.ZERO));
    }

    /// A verb of the client, as a person would type it against this control plane.
    Verbs.Result higuma(String input, String... arguments) {
        Map<String, String> environment = new TreeMap<>(world.environment());
        environment.put("HIGUMA_API_ADDRESS", apiAddress());
        return Verbs.run(environment, folder(), world.clock(), input, arguments);
    }

    /// Applies a document; a refusal ends the demo, because nothing after it would be true.
    Verbs.Result apply(String document) {
        Verbs.Result result = higuma(document, "apply", "-f", "-");
        if (result.exitCode() != ExitCode.OK) {
            throw new Failure(
                    ExitCode.REFUSED,
                    "the control plane refused a document of the demo:\n" + result.err() + result.out());
        }
        return result;
    }

    void delete(String type, String name) {
        Verbs.Result result = higuma("", "delete", type, name);
        if (result.exitCode() != ExitCode.OK) {
            throw new Failure(ExitCode.REFUSED, "deleting " + type + " " + name + " failed: " + result.err());
        }
    }

    /// The service makes a call: `call("cart", "/via/payments/")`.
    Call call(String name, String path) throws InterruptedException {
        return Call.get(http, member(name).uri(path));
    }

    void slow(String name, long millis) throws InterruptedException {
        Call.post(http, member(name).uri("/slow/" + millis));
    }

    /// Starts every service and its sidecar, and waits until the whole shop answers.
    void startMembers() throws IOException, InterruptedException {
        for (Member member : members.values()) {
            startService(member);
        }
        for (Member member : members.values()) {
            startSidecar(member);
        }
        Duration taken = Await.until(START, () -> sidecars.values().stream().allMatch(Sidecar::configured));
        if (taken.compareTo(START) > 0) {
            throw new Failure(ExitCode.ENVIRONMENT, "not every sidecar came up:\n" + complaints());
        }
    }

    /// Tries to start a proxy with a token that is not for it. Refused is a launcher that ends with a sentence, or an
    /// Envoy that is never let in; whichever comes is told.
    Stranger stranger(Member member, String meshOfToken) throws IOException, InterruptedException {
        String name = "stranger-" + member.name();
        Process process =
                processes.start(name, environment(), launch(member, token(meshOfToken, member.workload()), name));
        Sidecar sidecar = new Sidecar(process, workDir(name));
        Await.until(REFUSAL, () -> !process.isAlive() || sidecar.configured());
        if (!process.isAlive()) {
            return new Stranger(
                    process.exitValue() == 1,
                    processes.lastWords(name, LAST_LINES).lines().findFirst().orElse("(no word)"));
        }
        boolean configured = sidecar.configured();
        process.destroyForcibly().waitFor();
        return new Stranger(!configured, configured ? "it was let in" : "its Envoy was never let in");
    }

    /// What became of a proxy with a token that is not for it.
    record Stranger(boolean refused, String words) {}

    void killControlPlane() throws InterruptedException {
        controlPlane.destroyForcibly().waitFor();
    }

    void restartControlPlane() throws IOException, InterruptedException {
        controlPlane = startControlPlane();
        awaitControlPlane();
    }

    @Override
    public void close() {
        http.shutdownNow();
        processes.close();
    }

    private Process startControlPlane() throws IOException {
        Map<String, String> environment = new TreeMap<>();
        environment.put("HIGUMA_HOME", folder().toString());
        environment.put("HIGUMA_NO_AOT", "1");
        environment.put("KUMA_API_SERVER_HTTP_PORT", String.valueOf(apiPort));
        environment.put("KUMA_DP_SERVER_PORT", String.valueOf(dataplanePort));
        environment.put("KUMA_API_SERVER_HTTPS_PORT", String.valueOf(otherPorts.get(0)));
        environment.put("KUMA_DIAGNOSTICS_SERVER_PORT", String.valueOf(otherPorts.get(1)));
        // SQLite's library is unpacked there, and a control plane that is killed cannot remove it.
        environment.put(
                "HIGUMA_JAVA_OPTS",
                world.environment().getOrDefault("HIGUMA_JAVA_OPTS", "") + " -Dorg.sqlite.tmpdir=" + folder());
        return processes.start(CONTROL_PLANE, environment, List.of(launcher.toString(), "cp", "run"));
    }

    private void awaitControlPlane() throws IOException, InterruptedException {
        Duration taken = Await.until(START, () -> !controlPlane.isAlive() || answers());
        if (taken.compareTo(START) > 0 || !controlPlane.isAlive()) {
            throw new Failure(
                    ExitCode.ENVIRONMENT,
                    "the control plane did not come up; its last words:\n"
                            + processes.lastWords(CONTROL_PLANE, LAST_LINES));
        }
    }

    private boolean answers() {
        try {
            return Call.get(http, URI.create(apiAddress() + "/meshes/" + MESH)).ok();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    private void startService(Member member) throws IOException {
        List<String> command = new ArrayList<>(service());
        command.addAll(List.of(member.name(), member.address(), String.valueOf(member.servicePort())));
        new TreeMap<>(member.outbounds()).forEach((target, port) -> command.add(target + "=" + port));
        processes.start("service-" + member.name(), Map.of(), command);
    }

    /// The command of a service, without its arguments.
    private static List<String> service() {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx32m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xshare:auto",
                // The JDK's server closes idle connections after 30 s and delays small answers; a real service does
                // neither.
                "-Dsun.net.httpserver.idleInterval=3600",
                "-Dsun.net.httpserver.maxIdleConnections=1000",
                "-Dsun.net.httpserver.nodelay=true",
                "-cp",
                System.getProperty("java.class.path"),
                ShopService.class.getName());
    }

    /// Starts the script in `folder` with network, mounts and processes of its own, which end with it.
    Process startApart(String name, Path folder) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                "unshare",
                "--net",
                "--mount",
                "--pid",
                "--fork",
                "--mount-proc",
                "--kill-child",
                "bash",
                "-c",
                "cd \"$0\" && exec bash names.sh \"$@\"",
                folder.toString(),
                launcher.toString()));
        command.addAll(service());
        Map<String, String> environment = new TreeMap<>(environment());
        environment.put("HIGUMA_HOME", folder.toString());
        environment.put("PATH", world.environment().getOrDefault("PATH", "") + ":/usr/sbin:/sbin");
        environment.put(
                "HIGUMA_JAVA_OPTS",
                world.environment().getOrDefault("HIGUMA_JAVA_OPTS", "") + " -Dorg.sqlite.tmpdir=" + folder);
        return processes.start(name, environment, command);
    }

    private void startSidecar(Member member) throws IOException {
        Path token = token(member.mesh(), member.workload());
        Process process = processes.start(member.name(), environment(), launch(member, token, member.name()));
        sidecars.put(member.name(), new Sidecar(process, workDir(member.name())));
    }

    private List<String> launch(Member member, Path token, String folderName) throws IOException {
        Path document = folder().resolve(member.name() + ".yaml");
        Files.writeString(document, member.dataplane());
        return List.of(
                launcher.toString(),
                "dp",
                "run",
                "--cp-address",
                dataplaneAddress(),
                "--ca-cert-file",
                folder().resolve("cp/tls/server.crt").toString(),
                "--dataplane-file",
                document.toString(),
                "--dataplane-token-file",
                token.toString(),
                "--work-dir",
                workDir(folderName).toString(),
                "--concurrency",
                "1",
                "--log-level",
                "warning");
    }

    private Map<String, String> environment() {
        return Map.of("HIGUMA_HOME", folder().toString(), "HIGUMA_NO_AOT", "1", "ENVOY", envoy.toString());
    }

    private Path workDir(String name) {
        return folder().resolve("dp-" + name);
    }

    private Path token(String mesh, String workload) throws IOException {
        Path file = folder().resolve(mesh + "-" + workload + ".token");
        Verbs.Result token = higuma("", "generate", "dataplane-token", "--mesh", mesh, "--workload", workload);
        if (token.exitCode() != ExitCode.OK) {
            throw new Failure(ExitCode.REFUSED, "no token for " + workload + ": " + token.err());
        }
        Files.writeString(file, token.out());
        return file;
    }

    private String complaints() {
        StringBuilder text = new StringBuilder();
        sidecars.forEach((name, sidecar) -> {
            if (!sidecar.configured()) {
                text.append(name)
                        .append(": ")
                        .append(processes.lastWords(name, 1))
                        .append('\n');
            }
        });
        return text.append("control plane: ")
                .append(processes.lastWords(CONTROL_PLANE, LAST_LINES))
                .toString();
    }
}
