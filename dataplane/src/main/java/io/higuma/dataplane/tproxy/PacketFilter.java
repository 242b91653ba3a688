package io.higuma.dataplane.tproxy;

/// One way to tell the kernel's packet filter our rules.
interface PacketFilter {

    /// As `--backend` and messages call it.
    String name();

    /// Whether rules of ours are there.
    boolean holdsOurs();

    /// Whether this mark is among our rules.
    boolean holds(ChainName mark);

    /// Puts the rules in the place of what is there of ours. All or nothing in each transaction.
    ///
    /// @throws io.higuma.dataplane.StopException with the tool's words; what was there before is there still
    void install(RuleSet rules);

    /// Adds a mark to what is there of ours, if anything is. Nothing is captured by that.
    void mark(ChainName mark);

    /// Takes away everything that is ours. Nothing is there: nothing happens.
    void remove();

    /// Takes away everything that is ours but marks.
    void removeAllButMarks();

    /// Whether the kernel would take a rule set; changes nothing.
    Tools.Outcome check(RuleSet rules);

    /// The text that would be put in place, for a person to read.
    String text(RuleSet rules);
}
