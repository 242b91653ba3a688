package io.higuma.engine;

import io.higuma.model.ResourceKey;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One published state and how far it has come, in numbers. Who has not answered it is known by the proxies
/// themselves ([OpenWaves]), so an acknowledgement costs the same whoever else is concerned. Owner: the loop.
final class Wave {

    final long generation;
    final long revision;
    final Receipt.Written written;
    final Instant applied;

    /// Whether a receipt tells of it.
    private final boolean listed;

    /// Names of the proxies that saw a difference, in no order; null once they take too much room.
    ResourceKey @Nullable [] names;

    /// Whether it fell out of the history: nobody counts for it any more.
    boolean forgotten;

    /// Whose numbers a proxy that answers this one adds to: its own, or those of the wave whose promise it keeps.
    final Wave told;

    private int concerned;
    private int running;
    private int refused;
    private int held;
    private int away;
    private @Nullable Instant first;
    private @Nullable Instant last;

    /// @param revision the newest revision in the state
    /// @param names of the proxies that see a difference, in no order
    Wave(long generation, long revision, Receipt.Written written, ResourceKey[] names, Instant applied) {
        this(generation, revision, written, names, applied, true, null);
    }

    private Wave(
            long generation,
            long revision,
            Receipt.Written written,
            ResourceKey[] names,
            Instant applied,
            boolean listed,
            @Nullable Wave told) {
        this.generation = generation;
        this.revision = revision;
        this.written = written;
        this.names = names;
        this.applied = applied;
        this.listed = listed;
        this.told = told == null ? this : told;
    }

    /// A wave that no receipt tells of.
    static Wave unlisted(EngineState state, Instant now) {
        return unlisted(state, now, null);
    }

    private static Wave unlisted(EngineState state, Instant now, @Nullable Wave told) {
        return new Wave(
                state.generation(),
                state.snapshot().revision(),
                new Receipt.Written(List.of(), 0, now),
                new ResourceKey[0],
                now,
                false,
                told);
    }

    /// The state that brings what this one only promised to a proxy. How long that took is no sample of how fast
    /// configuration travels.
    Wave kept(EngineState state, Instant now) {
        return unlisted(state, now, this);
    }

    boolean isForgotten() {
        return told.forgotten;
    }

    /// Nobody waits for it any more, unless a receipt tells of it.
    void abandon() {
        forgotten |= !listed;
    }

    void concerns() {
        told.concerned++;
    }

    void ran(Instant now) {
        told.running++;
        told.first = told.first == null ? now : told.first;
        told.last = now;
    }

    /// @param by 1 or -1
    void refused(int by) {
        told.refused += by;
    }

    /// Nothing could be offered yet to a proxy.
    ///
    /// @param by 1 or -1
    void held(int by) {
        told.held += by;
    }

    /// The proxy is away; it gets the newest configuration when it comes back.
    void left() {
        told.concerned--;
        told.away++;
    }

    void cameBack() {
        told.away--;
        told.concerned++;
    }

    /// A proxy that was away is deleted.
    void lost() {
        told.away--;
    }

    /// Whether every concerned proxy that is connected has answered.
    boolean answered() {
        return concerned == running + refused;
    }

    /// Whether every concerned proxy that is connected runs it.
    boolean complete() {
        return concerned == running;
    }

    /// Whether nine of ten proxies have answered, or cannot yet.
    boolean reached() {
        return 10L * (concerned - running - refused - held) <= concerned;
    }

    Receipt.Counts counts() {
        return new Receipt.Counts(concerned, running, refused, away);
    }

    Receipt.Times times() {
        return new Receipt.Times(written.time(), applied, Optional.ofNullable(first), Optional.ofNullable(last));
    }

    /// The receipt of a wave of which only numbers are left.
    static Receipt summary(long revision, Receipt.Counts counts, Receipt.Times times) {
        return new Receipt(revision, counts, times, List.of(), false, List.of(), List.of());
    }
}
