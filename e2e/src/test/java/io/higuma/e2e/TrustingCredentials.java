package io.higuma.e2e;

import io.grpc.ChannelCredentials;
import io.grpc.TlsChannelCredentials;
import io.grpc.xds.XdsCredentialsProvider;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;

/// TLS that trusts one authority, for the bootstrap of grpc-java's xDS client: its own `tls` trusts what the machine
/// trusts. Found by the service loader, as that client wants it.
public final class TrustingCredentials extends XdsCredentialsProvider {

    static final String NAME = "tls_of_the_test";

    @Override
    protected ChannelCredentials newChannelCredentials(Map<String, ?> config) {
        try {
            return TlsChannelCredentials.newBuilder()
                    .trustManager(new File(String.valueOf(config.get("authority"))))
                    .build();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    protected String getName() {
        return NAME;
    }

    @Override
    public boolean isAvailable() {
        return true;
    }

    @Override
    public int priority() {
        return 5;
    }
}
