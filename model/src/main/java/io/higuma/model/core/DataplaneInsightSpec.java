package io.higuma.model.core;

import io.higuma.model.Spec;
import io.higuma.model.annotation.Doc;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What the control plane knows of a proxy from its streams (contract 1.5). Written by the control
/// plane only; it never influences any configuration.
@Doc("What the control plane knows of a proxy from its streams.")
public record DataplaneInsightSpec(
        @Doc("The streams of the proxy, oldest first.") List<Subscription> subscriptions,
        @Doc("The proxy's certificate.") Optional<Mtls> mTLS,

        @Doc("Why the proxy does not run what it should, in Envoy's words or the compiler's; absent if it does.")
        Optional<String> problem)
        implements Spec {

    public DataplaneInsightSpec {
        subscriptions = List.copyOf(subscriptions);
    }

    /// @param connectTime RFC 3339
    /// @param disconnectTime absent while the stream is open
    public record Subscription(
            String id,
            String controlPlaneInstanceId,
            Optional<String> connectTime,
            Optional<String> disconnectTime,
            Optional<StreamStatus> status,
            Optional<Version> version) {

        public boolean open() {
            return connectTime.isPresent() && disconnectTime.isEmpty();
        }
    }

    public record StreamStatus(
            Optional<String> lastUpdateTime, Counts total, Counts cds, Counts eds, Counts lds, Counts rds) {}

    public record Counts(long responsesSent, long responsesAcknowledged, long responsesRejected) {
        public static final Counts NONE = new Counts(0, 0, 0);

        public Counts plus(long sent, long acknowledged, long rejected) {
            return new Counts(responsesSent + sent, responsesAcknowledged + acknowledged, responsesRejected + rejected);
        }
    }

    public record Version(Optional<KumaDp> kumaDp, Optional<Envoy> envoy, Map<String, String> dependencies) {
        public Version {
            dependencies = Map.copyOf(dependencies);
        }
    }

    public record KumaDp(
            Optional<String> version,
            Optional<String> gitTag,
            Optional<String> gitCommit,
            Optional<String> buildDate,
            Optional<Boolean> kumaCpCompatible) {}

    public record Envoy(Optional<String> version, Optional<String> build, Optional<Boolean> kumaDpCompatible) {}

    /// @param issuedBackend KRI of the MeshIdentity
    /// @param supportedBackends KRIs of the MeshTrusts
    public record Mtls(
            Optional<String> certificateExpirationTime,
            Optional<String> lastCertificateRegeneration,
            int certificateRegenerations,
            Optional<String> issuedBackend,
            List<String> supportedBackends) {
        public Mtls {
            supportedBackends = List.copyOf(supportedBackends);
        }
    }

    /// Whether any stream is open.
    public boolean online() {
        return subscriptions.stream().anyMatch(Subscription::open);
    }
}
