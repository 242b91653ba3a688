package io.higuma.policy;

import io.higuma.model.target.ToTargetRef;

/// One item of the `to` list of a policy.
///
/// @param policy where it stands
public record ToItem<C>(Matched<?> policy, ToTargetRef target, C conf) {}
