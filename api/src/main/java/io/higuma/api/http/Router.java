package io.higuma.api.http;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// Finds the handler of a request. Immutable once built.
public final class Router {

    /// The methods that routes have, in the order in which `Allow` lists them.
    public enum Method {
        PUT,
        DELETE,
        GET,
        POST
    }

    /// What routes answer with.
    public enum Produces {
        JSON,
        /// Whatever it is, clients that only take JSON get it too.
        ANYTHING
    }

    /// A path with its handlers by method.
    private record Path(String template, List<String> segments, Map<Method, Target> targets) {

        Optional<Map<String, String>> match(List<String> asked) {
            Map<String, String> variables = new TreeMap<>();
            for (int i = 0; i < segments.size(); i++) {
                String wanted = segments.get(i);
                if (wanted.startsWith("{")) {
                    variables.put(wanted.substring(1, wanted.length() - 1), asked.get(i));
                } else if (!wanted.equals(asked.get(i))) {
                    return Optional.empty();
                }
            }
            return Optional.of(variables);
        }

        /// Paths with a literal where another has a variable are tried first.
        String order() {
            StringBuilder key = new StringBuilder();
            for (String segment : segments) {
                key.append(segment.startsWith("{") ? '1' : '0');
            }
            return key.toString();
        }
    }

    private record Target(Handler handler, Produces produces) {}

    /// What a request came to.
    public sealed interface Match {

        /// @param variables the decoded parts of the path
        record Found(String template, Map<String, String> variables, Handler handler, Produces produces)
                implements Match {}

        record WrongMethod(Set<Method> allowed) implements Match {}

        record Unknown() implements Match {}
    }

    private final Map<Integer, List<Path>> bySize;

    private Router(Map<Integer, List<Path>> bySize) {
        this.bySize = bySize;
    }

    public static Builder builder() {
        return new Builder();
    }

    /// @param method the HTTP method as text
    /// @param path begins with `/`; one slash at its end is overheard
    public Match find(String method, String path) {
        List<String> asked = segments(path);
        for (Path candidate : bySize.getOrDefault(asked.size(), List.of())) {
            Optional<Map<String, String>> variables = candidate.match(asked);
            if (variables.isPresent()) {
                return target(candidate, method)
                        .<Match>map(
                                t -> new Match.Found(candidate.template(), variables.get(), t.handler(), t.produces()))
                        .orElseGet(
                                () -> new Match.WrongMethod(candidate.targets().keySet()));
            }
        }
        return new Match.Unknown();
    }

    private static Optional<Target> target(Path path, String method) {
        return path.targets().entrySet().stream()
                .filter(e -> e.getKey().name().equals(method))
                .map(Map.Entry::getValue)
                .findFirst();
    }

    private static List<String> segments(String path) {
        List<String> found = new ArrayList<>();
        for (String segment : path.substring(1).split("/", -1)) {
            found.add(segment);
        }
        if (found.getLast().isEmpty()) {
            found.removeLast();
        }
        found.replaceAll(Router::decode);
        return found;
    }

    /// In a path a plus is a plus.
    private static String decode(String segment) {
        try {
            return URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return segment;
        }
    }

    public static final class Builder {

        private final Map<String, Path> paths = new TreeMap<>();

        public Builder get(String template, Handler handler) {
            return add(Method.GET, template, handler, Produces.JSON);
        }

        public Builder put(String template, Handler handler) {
            return add(Method.PUT, template, handler, Produces.JSON);
        }

        public Builder delete(String template, Handler handler) {
            return add(Method.DELETE, template, handler, Produces.JSON);
        }

        public Builder post(String template, Handler handler) {
            return add(Method.POST, template, handler, Produces.ANYTHING);
        }

        private Builder add(Method method, String template, Handler handler, Produces produces) {
            Path path = paths.computeIfAbsent(template, key -> new Path(key, segments(key), new TreeMap<>()));
            if (path.targets().put(method, new Target(handler, produces)) != null) {
                throw new IllegalArgumentException("two handlers for " + method + " " + template);
            }
            return this;
        }

        public Router build() {
            Map<Integer, List<Path>> bySize = new TreeMap<>();
            paths.values().stream()
                    .sorted(java.util.Comparator.comparing(Path::order).thenComparing(Path::template))
                    .forEach(path -> bySize.computeIfAbsent(path.segments().size(), size -> new ArrayList<>())
                            .add(path));
            return new Router(bySize);
        }
    }

    /// `PUT, DELETE, GET`
    static String allow(Set<Method> methods) {
        return String.join(
                ", ", EnumSet.copyOf(methods).stream().map(Enum::name).toList());
    }
}
