package io.higuma.api.http;

import io.higuma.model.wire.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

/// An answer, as a value.
///
/// @param contentType empty: the answer has none
/// @param headers further ones, by lower case name
public record ApiResponse(int status, String contentType, Map<String, String> headers, Bytes body) {

    private static final String JSON = "application/json";
    private static final String TEXT = "text/plain; charset=utf-8";
    private static final ObjectWriter WRITER = JsonMapper.builder()
            .build()
            .writer()
            .with(new DefaultPrettyPrinter()
                    .withObjectIndenter(new DefaultIndenter(" ", "\n"))
                    .withArrayIndenter(new DefaultIndenter(" ", "\n")));

    public ApiResponse {
        headers = Map.copyOf(headers);
    }

    public static ApiResponse json(int status, JsonNode body) {
        return new ApiResponse(status, JSON, Map.of(), Bytes.wrap(WRITER.writeValueAsBytes(body)));
    }

    public static ApiResponse ok(JsonNode body) {
        return json(200, body);
    }

    /// `{}`
    public static ApiResponse done(int status) {
        return json(status, JsonNodeFactory.instance.objectNode());
    }

    public static ApiResponse text(int status, String text) {
        return text(status, TEXT, text);
    }

    /// Text of a given content type.
    public static ApiResponse text(int status, String contentType, String text) {
        return new ApiResponse(status, contentType, Map.of(), Bytes.wrap(text.getBytes(StandardCharsets.UTF_8)));
    }

    public static ApiResponse empty(int status) {
        return text(status, "", "");
    }

    public ApiResponse withHeader(String name, String value) {
        Map<String, String> more = new TreeMap<>(headers);
        more.put(name, value);
        return new ApiResponse(status, contentType, more, body);
    }
}
