package io.higuma.model.core;

import io.higuma.model.Spec;
import io.higuma.model.annotation.Doc;
import io.higuma.model.annotation.JsonName;
import io.higuma.model.annotation.Range;
import io.higuma.model.annotation.Required;
import java.util.List;
import java.util.Optional;

/// The certificate authorities that may speak for a trust domain (contract 1.6 and 9.2).
@Doc("The certificate authorities that may speak for a trust domain.")
public record MeshTrustSpec(
        @Required @Range(min = 1) @Doc("Certificates of the CAs; several while a CA is rotated.")
        List<CaBundle> caBundles,

        @Required @Range(max = 253) @Doc("The trust domain: the host part of its SPIFFE ids.")
        String trustDomain)
        implements Spec {

    public MeshTrustSpec {
        caBundles = List.copyOf(caBundles);
    }

    public record CaBundle(
            @Required @Doc("Pem, the only kind.") BundleType type,
            @Doc("The certificates.") Optional<Pem> pem) {}

    public enum BundleType {
        @JsonName("Pem")
        PEM
    }

    public record Pem(
            @Required @Doc("One or more certificates in PEM.")
            String value) {}
}
