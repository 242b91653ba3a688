package io.higuma.envoy.build;

import io.envoyproxy.envoy.config.core.v3.TransportSocket;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CommonTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SdsSecretConfig;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SubjectAltNameMatcher;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import io.higuma.policy.Destination;
import io.higuma.policy.ProxyIdentity;
import io.higuma.policy.TlsParameters;

/// Mutual TLS of both ends (`reference/dataplane.md` 4.2 and 4.3). Certificate, key and trust bundles come by
/// SDS.
final class Tls {

    /// The application protocol that marks traffic between proxies, so that a permissive listener
    /// can tell it from TLS of the workload's own.
    static final String ALPN = "kuma";

    private Tls() {}

    static TransportSocket downstream(String secretName, TlsParameters parameters) {
        DownstreamTlsContext context = DownstreamTlsContext.newBuilder()
                .setRequireClientCertificate(com.google.protobuf.BoolValue.of(true))
                .setCommonTlsContext(common(secretName, parameters)
                        .setValidationContextSdsSecretConfig(sds(ProxyIdentity.TRUST_BUNDLE)))
                .build();
        return socket(Protos.pack(context));
    }

    static TransportSocket upstream(String secretName, Destination.UpstreamTls tls, TlsParameters parameters) {
        CertificateValidationContext.Builder names = CertificateValidationContext.newBuilder();
        for (String id : tls.spiffeIds()) {
            names.addMatchTypedSubjectAltNames(SubjectAltNameMatcher.newBuilder()
                    .setSanType(SubjectAltNameMatcher.SanType.URI)
                    .setMatcher(StringMatcher.newBuilder().setExact(id)));
        }
        UpstreamTlsContext context = UpstreamTlsContext.newBuilder()
                .setSni(tls.sni())
                .setCommonTlsContext(common(secretName, parameters)
                        .addAlpnProtocols(ALPN)
                        .setCombinedValidationContext(CommonTlsContext.CombinedCertificateValidationContext.newBuilder()
                                .setDefaultValidationContext(names)
                                .setValidationContextSdsSecretConfig(sds(ProxyIdentity.TRUST_BUNDLE))))
                .build();
        return socket(Protos.pack(context));
    }

    private static CommonTlsContext.Builder common(String secretName, TlsParameters parameters) {
        return parameters(CommonTlsContext.newBuilder().addTlsCertificateSdsSecretConfigs(sds(secretName)), parameters);
    }

    static CommonTlsContext.Builder parameters(CommonTlsContext.Builder context, TlsParameters parameters) {
        if (!parameters.equals(TlsParameters.DEFAULT)) {
            context.setTlsParams(io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsParameters.newBuilder()
                    .setTlsMinimumProtocolVersion(version(parameters.min()))
                    .setTlsMaximumProtocolVersion(version(parameters.max()))
                    .addAllCipherSuites(parameters.ciphers()));
        }
        return context;
    }

    private static io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsParameters.TlsProtocol version(
            TlsParameters.Version version) {
        return switch (version) {
            case AUTO -> io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsParameters.TlsProtocol.TLS_AUTO;
            case TLS_1_0 -> io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsParameters.TlsProtocol.TLSv1_0;
            case TLS_1_1 -> io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsParameters.TlsProtocol.TLSv1_1;
            case TLS_1_2 -> io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsParameters.TlsProtocol.TLSv1_2;
            case TLS_1_3 -> io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsParameters.TlsProtocol.TLSv1_3;
        };
    }

    static SdsSecretConfig sds(String name) {
        return SdsSecretConfig.newBuilder()
                .setName(name)
                .setSdsConfig(Protos.ADS)
                .build();
    }

    static TransportSocket socket(com.google.protobuf.Any context) {
        return TransportSocket.newBuilder()
                .setName("envoy.transport_sockets.tls")
                .setTypedConfig(context)
                .build();
    }
}
