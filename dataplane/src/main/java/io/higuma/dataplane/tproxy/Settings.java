package io.higuma.dataplane.tproxy;

import io.higuma.model.Problem;
import io.higuma.model.Problems;
import io.higuma.schema.bind.Binder;
import io.higuma.schema.tree.Limits;
import io.higuma.schema.tree.MalformedException;
import io.higuma.schema.tree.Node;
import io.higuma.schema.tree.YamlTree;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// Values of settings as text, each with where it was said. Later ones win; callers say them in the order files,
/// environment, flags.
public final class Settings {

    private final Map<Setting, Value> values = new EnumMap<>(Setting.class);

    /// @param source how to call its place in a message: a flag, a variable, a file with line and column
    record Value(String text, String source) {}

    public Settings say(Setting setting, String text, String source) {
        values.put(setting, new Value(text, source));
        return this;
    }

    /// Variables `HIGUMA_TRANSPARENT_PROXY_…` and the contract's `KUMA_TRANSPARENT_PROXY_…`.
    public Settings environment(Map<String, String> environment) {
        for (Setting setting : Setting.values()) {
            for (String prefix : List.of("KUMA_", "HIGUMA_")) {
                String name = prefix + setting.variable();
                String value = environment.get(name);
                if (value != null && !value.isEmpty()) {
                    say(setting, value, name);
                }
            }
        }
        return this;
    }

    /// A configuration file: the contract's keys, in YAML.
    public Settings file(String name, byte[] text, Problems problems) {
        try {
            for (Node document : YamlTree.read(text, Limits.FILE)) {
                if (!(document instanceof Node.Null)) {
                    read(name, "", document, problems);
                }
            }
        } catch (MalformedException e) {
            e.problems().forEach(problem -> problems.add(place(name, problem.location()), problem.message()));
        }
        return this;
    }

    private void read(String file, String path, Node node, Problems problems) {
        Optional<Setting> setting = Arrays.stream(Setting.values())
                .filter(s -> s.path().equals(path))
                .findFirst();
        if (setting.isPresent()) {
            Optional<String> text = text(node, setting.get().kind().separator());
            if (text.isPresent()) {
                say(setting.get(), text.get(), place(file, node.at()) + ": " + path);
            } else {
                problems.add(place(file, node.at()) + ": " + path, "expected a value, found " + node.kind());
            }
            return;
        }
        Set<String> known = below(path);
        if (known.isEmpty()) {
            String last = path.substring(path.lastIndexOf('.') + 1);
            String parent = path.contains(".") ? path.substring(0, path.lastIndexOf('.')) : "";
            problems.add(place(file, node.at()) + ": " + path, Binder.unknownText(last, below(parent)));
        } else if (node instanceof Node.Mapping mapping) {
            mapping.entries()
                    .forEach(entry -> read(
                            file, path.isEmpty() ? entry.key() : path + "." + entry.key(), entry.value(), problems));
        } else {
            problems.add(place(file, node.at()) + ": " + path, "expected keys " + known + ", found " + node.kind());
        }
    }

    private static Set<String> below(String path) {
        String prefix = path.isEmpty() ? "" : path + ".";
        return Arrays.stream(Setting.values())
                .map(Setting::path)
                .filter(known -> known.startsWith(prefix))
                .map(known -> known.substring(prefix.length()).split("\\.", 2)[0])
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Optional<String> text(Node node, String separator) {
        return switch (node) {
            case Node.Text text -> Optional.of(text.value());
            case Node.Numeral number -> Optional.of(number.literal());
            case Node.Bool bool -> Optional.of(String.valueOf(bool.value()));
            case Node.Null nothing -> Optional.of("");
            case Node.Sequence list
            when !separator.isEmpty() -> {
                List<Optional<String>> items =
                        list.items().stream().map(item -> text(item, "")).toList();
                yield items.stream().anyMatch(Optional::isEmpty)
                        ? Optional.empty()
                        : Optional.of(items.stream().map(Optional::get).collect(Collectors.joining(separator)));
            }
            default -> Optional.empty();
        };
    }

    private static String place(String file, Problem.Location at) {
        return at.known() ? file + ":" + at.line() + ":" + at.column() : file;
    }

    /// Whether nobody said anything of it.
    public boolean isSilent(Setting setting) {
        return !values.containsKey(setting);
    }

    Value value(Setting setting) {
        Value said = values.get(setting);
        return said == null ? new Value(setting.fallback(), setting.path()) : said;
    }

    public boolean flag(Setting setting, Problems problems) {
        Value value = value(setting);
        if (!value.text().equals("true") && !value.text().equals("false")) {
            problems.add(value.source(), "`" + value.text() + "`: expected true or false");
        }
        return value.text().equals("true");
    }

    int number(Setting setting, int least, int most, Problems problems) {
        Value value = value(setting);
        Optional<Range> number = Range.parse(value.text(), least, most);
        if (number.isEmpty() || number.get().first() != number.get().last()) {
            problems.add(value.source(), "`" + value.text() + "`: expected a number from " + least + " to " + most);
            return least;
        }
        return (int) number.get().first();
    }

    List<String> list(Setting setting) {
        return Arrays.stream(value(setting).text().split(setting.kind().separator(), -1))
                .map(String::strip)
                .filter(item -> !item.isEmpty())
                .toList();
    }
}
