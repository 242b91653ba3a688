package io.higuma.cli;

import io.higuma.cli.client.ControlPlane;
import io.higuma.cli.client.Endpoint;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Which control plane a verb talks to: flags before environment before `~/.higuma/config` before localhost.
public final class Connection {

    private static final String LOCAL = "http://localhost:5681";

    private static final Duration PATIENCE = Duration.ofSeconds(15);

    private final Surroundings world;

    @Option(
            names = "--address",
            paramLabel = "URL",
            description = "API of the control plane (HIGUMA_API_ADDRESS; default: " + LOCAL + ").")
    private @Nullable URI address;

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            description = "User token (HIGUMA_API_TOKEN holds one itself).")
    private @Nullable Path tokenFile;

    @Option(
            names = "--ca-cert-file",
            paramLabel = "FILE",
            description = "CA that the API's certificate is checked with.")
    private @Nullable Path caCertFile;

    @Option(names = "--skip-verify", description = "Trust any certificate.")
    private boolean skipVerify;

    @Option(names = "--context", paramLabel = "NAME", description = "A control plane of `higuma config list`.")
    private @Nullable String context;

    public Connection(Surroundings world) {
        this.world = world;
    }

    public ControlPlane open() {
        return new ControlPlane(endpoint(), world.err()::println);
    }

    /// For a verb that only looks whether somebody is there.
    ControlPlane openNow() {
        return new ControlPlane(endpoint().withoutPatience());
    }

    private Endpoint endpoint() {
        Optional<KnownControlPlanes.Entry> known = known();
        URI target = address != null
                ? address
                : URI.create(Optional.ofNullable(world.environment().get("HIGUMA_API_ADDRESS"))
                        .or(() -> known.map(KnownControlPlanes.Entry::address))
                        .orElse(LOCAL));
        if (target.getHost() == null || !("http".equals(target.getScheme()) || "https".equals(target.getScheme()))) {
            throw new Failure(
                    ExitCode.USAGE,
                    "`" + target + "` is not an address: expected http://host:port or https://host:port");
        }
        Path ca = caCertFile != null
                ? caCertFile
                : known.flatMap(KnownControlPlanes.Entry::caCertFile)
                        .map(Path::of)
                        .orElse(null);
        return new Endpoint(
                target,
                token(known),
                Optional.ofNullable(ca),
                skipVerify || known.map(KnownControlPlanes.Entry::skipVerify).orElse(false),
                patience(target));
    }

    /// On this host `higuma cp run &` may have been the line before; elsewhere nobody is waited for.
    private Duration patience(URI target) {
        boolean local = target.getHost().equals("localhost") || target.getHost().startsWith("127.");
        boolean wanted = !"0".equals(world.environment().get("HIGUMA_API_PATIENCE"));
        return local && wanted ? PATIENCE : Duration.ZERO;
    }

    /// A named context must exist; the current one is used only when nothing else names an address.
    private Optional<KnownControlPlanes.Entry> known() {
        if (context != null) {
            return Optional.of(KnownControlPlanes.read(world).named(context));
        }
        boolean named = address != null || world.environment().containsKey("HIGUMA_API_ADDRESS");
        return named ? Optional.empty() : KnownControlPlanes.read(world).current();
    }

    private Optional<Endpoint.Secret> token(Optional<KnownControlPlanes.Entry> known) {
        Optional<String> file = tokenFile != null
                ? Optional.of(tokenFile.toString())
                : world.environment().containsKey("HIGUMA_API_TOKEN")
                        ? Optional.empty()
                        : known.flatMap(KnownControlPlanes.Entry::tokenFile);
        if (file.isPresent()) {
            try {
                return Optional.of(new Endpoint.Secret(
                        Files.readString(Path.of(file.get())).strip()));
            } catch (IOException e) {
                throw new Failure(
                        ExitCode.ENVIRONMENT, "the token file " + file.get() + " cannot be read: " + e.getMessage());
            }
        }
        return Optional.ofNullable(world.environment().get("HIGUMA_API_TOKEN")).map(Endpoint.Secret::new);
    }
}
