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

/// `apiServer.validateWithEnvoy`: what a write would bring to a sample of the proxies it concerns
/// is loaded into a real Envoy, and the write is refused with Envoy's words. What a proxy would not
/// take already without the write is not laid to it.
final class EnvoyWriteCheck implements WriteCheck {

    private static final int SAMPLE = 3;
    private static final int PROCESSES = 2;
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final String REFUSED = "Envoy would refuse what comes of it";

    private final MeshEngine engine;
    private final EnvoyTrial trial;

    EnvoyWriteCheck(MeshEngine engine, Path envoy) {
        this.engine = engine;
        this.trial = new EnvoyTrial(envoy, LIMIT, PROCESSES);
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
    public void check(List<Change> changes) {
        Preview preview = engine.preview(changes, SAMPLE);
        for (Preview.Proxy proxy : preview.sample()) {
            if (proxy.breaks()) {
                throw refused(
                        proxy.key(),
                        "nothing can be made for it: " + proxy.problem().orElse(""));
            }
            if (proxy.after().isPresent() && differs(proxy)) {
                tried(proxy);
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

    private void tried(Preview.Proxy proxy) {
        try {
            Optional<String> words = refusal(proxy.after().orElseThrow());
            if (words.isPresent() && proxy.before().flatMap(this::refusal).isEmpty()) {
                throw refused(proxy.key(), words.get());
            }
        } catch (EnvoyTrial.UndecidedException e) {
            throw ApiException.of(
                    503, "Service unavailable", e.getMessage() + "; nothing was written (apiServer.validateWithEnvoy)");
        }
    }

    private Optional<String> refusal(ProxyConfig config) {
        return trial.refusal(config.set(TypeUrl.CLUSTER), config.set(TypeUrl.LISTENER), config.set(TypeUrl.ROUTE));
    }

    private static ApiException refused(ResourceKey proxy, String words) {
        return ApiException.invalid(
                "Could not process a resource",
                REFUSED,
                List.of(new Problem("", "proxy " + proxy.mesh() + "/" + proxy.name() + ": " + words)));
    }
}
