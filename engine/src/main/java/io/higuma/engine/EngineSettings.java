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
/// @param duties what this control plane does of its own accord
public record EngineSettings(
        String zone,
        String instance,
        boolean global,
        boolean dataplaneTokens,
        int workers,
        Ipam ipam,
        Timing timing,
        Duties duties) {

    /// All duties.
    public EngineSettings(
            String zone,
            String instance,
            boolean global,
            boolean dataplaneTokens,
            int workers,
            Ipam ipam,
            Timing timing) {
        this(zone, instance, global, dataplaneTokens, workers, ipam, timing, Duties.ALL);
    }

    /// What somebody else may do instead. What is switched off stays as it is in the store.
    ///
    /// @param services make MeshServices of workload labels, and remove them
    /// @param workloads make Workloads of workload labels, and remove them
    /// @param addresses allot virtual addresses
    /// @param names make host names
    /// @param serviceStatus find out identities, TLS and counts of MeshServices
    /// @param groupStatus find out of what services of several zones are made, for their status
    public record Duties(
            boolean services,
            boolean workloads,
            boolean addresses,
            boolean names,
            boolean serviceStatus,
            boolean groupStatus) {

        public static final Duties ALL = new Duties(true, true, true, true, true, true);
    }

    /// The default ranges of virtual addresses.
    public EngineSettings(
            String zone, String instance, boolean global, boolean dataplaneTokens, int workers, Timing timing) {
        this(zone, instance, global, dataplaneTokens, workers, Ipam.DEFAULT, timing);
    }

    /// @param patience how long a stream waits for its Dataplane or mesh to be created, and a proxy for its certificate
    ///     before that is reported
    /// @param endpointGrace how long an endpoint stays announced after its stream broke
    /// @param deregistration how long after that the Dataplane is removed, if its stream had registered it
    /// @param restartGrace how long after a start an endpoint stays announced whose stream did not come back
    /// @param insightFlush how often what proxies reported is written down
    /// @param serviceGrace how long a generated service outlives its last dataplane
    /// @param addressGrace how long address and names of a service that is gone are given to nobody else
    public record Timing(
            Duration patience,
            Duration endpointGrace,
            Duration deregistration,
            Duration restartGrace,
            Duration insightFlush,
            Duration serviceGrace,
            Duration addressGrace) {

        public static final Timing DEFAULT = new Timing(
                Duration.ofSeconds(10),
                Duration.ofMillis(300),
                Duration.ofSeconds(10),
                Duration.ofSeconds(30),
                Duration.ofSeconds(10),
                Duration.ofHours(1),
                Duration.ofHours(1));

        /// Others for services that are gone.
        public Timing withGraces(Duration service, Duration address) {
            return new Timing(patience, endpointGrace, deregistration, restartGrace, insightFlush, service, address);
        }
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
