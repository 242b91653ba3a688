package io.higuma.dataplane.tproxy;

import io.higuma.dataplane.StopException;
import io.higuma.dataplane.tproxy.RuleSet.Hook;
import io.higuma.dataplane.tproxy.RuleSet.Table;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// iptables, either of its two makes. The kernel takes one table of one version of IP in one transaction, so the
/// order matters: tables that only prepare come first, the one that redirects last.
final class IptablesFilter implements PacketFilter {

    /// The two makes of iptables: over nftables, and the old one.
    enum Make {
        NFT("nf_tables"),
        LEGACY("legacy");

        private final String word;

        Make(String word) {
            this.word = word;
        }

        String suffix() {
            return this == NFT ? "-nft" : "-legacy";
        }
    }

    private static final Map<Hook, ChainName> MADE =
            new TreeMap<>(Map.of(Hook.OUTPUT, ChainName.MADE_OUTPUT, Hook.PREROUTING, ChainName.MADE_PREROUTING));

    /// What either make says when it only tries rules that the kernel has no module for. It ends well then, and fails
    /// when the rules are put in place.
    private static final String MISSING = "missing kernel module";

    private final Tools tools;
    private final Make make;
    private final ToolOptions options;

    private IptablesFilter(Tools tools, Make make, ToolOptions options) {
        this.tools = tools;
        this.make = make;
        this.options = options;
    }

    /// Empty if this make is not here.
    static Optional<IptablesFilter> find(Tools tools, Make make, ToolOptions options) {
        IptablesFilter filter = new IptablesFilter(tools, make, options);
        return filter.executable(Family.V4, "-restore").isPresent()
                        && filter.executable(Family.V4, "-save").isPresent()
                ? Optional.of(filter)
                : Optional.empty();
    }

    @Override
    public String name() {
        return "iptables" + make.suffix();
    }

    Make make() {
        return make;
    }

    /// `iptables-nft-restore`, or a plain `iptables-restore` that says it is of this make.
    private Optional<Path> executable(Family family, String ending) {
        String base = family == Family.V4 ? "iptables" : "ip6tables";
        boolean named = tools.named().containsKey(base + ending);
        Optional<Path> own = named ? Optional.empty() : tools.find(base + make.suffix() + ending);
        return own.isPresent() ? own : tools.find(base + ending).filter(this::isOfThisMake);
    }

    private boolean isOfThisMake(Path tool) {
        Tools.Outcome version = tools.run(List.of(tool.toString(), "--version"), "");
        // Before 1.8 there was one make and no word for it.
        return make == Make.LEGACY
                ? !version.out().contains(Make.NFT.word)
                : version.out().contains(make.word);
    }

    IptablesState state(Family family) {
        Optional<Path> save = executable(family, "-save");
        if (save.isEmpty()) {
            return IptablesState.of("");
        }
        Tools.Outcome outcome = tools.run(List.of(save.get().toString()), "");
        if (!outcome.done()) {
            throw new StopException(
                    StopException.ENVIRONMENT, save.get() + " cannot tell the rules: " + outcome.words());
        }
        return IptablesState.of(outcome.out());
    }

    @Override
    public boolean holdsOurs() {
        return List.of(Family.values()).stream()
                .anyMatch(family -> state(family).holdsOurs());
    }

    @Override
    public boolean holds(ChainName mark) {
        return List.of(Family.values()).stream()
                .anyMatch(family -> List.of(Table.values()).stream()
                        .anyMatch(table -> state(family).holds(table, mark)));
    }

    /// One transaction.
    ///
    /// @param flush whether what is not in the text goes away
    private record Step(Family family, String text, boolean flush) {}

    @Override
    public void install(RuleSet rules) {
        List<Step> steps = steps(rules);
        for (Step step : steps) {
            Tools.Outcome outcome = restore(step, true);
            if (!outcome.done()) {
                throw refused(step, outcome);
            }
        }
        boolean update = holdsOurs();
        for (Step step : steps) {
            Tools.Outcome outcome = restore(step, false);
            if (!outcome.done()) {
                if (!update) {
                    remove();
                }
                throw refused(step, outcome);
            }
        }
    }

    private List<Step> steps(RuleSet rules) {
        List<Step> steps = new ArrayList<>();
        for (Family family : List.of(Family.V6, Family.V4)) {
            IptablesState state = state(family);
            for (Table table : Table.values()) {
                List<String> before = state.content(table).removal();
                if (rules.families().contains(family) && IptablesText.uses(rules, table)) {
                    RuleSet marked = make == Make.NFT ? marked(rules, family, table, state) : rules;
                    steps.add(new Step(family, IptablesText.of(marked, family, table, before), false));
                } else if (!before.isEmpty()) {
                    steps.add(removal(family, table, state));
                }
            }
        }
        return steps;
    }

    /// With marks for what was not there before us. iptables shows a base chain whether it is there or not, so nft is
    /// asked; without nft nobody sees the difference.
    private RuleSet marked(RuleSet rules, Family family, Table table, IptablesState state) {
        RuleSet marked = rules;
        if (!state.exists(table) || state.holds(table, ChainName.MADE_TABLE)) {
            marked = marked.with(table, ChainName.MADE_TABLE);
        }
        Optional<Path> nft = tools.find("nft");
        for (Map.Entry<Hook, ChainName> mark : MADE.entrySet()) {
            boolean absent = nft.isPresent()
                    && !tools.run(
                                    List.of(
                                            nft.get().toString(),
                                            "list",
                                            "chain",
                                            family.keyword(),
                                            IptablesState.name(table),
                                            mark.getKey().name()),
                                    "")
                            .done();
            if (absent || state.holds(table, mark.getValue())) {
                marked = marked.with(table, mark.getValue());
            }
        }
        return marked;
    }

    /// Base chains that were not there before us and that are empty again. A tool that is too old to remove one leaves
    /// it, which is as good as its not being there.
    private void removeBases(Family family, Table table, IptablesState before) {
        for (Map.Entry<Hook, ChainName> mark : MADE.entrySet()) {
            if (before.holds(table, mark.getValue()) && !before.othersUse(table, mark.getKey())) {
                String text = "*" + IptablesState.name(table) + "\n-X " + mark.getKey() + "\nCOMMIT\n";
                restore(new Step(family, text, false), false, 0);
            }
        }
    }

    /// In the table of one version of IP, which is enough to be found.
    @Override
    public void mark(ChainName mark) {
        IptablesState state = state(Family.V4);
        RuleSet only = new RuleSet(Set.of(Family.V4), List.of(), List.of()).with(Table.NAT, mark);
        RuleSet marked = make == Make.NFT ? marked(only, Family.V4, Table.NAT, state) : only;
        Step step = new Step(Family.V4, IptablesText.of(marked, Family.V4, Table.NAT, List.of()), false);
        Tools.Outcome outcome = restore(step, false);
        if (!outcome.done()) {
            throw refused(step, outcome);
        }
    }

    /// Of the tables that redirect; the others have no mark that is needed alone.
    @Override
    public void removeAllButMarks() {
        for (Family family : Family.values()) {
            List<String> lines = state(family).content(Table.NAT).removalButMarks();
            if (!lines.isEmpty()) {
                String text = "*nat\n" + String.join("\n", lines) + "\nCOMMIT\n";
                Step step = new Step(family, text, false);
                Tools.Outcome outcome = restore(step, false);
                if (!outcome.done()) {
                    throw refused(step, outcome);
                }
            }
        }
    }

    /// In the opposite order: what redirects goes first.
    @Override
    public void remove() {
        for (Family family : Family.values()) {
            IptablesState state = state(family);
            for (Table table : List.of(Table.NAT, Table.MANGLE, Table.RAW)) {
                if (state.content(table).holdsOurs()) {
                    Step step = removal(family, table, state);
                    Tools.Outcome outcome = restore(step, false);
                    if (!outcome.done()) {
                        throw refused(step, outcome);
                    }
                    if (!step.flush()) {
                        removeBases(family, table, state);
                    }
                }
            }
        }
    }

    /// A table that was not there before us, and that nobody else has put anything in, goes away as a whole.
    private Step removal(Family family, Table table, IptablesState state) {
        boolean whole = make == Make.NFT
                && state.holds(table, ChainName.MADE_TABLE)
                && state.content(table).others().isEmpty();
        List<String> lines = new ArrayList<>();
        lines.add("*" + IptablesState.name(table));
        lines.addAll(whole ? List.of() : state.content(table).removal());
        lines.add("COMMIT");
        return new Step(family, String.join("\n", lines) + "\n", whole);
    }

    @Override
    public Tools.Outcome check(RuleSet rules) {
        for (Step step : steps(rules)) {
            Tools.Outcome outcome = restore(step, true);
            if (!outcome.done()) {
                return outcome;
            }
        }
        return new Tools.Outcome(0, "", "");
    }

    @Override
    public String text(RuleSet rules) {
        StringBuilder text = new StringBuilder();
        for (Family family : Family.values()) {
            if (rules.families().contains(family)) {
                text.append(family == Family.V4 ? "### IPv4 ###\n" : "### IPv6 ###\n");
                for (Table table : Table.values()) {
                    if (IptablesText.uses(rules, table)) {
                        text.append(IptablesText.of(rules, family, table, List.of()));
                    }
                }
            }
        }
        return text.toString();
    }

    private Tools.Outcome restore(Step step, boolean test) {
        return restore(step, test, test ? 0 : options.retries());
    }

    private Tools.Outcome restore(Step step, boolean test, int retries) {
        Path restore = executable(step.family(), "-restore")
                .orElseThrow(() -> new StopException(
                        StopException.ENVIRONMENT,
                        "there is no " + (step.family() == Family.V4 ? "iptables" : "ip6tables")
                                + "-restore here: install iptables, or capture IPv4 alone with --ip-family-mode ipv4"));
        List<String> command = new ArrayList<>(List.of(restore.toString()));
        if (!step.flush()) {
            command.add("--noflush");
        }
        if (test) {
            command.add("--test");
        }
        if (make == Make.LEGACY) {
            command.add("--wait=" + options.waitSeconds());
        }
        Tools.Outcome outcome = tools.run(command, step.text());
        for (int i = 0; i < retries && !outcome.done(); i++) {
            options.pause();
            outcome = tools.run(command, step.text());
        }
        return test && outcome.err().contains(MISSING) ? new Tools.Outcome(1, outcome.out(), outcome.err()) : outcome;
    }

    private StopException refused(Step step, Tools.Outcome outcome) {
        return new StopException(
                StopException.ENVIRONMENT,
                name() + " refuses the rules for " + (step.family() == Family.V4 ? "IPv4" : "IPv6") + ": "
                        + outcome.words());
    }
}
