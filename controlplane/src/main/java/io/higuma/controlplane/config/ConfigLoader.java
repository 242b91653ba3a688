package io.higuma.controlplane.config;

import io.higuma.controlplane.config.EffectiveConfig.Value;
import io.higuma.model.Problem;
import io.higuma.schema.bind.Nearest;
import io.higuma.schema.tree.Limits;
import io.higuma.schema.tree.MalformedException;
import io.higuma.schema.tree.Node;
import io.higuma.schema.tree.YamlTree;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// Finds the value of every setting: defaults, then the file, then the environment, then flags; the later wins.
///
/// A key that nobody knows is an error with a suggestion. A key that the contract has and we do not
/// is noted, so that files of others can be used.
public final class ConfigLoader {

    private static final Map<String, Setting> KNOWN =
            Settings.ALL.stream().collect(Collectors.toMap(Setting::key, s -> s, (a, b) -> a, LinkedHashMap::new));
    private static final Set<String> CONTRACT = contractKeys();
    private static final String KUMA = "KUMA";
    private static final String HIGUMA = "HIGUMA";

    /// What the launcher and the client read.
    private static final Set<String> ELSEWHERE = Set.of(
            "HIGUMA_HOME",
            "HIGUMA_LAUNCHER",
            "HIGUMA_NO_AOT",
            "HIGUMA_JAVA_OPTS",
            "HIGUMA_JAVA_HOME",
            "HIGUMA_API_ADDRESS",
            "HIGUMA_API_TOKEN",
            "HIGUMA_API_PATIENCE");

    private final Map<String, Value> values = new LinkedHashMap<>();
    private final Set<String> foreign = new TreeSet<>();
    private final List<Problem> problems = new ArrayList<>();

    private ConfigLoader() {
        KNOWN.forEach((key, setting) -> values.put(key, new Value(setting.standard(), "default")));
    }

    /// @param file the configuration file, if one is given
    /// @param flags `key` to value, as given on the command line
    /// @throws ConfigException with everything that is wrong
    public static EffectiveConfig load(
            Optional<Path> file, Map<String, String> environment, Map<String, String> flags) {
        ConfigLoader loader = new ConfigLoader();
        file.ifPresent(loader::file);
        loader.environment(environment);
        flags.forEach((key, value) -> loader.set(key, value, "--set"));
        if (!loader.problems.isEmpty()) {
            throw new ConfigException(loader.problems);
        }
        return new EffectiveConfig(loader.values, List.copyOf(loader.foreign));
    }

    private void file(Path file) {
        try {
            for (Node document : YamlTree.read(Files.readAllBytes(file), Limits.FILE)) {
                flatten("", document, file);
            }
        } catch (IOException e) {
            problems.add(new Problem(file.toString(), "cannot be read: " + e.getMessage()));
        } catch (MalformedException e) {
            problems.add(new Problem(
                    file + ":" + e.problem().location().line(), e.problem().message()));
        }
    }

    private void flatten(String path, Node node, Path file) {
        String origin = "file " + file.getFileName() + ":" + node.at().line();
        switch (node) {
            case Node.Mapping mapping -> {
                if (CONTRACT.contains(path)) {
                    foreign.add(path);
                } else {
                    mapping.entries()
                            .forEach(e -> flatten(path.isEmpty() ? e.key() : path + "." + e.key(), e.value(), file));
                }
            }
            case Node.Text text -> set(path, text.value(), origin);
            case Node.Numeral number -> set(path, number.literal(), origin);
            case Node.Bool bool -> set(path, Boolean.toString(bool.value()), origin);
            case Node.Null none -> {}
            case Node.Sequence sequence ->
                set(
                        path,
                        sequence.items().stream()
                                .map(item -> item instanceof Node.Text text ? text.value() : "")
                                .collect(Collectors.joining(",")),
                        origin);
        }
    }

    /// Names of other parts of the product begin with the same prefixes, so an unknown one is only
    /// an error where it looks like a slip of the pen.
    private void environment(Map<String, String> environment) {
        Set<String> ours = new TreeSet<>();
        for (String prefix : List.of(KUMA, HIGUMA)) {
            for (String key : KNOWN.keySet()) {
                for (String name : Setting.variables(prefix, key)) {
                    ours.add(name);
                    Optional.ofNullable(environment.get(name))
                            .ifPresent(value -> set(key, value, "environment " + name));
                }
            }
        }
        for (String key : CONTRACT) {
            if (!KNOWN.containsKey(key) && Setting.variables(KUMA, key).stream().anyMatch(environment::containsKey)) {
                foreign.add(key);
            }
        }
        for (String name : new TreeSet<>(environment.keySet())) {
            if (name.startsWith(HIGUMA + "_") && !ours.contains(name) && !ELSEWHERE.contains(name)) {
                Nearest.to(name, ours)
                        .ifPresent(near -> problems.add(
                                new Problem("environment " + name, "is not known, did you mean " + near + "?")));
            }
        }
    }

    private void set(String key, String value, String origin) {
        Setting setting = KNOWN.get(key);
        if (setting != null) {
            setting.problems(value).forEach(text -> problems.add(new Problem(key, text + " (" + origin + ")")));
            values.put(key, new Value(value, origin));
        } else if (CONTRACT.contains(key)) {
            foreign.add(key);
        } else {
            String near = Nearest.to(key, KNOWN.keySet())
                    .map(candidate -> ", did you mean " + candidate + "?")
                    .orElse("; higuma cp config print lists the settings there are");
            problems.add(new Problem(key, "is not known (" + origin + ")" + near));
        }
    }

    private static Set<String> contractKeys() {
        try (InputStream in = ConfigLoader.class.getResourceAsStream("contract-keys.txt")) {
            if (in == null) {
                throw new IllegalStateException("contract-keys.txt is missing from this program");
            }
            return new TreeSet<>(new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
