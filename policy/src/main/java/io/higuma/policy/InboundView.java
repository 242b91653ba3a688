package io.higuma.policy;

import io.higuma.model.core.DataplaneSpec;

/// One thing a proxy serves.
///
/// @param address the address the listener binds
/// @param acceptance what the listener must accept for now, whatever the policies say
public record InboundView(DataplaneSpec.Inbound inbound, String address, Acceptance acceptance) {

    /// Name of its listener, of its route and of its cluster.
    public String listenerName() {
        return "self_inbound_dp_" + inbound.section();
    }

    /// How callers may connect while the mesh changes. The engine moves it, so that no request is lost: servers accept
    /// mutual TLS before clients begin it, and refuse plaintext only when every client has begun.
    public enum Acceptance {
        /// No identity: plaintext.
        PLAINTEXT,
        /// Plaintext and mutual TLS: clients are on their way from the one to the other.
        BOTH,
        /// What MeshTLS says, strict if nothing does.
        AS_POLICY
    }
}
