package io.higuma.model.core;

import io.higuma.model.Spec;
import io.higuma.model.annotation.Doc;
import java.util.Optional;

/// A zone: one place with a control plane of its own (contract 1.5).
@Doc("One place with a control plane of its own.")
public record ZoneSpec(
        @Doc("Whether the zone's services are offered to other zones; absent means yes.")
        Optional<Boolean> enabled) implements Spec {}
