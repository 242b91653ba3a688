package io.higuma.api.http;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/// The parameters of a request, in the order they were given.
public record Query(List<Parameter> parameters) {

    public static final Query NONE = new Query(List.of());

    /// One `key=value`, decoded.
    public record Parameter(String key, String value) {}

    public Query {
        parameters = List.copyOf(parameters);
    }

    /// Reads the part of a URL behind the question mark.
    ///
    /// @throws ApiException if an escape is none
    public static Query parse(String text) {
        if (text.isEmpty()) {
            return NONE;
        }
        List<Parameter> found = new ArrayList<>();
        for (String pair : text.split("&", -1)) {
            if (!pair.isEmpty()) {
                int equals = pair.indexOf('=');
                found.add(
                        equals < 0
                                ? new Parameter(decode(pair), "")
                                : new Parameter(decode(pair.substring(0, equals)), decode(pair.substring(equals + 1))));
            }
        }
        return new Query(found);
    }

    private static String decode(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw ApiException.badRequest("bad request: the query holds an escape that is none: " + text);
        }
    }

    /// The first value of a key that is not empty.
    public Optional<String> value(String key) {
        return values(key).stream().filter(v -> !v.isEmpty()).findFirst();
    }

    /// `true` or `false`; false if it is not there.
    ///
    /// @throws ApiException if it is something else
    public boolean flag(String key) {
        return switch (value(key).orElse("false")) {
            case "true" -> true;
            case "false" -> false;
            default ->
                throw ApiException.badRequest("bad request: unsupported value for query parameter '" + key + "'");
        };
    }

    public List<String> values(String key) {
        return parameters.stream()
                .filter(p -> p.key().equals(key))
                .map(Parameter::value)
                .toList();
    }

    /// These parameters without `offset` and `size`, and with the given ones, as the contract writes links: everything
    /// else in order of its keys, then offset and size.
    public String page(int offset, int size) {
        TreeMap<String, List<String>> others = new TreeMap<>();
        for (Parameter parameter : parameters) {
            if (!parameter.key().equals("offset") && !parameter.key().equals("size")) {
                others.computeIfAbsent(parameter.key(), key -> new ArrayList<>())
                        .add(parameter.value());
            }
        }
        StringBuilder text = new StringBuilder();
        others.forEach((key, values) -> values.forEach(value ->
                text.append(encode(key)).append('=').append(encode(value)).append('&')));
        return text.append("offset=")
                .append(offset)
                .append("&size=")
                .append(size)
                .toString();
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
