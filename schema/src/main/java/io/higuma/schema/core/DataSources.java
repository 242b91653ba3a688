package io.higuma.schema.core;

import io.higuma.model.Problems;
import io.higuma.model.core.SecureDataSource;
import java.util.Optional;

/// SecureDataSource, contract 1.4.
final class DataSources {

    private DataSources() {}

    static void required(String path, Optional<SecureDataSource> source, Problems problems) {
        source.ifPresentOrElse(given -> check(path, given, problems), () -> problems.add(path, "must be defined"));
    }

    static void check(String path, SecureDataSource given, Problems problems) {
        switch (given.type()) {
            case FILE -> file(path, given, problems);
            case SECRET -> {
                if (given.secretRef().isEmpty()) {
                    problems.add(path + ".secretRef", "must be defined");
                } else if (given.secretRef().get().name().isEmpty()) {
                    problems.add(path + ".secretRef.name", "must be defined");
                } else if (!given.secretRef().get().kind().equals("Secret")) {
                    problems.add(
                            path + ".secretRef.kind", given.secretRef().get().kind() + " must be one of: Secret");
                }
            }
            case ENV_VAR ->
                present(path + ".envVar", given.envVar().map(SecureDataSource.EnvVar::name), "name", problems);
            case INSECURE_INLINE ->
                present(
                        path + ".insecureInline",
                        given.insecureInline().map(SecureDataSource.InsecureInline::value),
                        "value",
                        problems);
        }
    }

    private static void file(String path, SecureDataSource given, Problems problems) {
        present(path + ".file", given.file().map(SecureDataSource.File::path), "path", problems);
        given.file().map(SecureDataSource.File::path).filter(p -> !p.isEmpty()).ifPresent(p -> {
            if (p.contains("..")) {
                problems.add(path + ".file.path", "file path contains directory traversal sequence: " + p);
            } else if (!p.startsWith("/")) {
                problems.add(path + ".file.path", "file path must be absolute: " + p);
            }
        });
    }

    private static void present(String path, Optional<String> value, String field, Problems problems) {
        if (value.isEmpty()) {
            problems.add(path, "must be defined");
        } else if (value.get().isEmpty()) {
            problems.add(path + "." + field, "must be defined");
        }
    }
}
