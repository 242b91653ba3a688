package io.higuma.engine.measure;

import java.util.Locale;

/// Why a response left for a proxy.
public enum PushReason {
    /// The first configuration of a stream.
    CONNECT,
    /// What the proxy is or what policies want of it changed: its plan was computed anew.
    PLAN,
    /// Endpoints, certificates or trust changed; the plan stayed.
    DELIVERY;

    /// As metrics write it.
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
