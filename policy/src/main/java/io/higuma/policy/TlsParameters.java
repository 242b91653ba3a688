package io.higuma.policy;

import java.util.List;

/// Versions and ciphers of TLS.
///
/// @param ciphers in order of preference; empty for Envoy's own
public record TlsParameters(Version min, Version max, List<String> ciphers) {

    public static final TlsParameters DEFAULT = new TlsParameters(Version.AUTO, Version.AUTO, List.of());

    public TlsParameters {
        ciphers = List.copyOf(ciphers);
    }

    public enum Version {
        AUTO,
        TLS_1_0,
        TLS_1_1,
        TLS_1_2,
        TLS_1_3
    }
}
