package io.higuma.policy;

import java.util.List;

/// Who a proxy is.
///
/// @param spiffeId such as `spiffe://default.default.mesh.local/workload/web`
/// @param trustDomain the host part of it
/// @param secretName name of the SDS secret with its certificate and key: the KRI of its MeshIdentity
/// @param trustDomains all trust domains of the mesh's bundle, sorted: whose certificates it accepts
public record ProxyIdentity(String spiffeId, String trustDomain, String secretName, List<String> trustDomains) {

    /// Name of the SDS secret with the trust bundles of the mesh (contract 9.2).
    public static final String TRUST_BUNDLE = "system_trust_bundle";

    public ProxyIdentity {
        trustDomains = List.copyOf(trustDomains);
    }
}
