package io.higuma.dataplane.envoy;

import java.util.Map;
import java.util.stream.Stream;

/// What Envoy's allocator, TCMalloc, needs of the environment.
///
/// It keeps free memory by processor, which is quicker than by thread, if it may register the thread's restartable
/// sequences (`rseq(2)`). There is one registration for a thread, and since 2.35 the C library takes it first; its
/// tunable `glibc.pthread.rseq` leaves it to the program (GNU C Library manual, "POSIX Thread Tunables" and
/// "Restartable Sequences"; TCMalloc's issue 144). A C library without that tunable ignores it.
///
/// What is kept is bounded, 1.5 MiB for each processor that Envoy runs on (`/memory/tcmalloc` of its admin).
public final class Allocator {

    private static final String TUNABLES = "GLIBC_TUNABLES";
    private static final String REGISTRATION = "glibc.pthread.rseq=";

    private Allocator() {}

    /// Other tunables stay, and so does this one if somebody decided it.
    ///
    /// @param inherited environment that Envoy is started from
    /// @return values to set, by name
    public static Map<String, String> variables(Map<String, String> inherited) {
        String tunables = inherited.getOrDefault(TUNABLES, "");
        if (Stream.of(tunables.split(":")).anyMatch(tunable -> tunable.startsWith(REGISTRATION))) {
            return Map.of();
        }
        return Map.of(TUNABLES, (tunables.isEmpty() ? "" : tunables + ":") + REGISTRATION + "0");
    }
}
