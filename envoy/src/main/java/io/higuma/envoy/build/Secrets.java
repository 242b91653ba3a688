package io.higuma.envoy.build;

import com.google.protobuf.ByteString;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SPIFFECertValidatorConfig;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsCertificate;
import io.higuma.model.wire.Bytes;
import java.util.SortedMap;

/// Secrets that travel by SDS: a proxy's certificate with its key, and the trust bundles of its mesh.
public final class Secrets {

    private Secrets() {}

    /// @param chain PEM, the leaf first
    /// @param key PEM
    public static Secret certificate(String name, Bytes chain, Bytes key) {
        return Secret.newBuilder()
                .setName(name)
                .setTlsCertificate(TlsCertificate.newBuilder()
                        .setCertificateChain(inline(chain))
                        .setPrivateKey(inline(key)))
                .build();
    }

    /// @param bundles PEM of the certificates that may speak for a trust domain, by trust domain
    public static Secret trustBundle(String name, SortedMap<String, Bytes> bundles) {
        SPIFFECertValidatorConfig.Builder validator = SPIFFECertValidatorConfig.newBuilder();
        bundles.forEach((domain, pem) -> validator.addTrustDomains(SPIFFECertValidatorConfig.TrustDomain.newBuilder()
                .setName(domain)
                .setTrustBundle(inline(pem))));
        return Secret.newBuilder()
                .setName(name)
                .setValidationContext(CertificateValidationContext.newBuilder()
                        .setCustomValidatorConfig(TypedExtensionConfig.newBuilder()
                                .setName("envoy.tls.cert_validator.spiffe")
                                .setTypedConfig(Protos.pack(validator.build()))))
                .build();
    }

    /// An authority that may sign for a server outside of the mesh.
    ///
    /// @param pem its certificates
    public static Secret authority(String name, Bytes pem) {
        return Secret.newBuilder()
                .setName(name)
                .setValidationContext(CertificateValidationContext.newBuilder().setTrustedCa(inline(pem)))
                .build();
    }

    private static DataSource inline(Bytes bytes) {
        return DataSource.newBuilder()
                .setInlineBytes(ByteString.copyFrom(bytes.array()))
                .build();
    }
}
