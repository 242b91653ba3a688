package io.higuma.testkit.envoy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// The pinned Envoy, as `tools/envoy-path` finds or gets it.
public final class EnvoyBinary {

    private static final Path PATH = find();

    private EnvoyBinary() {}

    public static Path path() {
        return PATH;
    }

    private static Path find() {
        Path tool = Path.of(System.getProperty("higuma.root", "..")).resolve("tools/envoy-path");
        try {
            Process process = new ProcessBuilder(tool.toAbsolutePath().toString())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            if (process.waitFor() != 0) {
                throw new IllegalStateException(tool + " found no Envoy");
            }
            return Path.of(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
