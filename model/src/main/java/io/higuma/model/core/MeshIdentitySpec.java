package io.higuma.model.core;

import io.higuma.model.Spec;
import io.higuma.model.annotation.Doc;
import io.higuma.model.annotation.JsonName;
import io.higuma.model.annotation.Required;
import java.time.Duration;
import java.util.Optional;

/// Gives the proxies it selects a SPIFFE identity (contract 1.6 and 9.1).
@Doc("Gives the proxies it selects a SPIFFE identity.")
public record MeshIdentitySpec(
        @Doc("Which proxies; absent selects none.") Optional<Selector> selector,
        @Doc("How the SPIFFE id is made.") Optional<SpiffeId> spiffeID,

        @Doc("Who issues certificates; absent computes ids but issues none.")
        Optional<Provider> provider)
        implements Spec {

    public record Selector(
            @Doc("Labels of dataplanes; an empty map selects all.")
            Optional<LabelSelector> dataplane) {}

    /// Both are templates in Go's language with `.Mesh .Zone .Workload .Namespace .ServiceAccount` and `label "key"`.
    public record SpiffeId(
            @Doc("Template of the trust domain; `{{ .Mesh }}.{{ .Zone }}.mesh.local` when absent.")
            Optional<String> trustDomain,

            @Doc("Template of the path; `/workload/{{ .Workload }}` on VMs when absent.")
            Optional<String> path) {}

    public record Provider(
            @Required @Doc("Which of the providers below is used.")
            ProviderType type,

            @Doc("The control plane's own certificate authority.")
            Optional<Bundled> bundled,

            @Doc("A SPIRE agent on the host.") Optional<Spire> spire,

            @Doc("A provider that is not part of this program.")
            Optional<Extension> extension) {}

    public enum ProviderType {
        @JsonName("Bundled")
        BUNDLED,
        @JsonName("Spire")
        SPIRE,
        @JsonName("Extension")
        EXTENSION
    }

    public record Bundled(
            @Doc("Make a CA.") Optional<Autogenerate> autogenerate,
            @Doc("Use this CA.") Optional<Ca> ca,
            @Doc("Certificates of proxies.") Optional<CertificateParameters> certificateParameters,
            @Doc("A CA of our own making is allowed.") Optional<Boolean> insecureAllowSelfSigned,

            @Doc("Whether a MeshTrust with the CA is made; Enabled when absent.")
            Optional<MeshTrustCreation> meshTrustCreation) {}

    public record Autogenerate(@Doc("Whether to make a CA.") Optional<Boolean> enabled) {}

    public record Ca(
            @Doc("Certificate of the CA, PEM.") Optional<SecureDataSource> certificate,
            @Doc("Private key of the CA, PEM.") Optional<SecureDataSource> privateKey) {}

    public record CertificateParameters(
            @Doc("Lifetime of a proxy's certificate; 5 days when absent.")
            Optional<Duration> expiry) {}

    public enum MeshTrustCreation {
        @JsonName("Enabled")
        ENABLED,
        @JsonName("Disabled")
        DISABLED
    }

    public record Spire(@Doc("The SPIRE agent.") Optional<SpireAgent> agent) {}

    public record SpireAgent(
            @Doc("Time to wait for the agent; 1s when absent.")
            Optional<Duration> timeout) {}

    public record Extension(
            @Required @Doc("Name of the provider.") String name,
            @Doc("Configuration of the provider.") Optional<AnyJson> config) {}
}
