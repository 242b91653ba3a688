package io.higuma.testkit.golden;

import io.higuma.envoy.EnvoyJson;
import io.higuma.model.wire.ResourceSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;
import tools.jackson.dataformat.yaml.YAMLWriteFeature;

/// Envoy's messages as YAML with sorted keys, whatever order they were made in.
public final class EnvoyText {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final YAMLMapper YAML = YAMLMapper.builder()
            .disable(YAMLWriteFeature.WRITE_DOC_START_MARKER)
            .enable(YAMLWriteFeature.MINIMIZE_QUOTES)
            .build();

    private EnvoyText() {}

    /// A set as one YAML document: messages by name. Empty for an empty set.
    public static String yaml(ResourceSet set) {
        if (set.size() == 0) {
            return "";
        }
        Map<String, Object> byName = new TreeMap<>();
        set.byName()
                .forEach((name, resource) ->
                        byName.put(name, sorted(JSON.readValue(EnvoyJson.json(resource), Object.class))));
        return YAML.writeValueAsString(byName);
    }

    private static Object sorted(Object value) {
        return switch (value) {
            case Map<?, ?> map -> {
                Map<String, Object> sorted = new TreeMap<>();
                map.forEach((key, entry) -> sorted.put((String) key, sorted(entry)));
                yield sorted;
            }
            case List<?> list -> {
                List<Object> copies = new ArrayList<>();
                list.forEach(item -> copies.add(sorted(item)));
                yield copies;
            }
            default -> value;
        };
    }
}
