package io.higuma.dataplane.tproxy.verify;

/// One thing that was looked at.
///
/// @param name short, for programs
/// @param result what came of it
/// @param text a sentence for a person; what to do, if it failed
public record Check(String name, Result result, String text) {

    public enum Result {
        OK,
        FAILED,
        SKIPPED
    }

    static Check ok(String name, String text) {
        return new Check(name, Result.OK, text);
    }

    static Check failed(String name, String text) {
        return new Check(name, Result.FAILED, text);
    }

    static Check skipped(String name, String text) {
        return new Check(name, Result.SKIPPED, text);
    }
}
