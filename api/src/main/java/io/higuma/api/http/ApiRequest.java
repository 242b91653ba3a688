package io.higuma.api.http;

import io.higuma.api.auth.Principal;
import io.higuma.model.wire.Bytes;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A request, as a value.
///
/// @param segments of the path, decoded, without empty ones at the end
/// @param query parameters in the order they were sent; names may repeat
/// @param base the address the client used, such as `http://127.0.0.1:5681`
public record ApiRequest(
        String method,
        List<String> segments,
        List<Map.Entry<String, String>> query,
        Map<String, String> headers,
        Bytes body,
        Principal principal,
        String base) {

    /// The last value of a parameter.
    public Optional<String> parameter(String name) {
        return query.stream()
                .filter(e -> e.getKey().equals(name))
                .map(Map.Entry::getValue)
                .reduce((a, b) -> b);
    }

    /// A header, by its name in lower case.
    public Optional<String> header(String name) {
        return Optional.ofNullable(headers.get(name));
    }

    /// The path as it was asked for.
    public String path() {
        return "/" + String.join("/", segments);
    }
}
