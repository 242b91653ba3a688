package io.higuma.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Documents that a machine can hold to the truth: links lead somewhere, every dependency has its line.
class DocumentRulesTest {

    private static final Path ROOT =
            Path.of(System.getProperty("higuma.root", "..")).toAbsolutePath().normalize();
    private static final Pattern LINK = Pattern.compile("\\[[^\\]]*\\]\\(([^)#\\s]+)(#[^)]*)?\\)");
    /// In code marks: a class after its packages, before what is in it.
    private static final Pattern CLASS = Pattern.compile("`(?:[a-z]+\\.)*([A-Z][a-z][A-Za-z]*)(?:[.(][^`]*)?`");
    private static final Pattern ARTIFACT =
            Pattern.compile("<groupId>([^<$]+)</groupId>\\s*<artifactId>([^<$]+)</artifactId>", Pattern.MULTILINE);

    @Test
    void everyRelativeLinkLeadsToAFile() throws IOException {
        List<String> broken = new ArrayList<>();
        for (Path document : documents()) {
            Matcher links = LINK.matcher(Files.readString(document));
            while (links.find()) {
                String target = links.group(1);
                if (!target.contains("://") && !Files.exists(document.resolveSibling(target))) {
                    broken.add(ROOT.relativize(document) + " -> " + target);
                }
            }
        }

        assertThat(broken).isEmpty();
    }

    @Test
    void everyClassThatTheArchitectureNamesExists() throws IOException {
        Set<String> classes = new TreeSet<>();
        try (Stream<Path> files = Files.walk(ROOT)) {
            files.map(Path::toString)
                    .filter(file -> file.contains("/src/") && file.endsWith(".java"))
                    .map(file -> file.substring(file.lastIndexOf('/') + 1, file.length() - ".java".length()))
                    .forEach(classes::add);
        }
        Set<String> unknown = new TreeSet<>();
        Matcher names = CLASS.matcher(Files.readString(ROOT.resolve("docs/architecture.md")));
        while (names.find()) {
            if (!classes.contains(names.group(1))) {
                unknown.add(names.group(1));
            }
        }

        assertThat(unknown).isEmpty();
    }

    @Test
    void everyDependencyOfAModuleHasItsLine() throws IOException {
        String lines = Files.readString(ROOT.resolve("docs/dependencies.md"));
        List<String> missing = new ArrayList<>();
        try (Stream<Path> modules = Files.list(ROOT)) {
            for (Path pom : modules.map(m -> m.resolve("pom.xml"))
                    .filter(Files::exists)
                    .sorted()
                    .toList()) {
                Matcher artifacts = ARTIFACT.matcher(dependencies(Files.readString(pom)));
                while (artifacts.find()) {
                    String group = artifacts.group(1);
                    if (!group.equals("io.higuma") && !lines.contains(group)) {
                        missing.add(ROOT.relativize(pom) + ": " + group + ":" + artifacts.group(2));
                    }
                }
            }
        }

        assertThat(missing).isEmpty();
    }

    private static String dependencies(String pom) {
        int from = pom.indexOf("<dependencies>");
        int to = pom.lastIndexOf("</dependencies>");
        return from < 0 ? "" : pom.substring(from, to);
    }

    private static List<Path> documents() throws IOException {
        List<Path> found = new ArrayList<>();
        try (Stream<Path> top = Files.list(ROOT)) {
            top.filter(file -> file.toString().endsWith(".md")).forEach(found::add);
        }
        for (String folder : List.of("docs", "changes")) {
            try (Stream<Path> files = Files.walk(ROOT.resolve(folder))) {
                files.filter(file -> file.toString().endsWith(".md")).forEach(found::add);
            }
        }
        found.sort(null);
        return found;
    }
}
