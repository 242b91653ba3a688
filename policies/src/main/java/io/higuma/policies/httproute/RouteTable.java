package io.higuma.policies.httproute;

import io.higuma.policies.httproute.MeshHttpRouteSpec.Conf;
import io.higuma.policies.httproute.MeshHttpRouteSpec.Match;
import io.higuma.policies.httproute.MeshHttpRouteSpec.PathMatch;
import io.higuma.policies.httproute.MeshHttpRouteSpec.PathType;
import io.higuma.policies.httproute.MeshHttpRouteSpec.Rule;
import io.higuma.policy.Source;
import io.higuma.policy.ToItem;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The rules for one destination: those with equal matches are merged, and every match is tried
/// in the order of the Gateway API (contract 2.5). Two matches of one rank are tried in the
/// order of importance of their policies.
final class RouteTable {

    /// One match of a rule.
    ///
    /// @param name identifier of the policy that said most, with its rule as the section
    /// @param origins identifiers of the policies behind it, the winner last
    record Entry(String name, Match match, Conf conf, List<String> origins) {}

    /// Rules of equal matches.
    ///
    /// @param name identifier of the policy that said most, with its rule as the section
    /// @param source where that stands
    /// @param origins identifiers of the policies behind it, the winner last
    record Merged(List<Match> matches, String name, Source source, Conf conf, List<String> origins) {}

    private final Map<List<Match>, Merged> merged = new LinkedHashMap<>();

    /// Adds the rules of one item; a later item is more important.
    void add(ToItem<List<Rule>> item) {
        String origin = item.policy().origin();
        List<Rule> rules = item.conf();
        Map<List<Match>, Merged> first = new LinkedHashMap<>();
        for (int i = 0; i < rules.size(); i++) {
            Rule rule = rules.get(i);
            Merged old = first.containsKey(rule.matches()) ? first.get(rule.matches()) : merged.get(rule.matches());
            List<String> origins = new ArrayList<>(old == null ? List.of() : old.origins());
            origins.remove(origin);
            origins.add(origin);
            first.put(
                    rule.matches(),
                    new Merged(
                            rule.matches(),
                            name(item, i),
                            item,
                            old == null ? rule.conf() : old.conf().overriddenBy(rule.conf()),
                            List.copyOf(origins)));
        }
        merged.forEach(first::putIfAbsent);
        merged.clear();
        merged.putAll(first);
    }

    private static String name(ToItem<List<Rule>> item, int rule) {
        return io.higuma.model.Kri.of(item.policy().policy())
                .withSection("rule_" + rule)
                .toString();
    }

    /// The rules, those of the most important policy first.
    List<Merged> merged() {
        return List.copyOf(merged.values());
    }

    List<Entry> rules() {
        List<Entry> entries = new ArrayList<>();
        merged.forEach((matches, rule) ->
                matches.forEach(match -> entries.add(new Entry(rule.name(), match, rule.conf(), rule.origins()))));
        entries.sort(Comparator.comparing(Entry::match, precedence()));
        return entries;
    }

    /// Exact path, longer prefix, shorter prefix, longer expression, any path; then a method, more
    /// headers, more parameters. No path and the prefix `/` say the same; they come after
    /// expressions, which could otherwise never match beside them.
    private static Comparator<Match> precedence() {
        return Comparator.<Match>comparingInt(match -> match.path()
                        .filter(path -> !isEverything(path))
                        .map(PathMatch::type)
                        .map(PathType::ordinal)
                        .orElse(PathType.values().length))
                .thenComparingInt(match -> -match.path()
                        .filter(path -> !isEverything(path))
                        .map(path -> path.value().length())
                        .orElse(0))
                .thenComparing(match -> match.method().isEmpty())
                .thenComparingInt(match -> -match.headers().size())
                .thenComparingInt(match -> -match.queryParams().size());
    }

    private static boolean isEverything(PathMatch path) {
        return path.type() == PathType.PREFIX && path.value().equals("/");
    }
}
