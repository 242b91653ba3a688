package io.higuma.model;

import java.util.Optional;

/// Server names that say which service a mutual TLS connection is for (`reference/dataplane.md` 4.4).
public final class Sni {

    private static final int LIMIT = 253;

    private Sni() {}

    /// `sni.<short>.<mesh>[.<zone>[.<namespace>]].<name>.<section>`; empty if that is longer than a server name may be.
    public static Optional<String> of(Kri service) {
        StringBuilder text = new StringBuilder("sni.")
                .append(service.shortName())
                .append('.')
                .append(service.mesh());
        if (!service.zone().isEmpty()) {
            text.append('.').append(service.zone());
        }
        if (!service.namespace().isEmpty()) {
            text.append('.').append(service.namespace());
        }
        text.append('.').append(service.name()).append('.').append(service.section());
        return text.length() > LIMIT ? Optional.empty() : Optional.of(text.toString());
    }
}
