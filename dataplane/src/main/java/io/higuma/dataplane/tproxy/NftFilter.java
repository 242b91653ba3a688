package io.higuma.dataplane.tproxy;

import io.higuma.dataplane.StopException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// nftables: a table of our own, replaced in one transaction. Whatever else is in the packet filter is not touched,
/// and a process that dies leaves the rules from before or the new ones, never some.
final class NftFilter implements PacketFilter {

    private final Tools tools;
    private final Path nft;

    private NftFilter(Tools tools, Path nft) {
        this.tools = tools;
        this.nft = nft;
    }

    /// Empty if there is no nft(8) here.
    static Optional<NftFilter> find(Tools tools) {
        return tools.find("nft").map(path -> new NftFilter(tools, path));
    }

    @Override
    public String name() {
        return "nftables";
    }

    @Override
    public boolean holdsOurs() {
        return NftText.FAMILIES.stream().anyMatch(family -> !listing(family).isEmpty());
    }

    @Override
    public boolean holds(ChainName mark) {
        return NftText.FAMILIES.stream().anyMatch(family -> listing(family).contains("chain " + mark.nft() + " {"));
    }

    /// Empty if there is no such table.
    private String listing(String family) {
        Tools.Outcome outcome = tools.run(List.of(nft.toString(), "list", "table", family, NftText.TABLE), "");
        return outcome.done() ? outcome.out() : "";
    }

    @Override
    public void install(RuleSet rules) {
        transact(NftText.of(rules));
    }

    @Override
    public void remove() {
        if (holdsOurs()) {
            transact(NftText.removal());
        }
    }

    @Override
    public void mark(ChainName mark) {
        transact(NftText.mark(mark));
    }

    /// The one mark of a table of our own is that of the address.
    @Override
    public void removeAllButMarks() {
        boolean marked = holds(ChainName.MADE_ADDRESS);
        transact(NftText.removal() + (marked ? NftText.mark(ChainName.MADE_ADDRESS) : ""));
    }

    @Override
    public Tools.Outcome check(RuleSet rules) {
        return tools.run(List.of(nft.toString(), "--check", "--file", "-"), NftText.of(rules));
    }

    @Override
    public String text(RuleSet rules) {
        return NftText.of(rules);
    }

    private void transact(String text) {
        Tools.Outcome outcome = tools.run(List.of(nft.toString(), "--file", "-"), text);
        if (!outcome.done()) {
            throw new StopException(StopException.ENVIRONMENT, "nft refuses the rules: " + outcome.words());
        }
    }
}
