package io.higuma.engine;

import java.time.Duration;

/// How the engine runs.
///
/// @param zone name of this control plane's zone
/// @param instance name of this control plane's process, for insights
/// @param global whether this control plane stands above zones
/// @param dataplaneTokens whether a proxy must present a token (`dpServer.authn.dpProxy.type` is not `none`)
/// @param ipam where virtual addresses are taken from
/// @param workers threads that compile; the number of cores is a good one
public record EngineSettings(
        String zone, String instance, boolean global, boolean dataplaneTokens, int workers, Ipam ipam, Timing timing) {

    /// The default ranges of virtual addresses.
    public EngineSettings(
            String zone, String instance, boolean global, boolean dataplaneTokens, int workers, Timing timing) {
        this(zone, instance, global, dataplaneTokens, workers, Ipam.DEFAULT, timing);
    }

    /// @param patience how long a stream waits for its Dataplane or mesh to be created
    /// @param endpointGrace how long an endpoint stays announced after its stream broke
    /// @param deregistration how long after that the Dataplane is removed, if its stream had registered it
    /// @param restartGrace how long after a start an endpoint stays announced whose stream did not come back
    /// @param insightFlush how often what proxies reported is written down
    /// @param serviceGrace how long a generated service outlives its last dataplane
    public record Timing(
            Duration patience,
            Duration endpointGrace,
            Duration deregistration,
            Duration restartGrace,
            Duration insightFlush,
            Duration serviceGrace) {

        public static final Timing DEFAULT = new Timing(
                Duration.ofSeconds(10),
                Duration.ofMillis(300),
                Duration.ofSeconds(10),
                Duration.ofSeconds(30),
                Duration.ofSeconds(10),
                Duration.ofHours(1));
    }

    /// One standalone zone called `default`, tokens needed, as many workers as cores.
    public static EngineSettings standalone(String instance) {
        return new EngineSettings(
                "default",
                instance,
                false,
                true,
                Runtime.getRuntime().availableProcessors(),
                Ipam.DEFAULT,
                Timing.DEFAULT);
    }
}
