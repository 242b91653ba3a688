package io.higuma.policy;

/// A configuration of which a more important one may override parts (contract 2.5: absent fields are
/// inherited).
public interface Mergeable<C> {

    /// This one, overridden by the other.
    C overriddenBy(C other);
}
