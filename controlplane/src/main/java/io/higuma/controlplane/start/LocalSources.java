package io.higuma.controlplane.start;

import io.higuma.model.core.SecureDataSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// Values that lie on this host: files and environment variables that a resource names.
public final class LocalSources {

    private static final long LARGEST = 1 << 20;

    private LocalSources() {}

    /// The value; empty if it is not there, cannot be read or is larger than 1 MiB.
    public static Optional<String> value(SecureDataSource source) {
        return switch (source.type()) {
            case FILE -> source.file().flatMap(file -> read(Path.of(file.path())));
            case ENV_VAR -> source.envVar().flatMap(variable -> Optional.ofNullable(System.getenv(variable.name())));
            case INSECURE_INLINE -> source.insecureInline().map(SecureDataSource.InsecureInline::value);
            case SECRET -> Optional.empty();
        };
    }

    private static Optional<String> read(Path file) {
        try {
            return Files.size(file) > LARGEST ? Optional.empty() : Optional.of(Files.readString(file));
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
