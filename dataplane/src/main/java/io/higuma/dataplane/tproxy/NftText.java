package io.higuma.dataplane.tproxy;

import io.higuma.dataplane.tproxy.Rule.Action;
import io.higuma.dataplane.tproxy.Rule.Match;
import io.higuma.dataplane.tproxy.RuleSet.Chain;
import io.higuma.dataplane.tproxy.RuleSet.Entry;
import io.higuma.dataplane.tproxy.RuleSet.Table;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/// A rule set in the language of nft(8). One table of our own holds everything, for both versions of IP; one
/// transaction puts it in the place of the one before.
public final class NftText {

    static final String TABLE = "higuma";

    /// Families in which our table may be: both versions of IP in one, or IPv4 alone.
    static final List<String> FAMILIES = List.of("inet", "ip");

    /// Names of syslog's levels, as nft spells them.
    private static final List<String> LEVELS =
            List.of("emerg", "alert", "crit", "err", "warn", "notice", "info", "debug");

    private NftText() {}

    /// What removes everything of ours, whether it is there or not.
    public static String removal() {
        return FAMILIES.stream()
                .map(family -> "add table %1$s %2$s\ndelete table %1$s %2$s\n".formatted(family, TABLE))
                .collect(Collectors.joining());
    }

    /// What adds a mark to whatever is there of ours.
    static String mark(ChainName mark) {
        return "add table inet %1$s\nadd chain inet %1$s %2$s\n".formatted(TABLE, mark.nft());
    }

    /// What puts the rule set in place, instead of whatever of ours is there.
    public static String of(RuleSet rules) {
        StringBuilder text = new StringBuilder(removal());
        text.append("table ")
                .append(rules.families().contains(Family.V6) ? "inet" : "ip")
                .append(' ')
                .append(TABLE)
                .append(" {\n");
        for (Chain chain : rules.chains()) {
            text.append("\tchain ").append(chain.name().nft()).append(" {\n");
            List<String> lines = new ArrayList<>();
            chain.rules().forEach(rule -> lines.addAll(lines(rule)));
            lines.stream()
                    .distinct()
                    .forEach(line -> text.append("\t\t").append(line).append('\n'));
            text.append("\t}\n");
        }
        bases(rules).forEach((head, lines) -> {
            text.append("\tchain ").append(head).append('\n');
            lines.forEach(line -> text.append("\t\t").append(line).append('\n'));
            text.append("\t}\n");
        });
        return text.append("}\n").toString();
    }

    /// The chains that packets enter by, each with its rules.
    private static Map<String, List<String>> bases(RuleSet rules) {
        Map<String, List<String>> bases = new LinkedHashMap<>();
        for (Entry entry : rules.entries()) {
            bases.computeIfAbsent(head(entry), fresh -> new ArrayList<>()).addAll(lines(entry.rule()));
        }
        return bases;
    }

    /// Address translation happens once per connection, by whoever comes first. Others do it at `dstnat` (-100): ours
    /// comes after them, so that a published port of a container stays what it is, or before them.
    private static String head(Entry entry) {
        String hook = entry.hook().name().toLowerCase(Locale.ROOT);
        String name = entry.table().name().toLowerCase(Locale.ROOT) + "_" + hook + (entry.first() ? "_first" : "_last");
        String type = entry.table() == Table.NAT ? "nat" : "filter";
        int priority = switch (entry.table()) {
            case RAW -> -300;
            case MANGLE -> -150;
            case NAT -> entry.first() ? -105 : -95;
        };
        return "%s {\n\t\ttype %s hook %s priority %d; policy accept;".formatted(name, type, hook, priority);
    }

    private static List<String> lines(Rule rule) {
        List<String> heads = List.of("");
        for (Match match : rule.matches()) {
            List<String> more = words(match);
            heads = heads.stream()
                    .flatMap(head -> more.stream().map(word -> head + word + " "))
                    .toList();
        }
        String comment = rule.comment().isEmpty() ? "" : " comment \"" + rule.comment() + "\"";
        return heads.stream().map(head -> head + words(rule.action()) + comment).toList();
    }

    /// Alternatives, any of which is enough.
    private static List<String> words(Match match) {
        return switch (match) {
            case Match.Proto proto -> List.of("meta l4proto " + lower(proto.transport()));
            case Match.Device device ->
                List.of((device.leaving() ? "oifname" : "iifname") + " \""
                        + device.name().replace('+', '*') + "\"");
            case Match.Source source -> List.of(address(source.addresses(), "saddr", false));
            case Match.Destination to -> List.of(address(to.addresses(), "daddr", to.outside()));
            case Match.ForThisHost here -> List.of("fib daddr type local");
            case Match.ToPorts to -> List.of(lower(to.transport()) + " dport " + set(to.ports()));
            case Match.FromPort from -> List.of(lower(from.transport()) + " sport " + from.port());
            case Match.Owner owner ->
                List.of("meta skuid " + (owner.others() ? "!= " : "")
                        + owner.users().text("-"));
            case Match.AsksFor asks ->
                asks.zone() == 0 ? Question.nftMatches(asks.domain()) : List.of("ct zone " + asks.zone());
            case Match.Invalid invalid -> List.of("ct state invalid");
        };
    }

    private static String address(Cidr addresses, String field, boolean not) {
        return addresses.family().keyword() + " " + field + " " + (not ? "!= " : "") + addresses.text();
    }

    private static String set(List<Range> ports) {
        return ports.size() == 1
                ? ports.getFirst().text("-")
                : ports.stream().map(range -> range.text("-")).collect(Collectors.joining(", ", "{ ", " }"));
    }

    private static String words(Action action) {
        return switch (action) {
            case Action.Return back -> "return";
            case Action.Jump jump -> "jump " + jump.chain().nft();
            case Action.Redirect redirect -> "redirect to :" + redirect.port();
            case Action.Zone zone -> "ct zone set " + zone.number() + " return";
            case Action.Drop drop -> "drop";
            case Action.Log log -> "log prefix \"" + log.prefix() + "\" level " + LEVELS.get(log.level());
        };
    }

    private static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
