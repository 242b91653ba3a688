package io.higuma.policy;

import io.higuma.model.Kri;
import io.higuma.model.Resource;
import io.higuma.model.core.MeshExternalServiceSpec;
import io.higuma.model.core.MeshExternalServiceSpec.Mode;
import io.higuma.model.core.MeshExternalServiceSpec.NameMatch;
import io.higuma.model.core.MeshExternalServiceSpec.TlsVersion;
import io.higuma.model.core.MeshExternalServiceSpec.Verification;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Where a service outside of the mesh is, and how it is called there (contract 1.6).
///
/// @param endpoints in the order of the resource; without any nobody answers
/// @param tls empty for plaintext
public record Outside(List<Endpoint> endpoints, Optional<Tls> tls) {

    /// Nobody answers: connections are closed and requests answered with 503 at once.
    public static final Outside NOBODY = new Outside(List.of(), Optional.empty());

    /// What the names of secrets end in.
    public static final String AUTHORITY = "_authority";

    public static final String CERTIFICATE = "_certificate";

    public Outside {
        endpoints = List.copyOf(endpoints);
    }

    /// @param address an IP address or the name of a host
    /// @param priority a lower one is tried first
    public record Endpoint(String address, int port, int priority) {}

    /// @param serverName sent to the server, and looked for in its certificate; empty for the name of the endpoint
    /// @param certificate secret with the certificate that is shown to the server; empty for none
    public record Tls(
            TlsParameters parameters,
            boolean renegotiation,
            Optional<String> serverName,
            Check check,
            Optional<String> certificate) {}

    /// What of the server's certificate is checked.
    public sealed interface Check {
        /// Nothing.
        record None() implements Check {}

        /// Who signed it.
        ///
        /// @param authority secret with the authority; empty for those of the proxy's system
        record Signer(Optional<String> authority) implements Check {}

        /// Who signed it, and whether it has one of some names.
        ///
        /// @param names empty for the server's name
        record SignerAndNames(Optional<String> authority, List<Name> names) implements Check {
            public SignerAndNames {
                names = List.copyOf(names);
            }
        }
    }

    /// @param prefix whether it is the beginning of a name
    public record Name(String value, boolean prefix) {}

    /// Where a service is; empty if it is not outside of the mesh.
    public static Optional<Outside> of(Resource service) {
        if (!(service.spec() instanceof MeshExternalServiceSpec spec)) {
            return Optional.empty();
        }
        if (spec.extension().isPresent()) {
            return Optional.of(NOBODY);
        }
        return Optional.of(new Outside(
                spec.endpoints().stream()
                        .map(each -> new Endpoint(
                                each.address(), each.port(), each.priority().orElse(0)))
                        .toList(),
                spec.tls().filter(MeshExternalServiceSpec.Tls::enabled).map(tls -> tls(service, tls))));
    }

    private static Tls tls(Resource service, MeshExternalServiceSpec.Tls given) {
        String name = Kri.of(service).toString();
        Optional<Verification> verification = given.verification();
        Optional<String> authority = verification.flatMap(Verification::caCert).map(source -> name + AUTHORITY);
        Check check = switch (verification.map(Verification::mode).orElse(Mode.SECURED)) {
            case SKIP_ALL, SKIP_CA -> new Check.None();
            case SKIP_SAN -> new Check.Signer(authority);
            case SECURED ->
                new Check.SignerAndNames(
                        authority,
                        verification.map(Verification::subjectAltNames).orElse(List.of()).stream()
                                .map(san -> new Name(san.value(), san.type() == NameMatch.PREFIX))
                                .toList());
        };
        return new Tls(
                given.version()
                        .map(range -> new TlsParameters(version(range.min()), version(range.max()), List.of()))
                        .orElse(TlsParameters.DEFAULT),
                given.allowRenegotiation(),
                verification.flatMap(Verification::serverName).filter(text -> !text.isEmpty()),
                check,
                verification.flatMap(Verification::clientCert).map(source -> name + CERTIFICATE));
    }

    private static TlsParameters.Version version(TlsVersion version) {
        return switch (version) {
            case AUTO -> TlsParameters.Version.AUTO;
            case TLS_1_0 -> TlsParameters.Version.TLS_1_0;
            case TLS_1_1 -> TlsParameters.Version.TLS_1_1;
            case TLS_1_2 -> TlsParameters.Version.TLS_1_2;
            case TLS_1_3 -> TlsParameters.Version.TLS_1_3;
        };
    }

    /// The secrets that a proxy needs to call it.
    public List<String> secrets() {
        return tls.stream()
                .flatMap(found -> Stream.concat(authority(found.check()).stream(), found.certificate().stream()))
                .toList();
    }

    /// Whether the authorities that the proxy's host trusts are needed.
    public boolean trustsSystem() {
        return tls.filter(found -> !(found.check() instanceof Check.None)
                        && authority(found.check()).isEmpty())
                .isPresent();
    }

    /// The secret with the authority that signs for the server.
    public static Optional<String> authority(Check check) {
        return switch (check) {
            case Check.None none -> Optional.empty();
            case Check.Signer signer -> signer.authority();
            case Check.SignerAndNames both -> both.authority();
        };
    }
}
