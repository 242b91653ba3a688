package io.higuma.model.core;

import io.higuma.model.Status;
import io.higuma.model.annotation.Doc;
import java.util.List;

/// What is wrong with a route although it is valid. A route that does what it says has no status.
///
/// | condition | status | reason | what it means |
/// |---|---|---|---|
/// | `ResolvedRefs` | `False` | `BackendNotFound` | a reference leads to no port of any service |
/// | `PartiallyInvalid` | `True` | `NoWeight` | all weights of a rule are 0 |
public record RouteStatus(@Doc("What was found.") List<Condition> conditions) implements Status {

    public RouteStatus {
        conditions = List.copyOf(conditions);
    }
}
