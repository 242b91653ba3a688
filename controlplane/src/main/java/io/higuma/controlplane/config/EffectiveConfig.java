package io.higuma.controlplane.config;

import io.higuma.model.GoDuration;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// The value of every setting, and where it came from.
///
/// @param values by key
/// @param foreign keys of the contract that were set and mean nothing to us yet
public record EffectiveConfig(Map<String, Value> values, List<String> foreign) {

    /// @param origin such as `default`, `file cp.yaml:3`, `environment KUMA_DP_SERVER_PORT`, `--set`
    public record Value(String text, String origin) {}

    public EffectiveConfig {
        values = Map.copyOf(values);
        foreign = List.copyOf(foreign);
    }

    public String text(String key) {
        Value value = values.get(key);
        if (value == null) {
            throw new IllegalArgumentException("there is no setting " + key);
        }
        return value.text();
    }

    public boolean flag(String key) {
        return Boolean.parseBoolean(text(key));
    }

    public int port(String key) {
        return Integer.parseInt(text(key));
    }

    public int number(String key) {
        return Integer.parseInt(text(key));
    }

    public Duration duration(String key) {
        return GoDuration.parse(text(key)).orElse(Duration.ZERO);
    }

    public List<String> list(String key) {
        return Arrays.stream(text(key).split(",", -1))
                .map(String::strip)
                .filter(item -> !item.isEmpty())
                .toList();
    }

    /// The settings as the tree they are in the file. No setting of ours is a secret: keys and certificates are files.
    public ObjectNode json() {
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        for (Setting setting : Settings.ALL) {
            String[] path = setting.key().split("\\.", -1);
            ObjectNode parent = root;
            for (int i = 0; i < path.length - 1; i++) {
                parent = parent.get(path[i]) instanceof ObjectNode inner ? inner : parent.putObject(path[i]);
            }
            put(parent, path[path.length - 1], setting);
        }
        return root;
    }

    private void put(ObjectNode parent, String name, Setting setting) {
        switch (setting.kind()) {
            case TEXT, NAME, PATH, CHOICE, RANGE, DURATION -> parent.put(name, text(setting.key()));
            case BOOL -> parent.put(name, flag(setting.key()));
            case PORT, NUMBER -> parent.put(name, port(setting.key()));
            case LIST -> {
                ArrayNode items = parent.putArray(name);
                list(setting.key()).forEach(items::add);
            }
        }
    }

    /// One line per setting: `key: value`, and its origin if asked for.
    public String print(boolean withOrigin) {
        StringBuilder lines = new StringBuilder();
        for (Setting setting : Settings.ALL) {
            lines.append(setting.key()).append(": ").append(text(setting.key()));
            if (withOrigin) {
                Value value = values.get(setting.key());
                lines.append("  # ").append(value == null ? "" : value.origin());
            }
            lines.append('\n');
        }
        return lines.toString();
    }
}
