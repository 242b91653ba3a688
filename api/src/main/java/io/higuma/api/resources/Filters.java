package io.higuma.api.resources;

import io.higuma.api.http.ApiException;
import io.higuma.api.http.ApiRequest;
import io.higuma.api.http.Query;
import io.higuma.model.Problem;
import io.higuma.model.Resource;
import io.higuma.model.core.DataplaneSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Which items of a list are wanted (contract 3.4).
///
/// @param name part of the name; empty for all
/// @param labels exact values by label
/// @param tags parts of values by label or gateway tag; only Dataplanes have them
/// @param gateway whether a Dataplane must be that of a gateway, or must not
public record Filters(
        String name, Map<String, String> labels, List<Map.Entry<String, String>> tags, Optional<Boolean> gateway) {

    private static final String TITLE = "Could not retrieve resources";
    private static final Pattern LABEL = Pattern.compile("filter\\[labels\\.([^\\]]+)]");
    private static final String PREFIX = "filter[";

    /// @param dataplanes whether the list is one of Dataplanes
    /// @throws ApiException 400 with every parameter that is wrong
    public static Filters of(ApiRequest request, boolean dataplanes) {
        Query query = request.query();
        List<Problem> problems = new ArrayList<>();
        Map<String, String> labels = new TreeMap<>();
        for (Query.Parameter parameter : query.parameters()) {
            String key = parameter.key();
            if (!key.startsWith(PREFIX)) {
                continue;
            }
            Matcher label = LABEL.matcher(key);
            String field = request.template() + "." + key;
            if (label.matches()) {
                labels.put(label.group(1), parameter.value());
            } else if (key.startsWith("filter[labels.") && key.endsWith("]")) {
                problems.add(new Problem(field, "advanced filters are not supported"));
            } else {
                problems.add(new Problem(field, "filters are only supported on labels"));
            }
        }
        Optional<Boolean> gateway = dataplanes ? gateway(request, query.value("gateway"), problems) : Optional.empty();
        if (!problems.isEmpty()) {
            throw ApiException.invalid(TITLE, problems);
        }
        return new Filters(
                query.value("name").orElse(""), labels, dataplanes ? tags(query.values("tag")) : List.of(), gateway);
    }

    private static Optional<Boolean> gateway(ApiRequest request, Optional<String> asked, List<Problem> problems) {
        return switch (asked.orElse("")) {
            case "" -> Optional.empty();
            case "true", "delegated" -> Optional.of(true);
            case "false" -> Optional.of(false);
            default -> {
                problems.add(new Problem(
                        request.template() + ".gateway",
                        "should use `true`, `false` or `delegated` instead of " + asked.orElse("")));
                yield Optional.empty();
            }
        };
    }

    private static List<Map.Entry<String, String>> tags(List<String> asked) {
        List<Map.Entry<String, String>> found = new ArrayList<>();
        for (String tag : asked) {
            int colon = tag.indexOf(':');
            if (colon > 0) {
                found.add(Map.entry(tag.substring(0, colon), tag.substring(colon + 1)));
            }
        }
        return found;
    }

    public boolean matches(Resource resource) {
        return resource.name().contains(name)
                && resource.labels().matches(labels)
                && (!(resource.spec() instanceof DataplaneSpec dataplane) || matches(resource, dataplane));
    }

    private boolean matches(Resource resource, DataplaneSpec dataplane) {
        Optional<DataplaneSpec.Gateway> found = dataplane.networking().gateway();
        return gateway.filter(wanted -> wanted != found.isPresent()).isEmpty()
                && (contain(resource.labels().entries())
                        || found.filter(g -> contain(g.tags())).isPresent());
    }

    private boolean contain(Map<String, String> values) {
        return tags.stream().allMatch(tag -> {
            String value = values.get(tag.getKey());
            return value != null && value.contains(tag.getValue());
        });
    }
}
