package io.higuma.policy;

import io.higuma.model.target.ToTargetRef;

/// One item of the `to` list of a policy.
///
/// @param policy where it stands
/// @param index its place in the list
public record ToItem<C>(Matched<?> policy, int index, ToTargetRef target, C conf) implements Source {}
