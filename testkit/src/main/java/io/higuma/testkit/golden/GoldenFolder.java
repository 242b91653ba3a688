package io.higuma.testkit.golden;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/// One case: `in.yaml` and other inputs, and `out.*` files that a test makes again.
public final class GoldenFolder {

    private static final boolean UPDATE = Boolean.getBoolean("golden.update");

    private final Path folder;

    private GoldenFolder(Path folder) {
        this.folder = folder;
    }

    /// The cases below a folder, in order of their names.
    public static List<GoldenFolder> below(Path cases) {
        try (Stream<Path> folders = Files.list(cases)) {
            return folders.filter(Files::isDirectory)
                    .sorted()
                    .map(GoldenFolder::new)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public String name() {
        return String.valueOf(folder.getFileName());
    }

    public byte[] read(String file) {
        try {
            return Files.readAllBytes(folder.resolve(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public boolean has(String file) {
        return Files.exists(folder.resolve(file));
    }

    /// Compares what was made with what is expected, or writes it.
    ///
    /// @param made texts by the middle of their file's name: `listeners` for `out.listeners.yaml`; empty ones
    /// have no file
    public void verify(Map<String, String> made) {
        Map<String, String> files = new TreeMap<>();
        made.forEach((name, text) -> {
            if (!text.isEmpty()) {
                files.put("out." + name + ".yaml", text);
            }
        });
        if (UPDATE) {
            update(files);
            return;
        }
        assertThat(outputs())
                .as("files of case %s; rewrite them with ./dev golden", name())
                .isEqualTo(new TreeSet<>(files.keySet()));
        files.forEach((file, text) -> assertThat(text)
                .as("%s/%s; rewrite it with ./dev golden if the change is meant", name(), file)
                .isEqualTo(new String(read(file), java.nio.charset.StandardCharsets.UTF_8)));
    }

    private void update(Map<String, String> files) {
        if ("true".equals(System.getenv("CI"))) {
            throw new AssertionError("golden files are not rewritten in CI");
        }
        try {
            for (String stale : outputs()) {
                Files.delete(folder.resolve(stale));
            }
            for (Map.Entry<String, String> file : files.entrySet()) {
                Files.writeString(folder.resolve(file.getKey()), file.getValue());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Set<String> outputs() {
        try (Stream<Path> files = Files.list(folder)) {
            Set<String> names = new TreeSet<>();
            files.map(file -> String.valueOf(file.getFileName()))
                    .filter(file -> file.startsWith("out."))
                    .forEach(names::add);
            return names;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String toString() {
        return name();
    }
}
