package io.higuma.policies.tls;

import io.higuma.model.Spec;
import io.higuma.model.annotation.Default;
import io.higuma.model.annotation.Doc;
import io.higuma.model.annotation.JsonName;
import io.higuma.model.target.TopTargetRef;
import io.higuma.policy.Mergeable;
import java.util.List;
import java.util.Optional;

/// Whether plaintext is accepted, and which versions and ciphers of TLS (contract 1.7).
@Doc("Whether plaintext is accepted, and which versions and ciphers of TLS.")
public record MeshTlsSpec(
        @Doc("The proxies it is for; all of the mesh when absent.")
        Optional<TopTargetRef> targetRef,

        @Doc("What the proxies accept.") List<Rule> rules)
        implements Spec {

    public MeshTlsSpec {
        rules = List.copyOf(rules);
    }

    public record Rule(
            @JsonName("default") @Doc("What is accepted.") Optional<Conf> conf) {}

    public record Conf(
            @Doc("Strict: mutual TLS only. Permissive: plaintext too.")
            Optional<Mode> mode,

            @Doc("Ciphers in order of preference, for TLS 1.2 and older.")
            List<TlsCipher> tlsCiphers,

            @Doc("Versions of TLS.") Optional<VersionRange> tlsVersion)
            implements Mergeable<Conf> {

        public Conf {
            tlsCiphers = List.copyOf(tlsCiphers);
        }

        @Override
        public Conf overriddenBy(Conf other) {
            return new Conf(
                    other.mode.or(() -> mode),
                    other.tlsCiphers.isEmpty() ? tlsCiphers : other.tlsCiphers,
                    other.tlsVersion.or(() -> tlsVersion));
        }
    }

    public enum Mode {
        @JsonName("Permissive")
        PERMISSIVE,
        @JsonName("Strict")
        STRICT
    }

    public record VersionRange(
            @Doc("Oldest version.") @Default("TLSAuto") TlsVersion min,
            @Doc("Newest version.") @Default("TLSAuto") TlsVersion max) {}

    public enum TlsVersion {
        @JsonName("TLSAuto")
        AUTO,
        @JsonName("TLS10")
        TLS_1_0,
        @JsonName("TLS11")
        TLS_1_1,
        @JsonName("TLS12")
        TLS_1_2,
        @JsonName("TLS13")
        TLS_1_3
    }

    public enum TlsCipher {
        @JsonName("ECDHE-ECDSA-AES128-GCM-SHA256")
        ECDHE_ECDSA_AES128_GCM_SHA256,
        @JsonName("ECDHE-ECDSA-AES256-GCM-SHA384")
        ECDHE_ECDSA_AES256_GCM_SHA384,
        @JsonName("ECDHE-ECDSA-CHACHA20-POLY1305")
        ECDHE_ECDSA_CHACHA20_POLY1305,
        @JsonName("ECDHE-RSA-AES128-GCM-SHA256")
        ECDHE_RSA_AES128_GCM_SHA256,
        @JsonName("ECDHE-RSA-AES256-GCM-SHA384")
        ECDHE_RSA_AES256_GCM_SHA384,
        @JsonName("ECDHE-RSA-CHACHA20-POLY1305")
        ECDHE_RSA_CHACHA20_POLY1305;

        /// The name as OpenSSL, BoringSSL and Envoy write it.
        public String text() {
            return name().replace('_', '-');
        }
    }
}
