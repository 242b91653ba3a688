package io.higuma.model.core;

import io.higuma.model.annotation.Range;
import io.higuma.model.annotation.Required;

/// One finding about a resource, in the form Kubernetes uses (contract 1.4).
///
/// @param status `True`, `False` or `Unknown`
public record Condition(
        @Required @Range(max = 316) String type,
        @Required String status,
        @Required @Range(min = 1, max = 1024) String reason,
        @Required @Range(max = 32768) String message) {}
