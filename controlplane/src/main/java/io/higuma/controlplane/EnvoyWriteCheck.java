package io.higuma.controlplane;

import io.higuma.api.http.ApiException;
import io.higuma.api.resources.WriteCheck;
import io.higuma.engine.MeshEngine;
import io.higuma.engine.Preview;
import io.higuma.envoy.check.EnvoyTrial;
import io.higuma.model.Problem;
import io.higuma.model.ResourceKey;
import io.higuma.model.wire.ProxyConfig;
import io.higuma.model.wire.TypeUrl;
import io.higuma.store.Change;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// `apiServer.validateWithEnvoy` for every write, `?validateWithEnvoy=true` for one: what it would bring to a sample of
/// the proxies it concerns is loaded into a real Envoy, and the write is refused with Envoy's words. What a proxy would
/// not take already without the write is not laid to it.
///
/// Where there is no Envoy, a write that asks for it is refused, and the others are not tried.
final class EnvoyWriteCheck implements WriteCheck {

    private static final int SAMPLE = 3;
    private static final int PROCESSES = 2;
    private static final Duration LIMIT = Duration.ofSeconds(10);

    /// Where an Envoy is looked for, in words.
    static final String WHERE = "apiServer.envoyBinary, $ENVOY, PATH, `higuma dp install-envoy`";

    private static final String REFUSED = "Envoy would refuse what comes of it";

    private final MeshEngine engine;
    private final boolean always;
    private final Optional<EnvoyTrial> trial;

    /// @param always whether writes that do not ask for it are tried, too
    /// @param envoy of this host, if it has one
    EnvoyWriteCheck(MeshEngine engine, boolean always, Optional<Path> envoy) {
        this.engine = engine;
        this.always = always;
        this.trial = envoy.map(path -> new EnvoyTrial(path, LIMIT, PROCESSES));
    }

    /// The Envoy of this host: `$ENVOY`, the one in `PATH`, the newest in `<home>/envoy`.
    static Optional<Path> find(Map<String, String> environment, Path home) {
        Stream<Path> named = Optional.ofNullable(environment.get("ENVOY")).map(Path::of).stream();
        Stream<Path> inPath = Pattern.compile(":")
                .splitAsStream(environment.getOrDefault("PATH", ""))
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, "envoy"));
        return Stream.of(named, inPath, installed(home.resolve("envoy")))
                .flatMap(paths -> paths)
                .filter(path -> Files.isRegularFile(path) && Files.isExecutable(path))
                .findFirst();
    }

    /// `<folder>/<version>/envoy`, the last by name first.
    private static Stream<Path> installed(Path folder) {
        try (Stream<Path> versions = Files.list(folder)) {
            return versions
                    .map(version -> version.resolve("envoy"))
                    .sorted(Comparator.reverseOrder())
                    .toList()
                    .stream();
        } catch (IOException e) {
            return Stream.empty(); // nothing is installed
        }
    }

    @Override
    public void check(List<Change> changes, boolean wanted) {
        if (wanted && trial.isEmpty()) {
            throw unavailable("the control plane's host has no Envoy (" + WHERE + ")");
        }
        if (wanted || always) {
            trial.ifPresent(envoy -> check(changes, envoy));
        }
    }

    private void check(List<Change> changes, EnvoyTrial envoy) {
        Preview preview = engine.preview(changes, SAMPLE);
        for (Preview.Proxy proxy : preview.sample()) {
            if (proxy.breaks()) {
                throw refused(
                        proxy.key(),
                        "nothing can be made for it: " + proxy.problem().orElse(""));
            }
            if (proxy.after().isPresent() && differs(proxy)) {
                tried(proxy, envoy);
            }
        }
    }

    /// Endpoints and secrets are not part of a trial.
    private static boolean differs(Preview.Proxy proxy) {
        return Stream.of(TypeUrl.CLUSTER, TypeUrl.LISTENER, TypeUrl.ROUTE)
                .anyMatch(type -> !proxy.before()
                        .map(config -> config.set(type))
                        .equals(proxy.after().map(config -> config.set(type))));
    }

    private static void tried(Preview.Proxy proxy, EnvoyTrial envoy) {
        try {
            Optional<String> words = refusal(proxy.after().orElseThrow(), envoy);
            if (words.isPresent()
                    && proxy.before().flatMap(before -> refusal(before, envoy)).isEmpty()) {
                throw refused(proxy.key(), words.get());
            }
        } catch (EnvoyTrial.UndecidedException e) {
            throw unavailable(String.valueOf(e.getMessage()));
        }
    }

    private static ApiException unavailable(String reason) {
        return ApiException.of(503, "Service unavailable", reason + "; nothing was written (validateWithEnvoy)");
    }

    private static Optional<String> refusal(ProxyConfig config, EnvoyTrial envoy) {
        return envoy.refusal(config.set(TypeUrl.CLUSTER), config.set(TypeUrl.LISTENER), config.set(TypeUrl.ROUTE));
    }

    private static ApiException refused(ResourceKey proxy, String words) {
        return ApiException.invalid(
                "Could not process a resource",
                REFUSED,
                List.of(new Problem("", "proxy " + proxy.mesh() + "/" + proxy.name() + ": " + words)));
    }
}
