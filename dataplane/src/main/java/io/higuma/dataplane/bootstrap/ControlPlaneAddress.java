package io.higuma.dataplane.bootstrap;

import io.higuma.dataplane.StopException;
import java.net.URI;
import java.util.Optional;

/// The dataplane server of a control plane and how it is verified.
///
/// @param uri `https://host:port`
/// @param caCertificate PEM; empty: the system's trust store
/// @param skipVerify trust anything
public record ControlPlaneAddress(URI uri, Optional<String> caCertificate, boolean skipVerify) {

    public ControlPlaneAddress {
        boolean usable = uri.getHost() != null && ("https".equals(uri.getScheme()) || "http".equals(uri.getScheme()));
        if (!usable) {
            throw new StopException(
                    StopException.USAGE,
                    "--cp-address is `" + uri + "`: expected https://host:port, such as https://localhost:5678");
        }
    }

    URI bootstrap() {
        return uri.resolve("/bootstrap");
    }
}
