package io.higuma.api.resources;

import io.higuma.api.http.ApiException;
import io.higuma.api.http.ApiRequest;
import io.higuma.model.Problem;
import io.higuma.model.Resource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Pages and filters of lists (contract 3.4).
public final class Listing {

    private static final String TITLE = "Could not retrieve resources";
    private static final int DEFAULT_SIZE = 100;
    private static final int MAX_SIZE = 1000;
    private static final Pattern FILTER = Pattern.compile("filter\\[([^\\]]*)\\](.*)");

    private Listing() {}

    /// The page of a list that a request asks for.
    ///
    /// @param route the template of the route, such as `/meshes/{mesh}/dataplanes`, for messages
    /// @param all every resource there is to list, in order of mesh, then name
    public static ObjectNode page(
            ApiRequest request, String route, List<Resource> all, Function<Resource, ? extends JsonNode> render) {
        int size = size(request);
        int offset = offset(request);
        Map<String, String> labels = labels(request, route);
        String name = request.parameter("name").orElse("");
        List<Resource> found = all.stream()
                .filter(r -> r.name().contains(name) && r.labels().matches(labels))
                .toList();
        List<Resource> page = found.stream().skip(offset).limit(size).toList();

        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("total", found.size());
        ArrayNode items = body.putArray("items");
        page.forEach(r -> items.add(render.apply(r)));
        if (offset + size < found.size()) {
            body.put("next", next(request, offset + size, size));
        } else {
            body.putNull("next");
        }
        return body;
    }

    /// Parameters in order of their names, as Go encodes them.
    private static String next(ApiRequest request, int offset, int size) {
        Map<String, String> parameters = new java.util.TreeMap<>();
        request.query().forEach(e -> parameters.put(e.getKey(), e.getValue()));
        parameters.put("offset", Integer.toString(offset));
        parameters.put("size", Integer.toString(size));
        StringBuilder url = new StringBuilder(request.base()).append(request.path());
        char separator = '?';
        for (Map.Entry<String, String> parameter : parameters.entrySet()) {
            url.append(separator).append(encode(parameter.getKey())).append('=').append(encode(parameter.getValue()));
            separator = '&';
        }
        return url.toString();
    }

    private static String encode(String text) {
        return java.net.URLEncoder.encode(text, java.nio.charset.StandardCharsets.UTF_8);
    }

    private static int size(ApiRequest request) {
        String text = request.parameter("size").orElse("");
        if (text.isEmpty()) {
            return DEFAULT_SIZE;
        }
        int size;
        try {
            size = Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw badSize("invalid format");
        }
        if (size <= 0) {
            throw badSize("must be greater than 0");
        }
        if (size > MAX_SIZE) {
            throw badSize("invalid page size of " + size + ". Maximum page size is " + MAX_SIZE);
        }
        return size;
    }

    private static ApiException badSize(String reason) {
        return new ApiException(400, TITLE, "Invalid page size", List.of(new Problem("size", reason)));
    }

    private static int offset(ApiRequest request) {
        String text = request.parameter("offset").orElse("");
        if (text.isEmpty()) {
            return 0;
        }
        try {
            int offset = Integer.parseInt(text);
            if (offset < 0) {
                throw new ApiException(400, TITLE, "invalid: invalid offset: must be non-negative");
            }
            return offset;
        } catch (NumberFormatException e) {
            throw new ApiException(
                    400, TITLE, "invalid: invalid offset: strconv.Atoi: parsing \"" + text + "\": invalid syntax");
        }
    }

    private static Map<String, String> labels(ApiRequest request, String route) {
        Map<String, String> labels = new LinkedHashMap<>();
        for (Map.Entry<String, String> parameter : request.query()) {
            String name = parameter.getKey();
            if (!name.startsWith("filter")) {
                continue;
            }
            Matcher filter = FILTER.matcher(name);
            if (!filter.matches() || !filter.group(1).startsWith("labels.")) {
                throw badFilter(route, name, "filters are only supported on labels");
            }
            if (!filter.group(2).isEmpty()) {
                throw badFilter(route, name, "advanced filters are not supported");
            }
            labels.put(filter.group(1).substring("labels.".length()), parameter.getValue());
        }
        return labels;
    }

    private static ApiException badFilter(String route, String name, String reason) {
        return ApiException.invalid(TITLE, List.of(new Problem(route + "." + name, reason)));
    }
}
