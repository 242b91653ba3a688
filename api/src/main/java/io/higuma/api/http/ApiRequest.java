package io.higuma.api.http;

import io.higuma.api.auth.Principal;
import io.higuma.model.wire.Bytes;
import java.util.Map;

/// A request that found its route.
///
/// @param template the path of the route, such as `/meshes/{mesh}/dataplanes`
/// @param path the path as it was asked for
/// @param base scheme, host and port as the client sees them, for links: `http://host:5681`
/// @param variables the parts of the path that the template names, decoded
public record ApiRequest(
        String template,
        String path,
        String base,
        Map<String, String> variables,
        Query query,
        Bytes body,
        Principal principal) {

    /// A part of the path that the route's template names.
    public String variable(String name) {
        String value = variables.get(name);
        if (value == null) {
            throw new IllegalArgumentException("the route " + template + " has no " + name);
        }
        return value;
    }
}
