package io.higuma.store;

/// What a writer believes to be stored; where it is wrong the commit is refused with [ConflictException].
public sealed interface Expectation {

    Expectation ANYTHING = new Anything();
    Expectation ABSENT = new Absent();

    /// The last writer wins.
    record Anything() implements Expectation {}

    /// There must be none: a first write.
    record Absent() implements Expectation {}

    /// The stored version must be this one.
    record At(long revision) implements Expectation {}
}
