package io.higuma.xds;

/// What is to be done about one name.
enum Need {
    NOTHING,
    /// The client lacks the resource, or holds another version.
    SEND,
    /// The client named it and does not know yet that it does not exist.
    TELL_MISSING,
    /// The client holds what shall be no more.
    REMOVE
}
