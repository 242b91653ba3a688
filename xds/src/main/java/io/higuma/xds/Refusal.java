package io.higuma.xds;

/// Why a stream is ended by us.
///
/// @param message a sentence that the proxy's log will show
public record Refusal(Code code, String message) {

    /// The gRPC status codes we end streams with.
    public enum Code {
        UNAUTHENTICATED,
        PERMISSION_DENIED,
        NOT_FOUND,
        INVALID_ARGUMENT,
        /// A newer stream of the same proxy took over.
        ABORTED,
        RESOURCE_EXHAUSTED,
        UNAVAILABLE,
        INTERNAL
    }
}
