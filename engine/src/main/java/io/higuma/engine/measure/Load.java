package io.higuma.engine.measure;

/// How busy the engine is at one moment, and how far its proxies are.
///
/// @param streams connected proxies
/// @param queued events that wait for the loop
/// @param waiting proxies whose work waits for a compile thread
/// @param sharing what is held and how often
/// @param lag how far proxies are behind
/// @param work what was done since the start
public record Load(int streams, int queued, int waiting, Sharing sharing, Lag lag, Work work) {

    /// @param distinct resources that are encoded and held
    /// @param held resources that streams hold, each counted once per stream
    public record Sharing(long distinct, long held) {

        /// Streams per distinct resource; 0 if none is held.
        public double ratio() {
            return distinct == 0 ? 0 : (double) held / distinct;
        }
    }

    /// Revisions between the newest one and the newest one that a proxy runs of those that concern it: 0 for one that
    /// runs everything.
    ///
    /// @param behind proxies that are not at 0
    public record Lag(long median, long p99, long max, int behind) {}

    /// @param revision the newest one the engine has taken
    /// @param compilations plans computed
    /// @param faults bugs met
    public record Work(long revision, long compilations, long faults) {}
}
