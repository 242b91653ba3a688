package io.higuma.cli.document;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// The texts behind `-f`: files, the YAML and JSON files of a folder and of those in it, and standard input.
public final class Sources {

    private Sources() {}

    /// Name → text, in the order given; within a folder sorted by path.
    ///
    /// @throws IOException with a sentence, if one of them cannot be read
    public static Map<String, String> read(List<String> names, InputStream standardInput) throws IOException {
        Map<String, String> texts = new LinkedHashMap<>();
        for (String name : names) {
            if (name.equals("-")) {
                texts.put("-", new String(standardInput.readAllBytes(), StandardCharsets.UTF_8));
            } else if (Files.isDirectory(Path.of(name))) {
                folder(Path.of(name), texts);
            } else {
                texts.put(name, text(Path.of(name)));
            }
        }
        return texts;
    }

    private static void folder(Path folder, Map<String, String> texts) throws IOException {
        List<Path> files;
        try (Stream<Path> tree = Files.walk(folder)) {
            files = tree.filter(Files::isRegularFile)
                    .filter(Sources::isDocument)
                    .sorted()
                    .toList();
        }
        if (files.isEmpty()) {
            throw new IOException("the folder " + folder + " has no .yaml, .yml or .json file");
        }
        for (Path file : files) {
            texts.put(file.toString(), text(file));
        }
    }

    private static boolean isDocument(Path file) {
        String name = file.getFileName().toString();
        return !name.startsWith(".") && (name.endsWith(".yaml") || name.endsWith(".yml") || name.endsWith(".json"));
    }

    private static String text(Path file) throws IOException {
        if (!Files.exists(file)) {
            throw new IOException("there is no file " + file);
        }
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new IOException("the file " + file + " cannot be read: " + e.getMessage(), e);
        }
    }
}
