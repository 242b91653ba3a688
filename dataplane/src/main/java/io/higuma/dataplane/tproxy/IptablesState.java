package io.higuma.dataplane.tproxy;

import io.higuma.dataplane.tproxy.RuleSet.Table;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// What iptables-save(8) says is there, divided into ours and others'.
///
/// @param tables those that there are
/// @param text all of it
record IptablesState(Map<Table, Content> tables, String text) {

    private static final Pattern TO_OURS = Pattern.compile("-A [A-Z]+ .*-j " + ChainName.PREFIX + "[A-Z_]+");

    IptablesState {
        tables = Collections.unmodifiableMap(new EnumMap<>(tables));
    }

    /// One table.
    ///
    /// @param entries rules that lead to ours, as they were added
    /// @param chains of ours
    /// @param others lines of everything else: rules, chains, policies that are not the usual
    record Content(List<String> entries, List<String> chains, List<String> others) {

        boolean holdsOurs() {
            return !entries.isEmpty() || !chains.isEmpty();
        }

        /// Lines that take ours away.
        List<String> removal() {
            return removal(chains);
        }

        /// Lines that take ours away but marks.
        List<String> removalButMarks() {
            return removal(
                    chains.stream().filter(chain -> !ChainName.isMark(chain)).toList());
        }

        private List<String> removal(List<String> going) {
            List<String> lines = new ArrayList<>();
            entries.forEach(entry -> lines.add(entry.replaceFirst("^-A", "-D")));
            going.forEach(chain -> lines.add("-F " + chain));
            going.forEach(chain -> lines.add("-X " + chain));
            return lines;
        }
    }

    static IptablesState of(String saved) {
        Map<Table, Content> tables = new EnumMap<>(Table.class);
        List<String> lines = new ArrayList<>();
        Optional<Table> table = Optional.empty();
        for (String line : saved.lines().toList()) {
            if (line.startsWith("*")) {
                table = table(line.substring(1));
                lines.clear();
            } else if (line.equals("COMMIT") && table.isPresent()) {
                tables.put(table.get(), content(lines));
            } else {
                lines.add(line);
            }
        }
        return new IptablesState(tables, saved);
    }

    private static Optional<Table> table(String name) {
        return switch (name) {
            case "raw" -> Optional.of(Table.RAW);
            case "mangle" -> Optional.of(Table.MANGLE);
            case "nat" -> Optional.of(Table.NAT);
            default -> Optional.empty();
        };
    }

    private static Content content(List<String> lines) {
        List<String> entries = new ArrayList<>();
        List<String> chains = new ArrayList<>();
        List<String> others = new ArrayList<>();
        for (String line : lines) {
            if (line.startsWith(":" + ChainName.PREFIX)) {
                chains.add(line.substring(1, line.indexOf(' ')));
            } else if (TO_OURS.matcher(line).matches()) {
                entries.add(line);
            } else if (!line.startsWith("-A " + ChainName.PREFIX)
                    && !line.startsWith("#")
                    && !line.contains(" ACCEPT [")) {
                others.add(line);
            }
        }
        return new Content(entries, chains, others);
    }

    boolean exists(Table table) {
        return tables.containsKey(table);
    }

    Content content(Table table) {
        return tables.getOrDefault(table, new Content(List.of(), List.of(), List.of()));
    }

    boolean holds(Table table, ChainName mark) {
        return content(table).chains().contains(mark.iptables());
    }

    /// Whether anyone else has a rule in the chain, or a policy for it.
    boolean othersUse(Table table, RuleSet.Hook chain) {
        return content(table).others().stream()
                .anyMatch(line -> line.startsWith("-A " + chain + " ") || line.startsWith(":" + chain + " "));
    }

    boolean holdsOurs() {
        return tables.values().stream().anyMatch(Content::holdsOurs);
    }

    /// Whether rules are there that anyone made.
    boolean holdsRules() {
        return text.lines().anyMatch(line -> line.startsWith("-A "));
    }

    static String name(Table table) {
        return table.name().toLowerCase(Locale.ROOT);
    }
}
