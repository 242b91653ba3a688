package io.higuma.dataplane;

import io.higuma.dataplane.agent.AgentProcess;
import io.higuma.dataplane.bootstrap.BootstrapClient;
import io.higuma.dataplane.bootstrap.BootstrapRequest;
import io.higuma.dataplane.bootstrap.ControlPlaneAddress;
import io.higuma.dataplane.bootstrap.DataplaneDocument;
import io.higuma.dataplane.bootstrap.Patience;
import io.higuma.dataplane.bootstrap.Token;
import io.higuma.dataplane.envoy.Allocator;
import io.higuma.dataplane.envoy.EnvoyBinary;
import io.higuma.dataplane.sys.ProcessImage;
import io.higuma.dataplane.tproxy.Setting;
import io.higuma.dataplane.tproxy.SettingFlags;
import io.higuma.dataplane.tproxy.Settings;
import io.higuma.dataplane.tproxy.TransparentProxyConfig.ProxyUser;
import io.higuma.model.Problems;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/// `higuma dp run`: becomes Envoy. Flags and their environment are kuma-dp's (`reference/dataplane.md` 1.1), as far as
/// they make sense without kuma-dp; `--agent` is ours.
@Command(
        name = "run",
        description = "Join a mesh: get the bootstrap, then become Envoy.",
        footer = {
            "",
            "Every flag has a variable: --cp-address is HIGUMA_CONTROL_PLANE_URL or KUMA_CONTROL_PLANE_URL, --name is",
            "HIGUMA_DATAPLANE_NAME or KUMA_DATAPLANE_NAME, and so on as in kuma-dp; see docs/cli.md."
        },
        mixinStandardHelpOptions = true)
final class RunCommand implements Callable<Integer> {

    static final String TOKEN_VARIABLE = "DATAPLANE_RUNTIME_TOKEN";

    /// Variables that nobody inherits.
    private static final List<String> SECRETS =
            List.of("HIGUMA_" + TOKEN_VARIABLE, "KUMA_" + TOKEN_VARIABLE, "HIGUMA_LAUNCHER");

    private final Map<String, String> environment;
    private final PrintWriter err;

    @Option(
            names = "--cp-address",
            defaultValue = "https://localhost:5678",
            description = "Dataplane port of the control plane (default: ${DEFAULT-VALUE}).")
    private URI cpAddress = URI.create("https://localhost:5678");

    @Option(
            names = "--ca-cert-file",
            paramLabel = "FILE",
            description = "CA that the control plane's certificate is checked with.")
    private @Nullable Path caCertFile;

    @Option(names = "--ca-cert", hidden = true, description = "The same, inline; meant for the environment.")
    private @Nullable String caCert;

    @Option(names = "--skip-verify", description = "Trust any control plane; for trying out only.")
    private boolean skipVerify;

    @Option(names = "--name", description = "Name of a dataplane that the control plane has already.")
    private @Nullable String name;

    @Option(
            names = {"-m", "--mesh"},
            description = "Its mesh (default: default).")
    private @Nullable String mesh;

    @Option(names = "--proxy-type", defaultValue = "dataplane", description = "Only `dataplane`.")
    private String proxyType = "dataplane";

    @Option(
            names = {"-d", "--dataplane-file"},
            paramLabel = "FILE|-",
            description = "The Dataplane to register.")
    private @Nullable String dataplaneFile;

    @Option(names = "--dataplane", paramLabel = "YAML", description = "The same, inline.")
    private @Nullable String dataplane;

    @Option(
            names = {"-v", "--dataplane-var"},
            paramLabel = "K=V",
            description = "Fills `{{ K }}` in the Dataplane; repeatable.")
    private Map<String, String> variables = new LinkedHashMap<>();

    @Option(names = "--dataplane-token-file", paramLabel = "FILE", description = "Token to be let in with.")
    private @Nullable Path tokenFile;

    @Option(
            names = "--dataplane-token",
            description = "The same, inline; better in the environment than on a command line.")
    private @Nullable String token;

    @Option(
            names = {"--binary-path", "--envoy"},
            paramLabel = "PATH",
            description = "Envoy (default: $ENVOY, PATH, ~/.higuma/envoy).")
    private @Nullable String binaryPath;

    @Option(
            names = "--work-dir",
            paramLabel = "FOLDER",
            description = "For bootstrap and sockets (default: ~/.higuma/dp/MESH.NAME).")
    private @Nullable Path workDir;

    @Option(
            names = "--drain-time",
            defaultValue = "30s",
            converter = DurationConverter.class,
            description = "How long Envoy drains (default: ${DEFAULT-VALUE}).")
    private Duration drainTime = Duration.ofSeconds(30);

    @Option(
            names = "--concurrency",
            defaultValue = "0",
            description = "Worker threads of Envoy (default: one per CPU it may use).")
    private int concurrency;

    @Option(names = "--log-level", defaultValue = "info", description = "Of Envoy, if --envoy-log-level is not given.")
    private String logLevel = "info";

    @Option(names = "--envoy-log-level", description = "trace, debug, info, warning, error, critical or off.")
    private @Nullable String envoyLogLevel;

    @Option(names = "--envoy-component-log-level", paramLabel = "C:L,…", description = "Per component.")
    private @Nullable String envoyComponentLogLevel;

    @Option(names = "--retry-backoff", defaultValue = "3s", converter = DurationConverter.class, hidden = true)
    private Duration retryBackoff = Duration.ofSeconds(3);

    @Option(names = "--retry-max-duration", defaultValue = "5m", converter = DurationConverter.class, hidden = true)
    private Duration retryMaxDuration = Duration.ofMinutes(5);

    @Option(
            names = "--transparent-proxy",
            arity = "0..1",
            fallbackValue = "true",
            description = "Lead this host's traffic through Envoy, which then runs as --kuma-dp-user.")
    private boolean transparentProxy;

    @Option(
            names = "--dns-enabled",
            arity = "0..1",
            fallbackValue = "true",
            defaultValue = "true",
            paramLabel = "true|false",
            description = "Let Envoy answer questions for mesh names (default: ${DEFAULT-VALUE}).")
    private boolean dnsEnabled = true;

    @Option(
            names = "--dns-proxy-port",
            defaultValue = "15053",
            paramLabel = "PORT",
            description = "Where it answers them (default: ${DEFAULT-VALUE}).")
    private int dnsPort = 15053;

    @Option(
            names = "--agent",
            arity = "0..1",
            fallbackValue = "true",
            paramLabel = "true|false",
            description = "Stay with a small agent beside Envoy that answers every question for a name.")
    private boolean agent;

    @Mixin
    private HostOptions host = new HostOptions();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    RunCommand(Map<String, String> environment, PrintWriter err) {
        this.environment = environment;
        this.err = err;
    }

    @Override
    public Integer call() {
        checkFlags();
        KumaDpSettings.tell(spec.commandLine().getParseResult(), environment, err);
        Optional<DataplaneDocument> document = document();
        String proxyMesh = document.map(DataplaneDocument::mesh).orElse(mesh == null ? "default" : mesh);
        String proxyName = document.map(DataplaneDocument::name).orElse(name == null ? "" : name);
        if (proxyName.isEmpty()) {
            throw new StopException(
                    StopException.USAGE,
                    "which dataplane? Give --dataplane-file, or --name and --mesh of one the control plane has");
        }
        Path home = WorkDirectory.home(environment);
        Optional<TransparentStart> redirection = redirection();
        EnvoyBinary envoy = EnvoyBinary.find(binaryPath, environment, home);
        Optional<ProxyUser> successor = redirection.flatMap(TransparentStart::successor);
        WorkDirectory work =
                WorkDirectory.of(workDir, WorkDirectory.homeOf(successor, environment), proxyMesh, proxyName);
        Optional<String> ca = authority();
        BootstrapRequest request = new BootstrapRequest(
                proxyMesh,
                proxyName,
                document.map(DataplaneDocument::json),
                token(),
                ca,
                envoy.version(),
                host.host(work.path(), environment, agent),
                redirection.map(TransparentStart::config));
        work.create();
        // Rules of an earlier start may capture the questions of this process
        Optional<AgentProcess> beside = redirection.filter(start -> agent).map(start -> agent(start, work, successor));
        redirection.ifPresent(TransparentStart::beforeBootstrap);
        work.write(bootstrap(new ControlPlaneAddress(cpAddress, ca, skipVerify), request));
        successor.ifPresent(work::giveTo);
        redirection.ifPresent(TransparentStart::beforeEnvoy);
        become(envoy, work, successor, beside);
        return StopException.ENVIRONMENT;
    }

    private static AgentProcess agent(TransparentStart start, WorkDirectory work, Optional<ProxyUser> successor) {
        return AgentProcess.start(start.config(), work.path(), successor.map(RunCommand::user), SECRETS);
    }

    /// Flags for DNS win over what a file says of it, as in kuma-dp.
    private Optional<TransparentStart> redirection() {
        ParseResult given = spec.commandLine().getParseResult();
        if (!transparentProxy && !given.hasMatchedOption("--transparent-proxy-config")) {
            return Optional.empty();
        }
        Problems problems = new Problems();
        Settings settings = SettingFlags.read(given, environment, problems);
        settings.say(Setting.DNS, String.valueOf(dnsEnabled), "--dns-enabled");
        settings.say(Setting.DNS_PORT, String.valueOf(dnsPort), "--dns-proxy-port");
        if (agent) {
            settings.say(Setting.DNS_ALL, "true", "--agent");
        }
        return Optional.of(TransparentStart.of(settings, cpAddress, environment, err, problems));
    }

    private void checkFlags() {
        if (!proxyType.equals("dataplane")) {
            throw new StopException(
                    StopException.USAGE,
                    "--proxy-type is `" + proxyType
                            + "`: zone proxies are dataplanes with listeners now, the only type is `dataplane`");
        }
        if (agent && !(transparentProxy && dnsEnabled)) {
            throw new StopException(
                    StopException.USAGE,
                    "--agent answers the questions that a transparent proxy captures: it goes with"
                            + " --transparent-proxy, and not with --dns-enabled=false");
        }
        boolean given = dataplaneFile != null || dataplane != null;
        if (given && (name != null || mesh != null)) {
            throw new StopException(
                    StopException.USAGE,
                    "--name and --mesh are for a dataplane that the control plane has already; the Dataplane you give names itself");
        }
        if (dataplaneFile != null && dataplane != null) {
            throw new StopException(StopException.USAGE, "give the Dataplane once: --dataplane-file or --dataplane");
        }
    }

    private Optional<DataplaneDocument> document() {
        if (dataplane != null) {
            return Optional.of(DataplaneDocument.read("--dataplane", dataplane, variables));
        }
        if (dataplaneFile == null) {
            return Optional.empty();
        }
        try {
            String text = dataplaneFile.equals("-")
                    ? new String(System.in.readAllBytes(), StandardCharsets.UTF_8)
                    : Files.readString(Path.of(dataplaneFile));
            return Optional.of(DataplaneDocument.read(dataplaneFile, text, variables));
        } catch (IOException e) {
            throw new StopException(
                    StopException.ENVIRONMENT, "the dataplane file " + dataplaneFile + " cannot be read: " + why(e));
        }
    }

    private static String why(IOException e) {
        return switch (e) {
            case NoSuchFileException absent -> "there is no such file";
            case AccessDeniedException denied -> "this user may not read it";
            case CharacterCodingException binary -> "it is not text";
            default -> String.valueOf(e.getMessage());
        };
    }

    private Optional<Token> token() {
        if (token != null) {
            return Optional.of(Token.of("the token of --dataplane-token", token));
        }
        if (tokenFile == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(Token.of("token under file " + tokenFile, Files.readString(tokenFile)));
        } catch (IOException e) {
            throw new StopException(
                    StopException.ENVIRONMENT, "the token file " + tokenFile + " cannot be read: " + why(e));
        }
    }

    /// Inline wins over the file, as in kuma-dp.
    private Optional<String> authority() {
        if (caCert != null) {
            return Optional.of(caCert);
        }
        if (caCertFile == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(Files.readString(caCertFile));
        } catch (IOException e) {
            throw new StopException(
                    StopException.ENVIRONMENT, "the CA file " + caCertFile + " cannot be read: " + why(e));
        }
    }

    private byte[] bootstrap(ControlPlaneAddress address, BootstrapRequest request) {
        InstantSource clock = InstantSource.system();
        Patience patience = new Patience(
                retryBackoff, retryMaxDuration, clock, pause -> TimeUnit.MILLISECONDS.sleep(pause.toMillis()));
        try (BootstrapClient client = new BootstrapClient(address, clock)) {
            return patience.until(() -> client.ask(request), line -> err.println("higuma dp: " + line));
        }
    }

    private void become(
            EnvoyBinary envoy, WorkDirectory work, Optional<ProxyUser> successor, Optional<AgentProcess> beside) {
        List<String> arguments = new ArrayList<>(List.of(
                "envoy",
                "--config-path",
                work.bootstrap().toString(),
                "--drain-time-s",
                String.valueOf(drainTime.toSeconds()),
                "--drain-strategy",
                "immediate",
                "--disable-hot-restart",
                "--log-level",
                envoyLogLevel == null ? logLevel : envoyLogLevel));
        if (envoyComponentLogLevel != null) {
            arguments.addAll(List.of("--component-log-level", envoyComponentLogLevel));
        }
        arguments.addAll(
                concurrency > 0 ? List.of("--concurrency", String.valueOf(concurrency)) : List.of("--cpuset-threads"));
        err.flush();
        try {
            ProcessImage.replace(
                    envoy.path(),
                    arguments,
                    new ProcessImage.Variables(SECRETS, Allocator.variables(environment)),
                    successor.map(RunCommand::user),
                    beside.map(AgentProcess::lifeline).stream().toList());
        } catch (IOException e) {
            throw new StopException(StopException.ENVIRONMENT, e.getMessage());
        }
    }

    private static ProcessImage.User user(ProxyUser user) {
        return new ProcessImage.User(user.uid(), user.gid());
    }
}
