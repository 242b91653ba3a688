package io.higuma.identity;

import io.higuma.model.Resource;
import io.higuma.model.core.MeshTrustSpec;
import io.higuma.model.wire.Bytes;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/// Whose certificates a mesh accepts: the union of its MeshTrusts (contract 9.2).
public final class TrustBundles {

    private TrustBundles() {}

    /// The certificates by trust domain, each once, in a stable order: equal trusts give equal bytes.
    /// A trust domain without a certificate that can be read is left out.
    ///
    /// @param trusts of one mesh
    public static SortedMap<String, Bytes> union(Collection<Resource> trusts) {
        SortedMap<String, Set<String>> pems = new TreeMap<>();
        List<Resource> sorted =
                trusts.stream().sorted(Comparator.comparing(Resource::key)).toList();
        for (Resource trust : sorted) {
            MeshTrustSpec spec = trust.spec(MeshTrustSpec.class);
            Set<String> certificates = pems.computeIfAbsent(spec.trustDomain(), d -> new LinkedHashSet<>());
            for (MeshTrustSpec.CaBundle bundle : spec.caBundles()) {
                bundle.pem().ifPresent(pem -> certificates.addAll(normalised(pem.value())));
            }
        }
        SortedMap<String, Bytes> bundles = new TreeMap<>();
        pems.forEach((domain, certificates) -> {
            if (!certificates.isEmpty()) { // Envoy refuses the whole of a bundle that has one empty domain
                bundles.put(domain, Bytes.wrap(String.join("", certificates).getBytes(StandardCharsets.US_ASCII)));
            }
        });
        return Collections.unmodifiableSortedMap(bundles);
    }

    /// Whether a MeshTrust already has a CA.
    public static boolean contains(MeshTrustSpec trust, String certificatePem) {
        String wanted = normalised(certificatePem).getFirst();
        return trust.caBundles().stream()
                .flatMap(bundle -> bundle.pem().stream())
                .anyMatch(pem -> normalised(pem.value()).contains(wanted));
    }

    private static List<String> normalised(String pem) {
        List<X509Certificate> certificates;
        try {
            certificates = Pem.certificates(pem);
        } catch (IllegalArgumentException e) {
            return List.of(); // stored by a version that did not parse certificates
        }
        return certificates.stream().map(Pem::certificate).toList();
    }
}
