package io.higuma.model.core;

import io.higuma.model.annotation.Default;
import io.higuma.model.annotation.Doc;
import io.higuma.model.annotation.JsonName;
import io.higuma.model.annotation.Listed;
import io.higuma.model.annotation.Range;
import io.higuma.model.annotation.Required;
import java.util.List;
import java.util.Optional;

/// A service outside the mesh that workloads call by a name of the mesh (contract 1.6).
@Doc("A service outside the mesh that workloads call by a name of the mesh.")
public record MeshExternalServiceSpec(
        @Required @Doc("How workloads call it.") Match match,

        @Doc("Configuration of a plug-in, instead of endpoints.")
        Optional<Extension> extension,

        @Doc("Where it is.") List<Endpoint> endpoints,
        @Doc("How it is called with TLS.") Optional<Tls> tls)
        implements ServiceSpec {

    public MeshExternalServiceSpec {
        endpoints = List.copyOf(endpoints);
    }

    @Override
    public List<ServicePort> callable() {
        return List.of(new ServicePort(Integer.toString(match.port()), match.port(), match.protocol()));
    }

    public record Match(
            @Doc("HostnameGenerator, the only type.") @Default("HostnameGenerator")
            MatchType type,

            @Required @Range(min = 1, max = 65535) @Doc("Port under which it is called.")
            int port,

            @Doc("What it speaks.") @Default("tcp") @Listed({"tcp", "grpc", "http", "http2"})
            Protocol protocol) {}

    public enum MatchType {
        @JsonName("HostnameGenerator")
        HOSTNAME_GENERATOR
    }

    public record Extension(
            @Required @Doc("Which plug-in.") String type,
            @Doc("What the plug-in is told.") Optional<AnyJson> config) {}

    public record Endpoint(
            @Required @Range(min = 1) @Doc("IP address or host name.")
            String address,

            @Required @Range(min = 1, max = 65535) @Doc("Its port.")
            int port,

            @Range(min = 0, max = 128) @Doc("Endpoints of a lower priority number are tried first; 0 when absent.")
            Optional<Integer> priority) {}

    public record Tls(
            @Doc("Whether it is called with TLS.") @Default("false")
            boolean enabled,

            @Doc("Versions of TLS.") Optional<VersionRange> version,

            @Doc("Whether TLS 1.2 servers may negotiate again.") @Default("false")
            boolean allowRenegotiation,

            @Doc("How the server is checked.") Optional<Verification> verification) {}

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

    public record Verification(
            @Doc("What of the server's certificate is checked.") @Default("Secured")
            Mode mode,

            @Doc(
                    "Name sent to the server and looked for in its certificate; the host name of the endpoint when absent.")
            Optional<String> serverName,

            @Doc("Names of which the certificate must have one.")
            List<SubjectAltName> subjectAltNames,

            @Doc("Authority that signed the server's certificate.")
            Optional<SecureDataSource> caCert,

            @Doc("Certificate shown to the server.") Optional<SecureDataSource> clientCert,
            @Doc("Key of that certificate.") Optional<SecureDataSource> clientKey) {

        public Verification {
            subjectAltNames = List.copyOf(subjectAltNames);
        }
    }

    public enum Mode {
        @JsonName("SkipSAN")
        SKIP_SAN,
        @JsonName("SkipCA")
        SKIP_CA,
        @JsonName("Secured")
        SECURED,
        @JsonName("SkipAll")
        SKIP_ALL
    }

    public record SubjectAltName(
            @Doc("How the name is compared.") @Default("Exact")
            NameMatch type,

            @Required @Doc("The name.") String value) {}

    public enum NameMatch {
        @JsonName("Exact")
        EXACT,
        @JsonName("Prefix")
        PREFIX
    }
}
