package io.higuma.api.http;

import io.higuma.model.wire.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;

/// An answer, as a value.
public record ApiResponse(int status, String contentType, Map<String, String> headers, Bytes body) {

    private static final String JSON = "application/json";
    private static final ObjectWriter WRITER = JsonMapper.builder()
            .build()
            .writer()
            .with(new DefaultPrettyPrinter()
                    .withObjectIndenter(new DefaultIndenter(" ", "\n"))
                    .withArrayIndenter(new DefaultIndenter(" ", "\n")));

    public static ApiResponse json(int status, JsonNode body) {
        return new ApiResponse(status, JSON, Map.of(), Bytes.wrap(WRITER.writeValueAsBytes(body)));
    }

    public static ApiResponse text(int status, String body) {
        return new ApiResponse(status, "text/plain", Map.of(), Bytes.wrap(body.getBytes(StandardCharsets.UTF_8)));
    }

    public ApiResponse withHeader(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(name, value);
        return new ApiResponse(status, contentType, more, body);
    }
}
