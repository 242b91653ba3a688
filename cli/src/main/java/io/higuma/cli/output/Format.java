package io.higuma.cli.output;

import io.higuma.cli.client.Json;
import java.io.PrintStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;
import tools.jackson.dataformat.yaml.YAMLWriteFeature;

/// How results are printed: `-o table|yaml|json`.
public enum Format {
    table,
    yaml,
    json;

    /// Prints a tree as YAML or JSON; a table has columns of its own, so its verb prints it.
    public void print(PrintStream out, JsonNode tree) {
        out.print(this == json ? Json.pretty(tree) + "\n" : yaml(tree));
    }

    /// A tree as YAML, without the `---` before it.
    public static String yaml(JsonNode tree) {
        return YAMLMapper.builder()
                .disable(YAMLWriteFeature.WRITE_DOC_START_MARKER)
                .enable(YAMLWriteFeature.MINIMIZE_QUOTES)
                .enable(YAMLWriteFeature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
                .enable(YAMLWriteFeature.INDENT_ARRAYS_WITH_INDICATOR)
                .disable(YAMLWriteFeature.SPLIT_LINES)
                .build()
                .writeValueAsString(tree);
    }
}
