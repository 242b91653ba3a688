package io.higuma.policy;

/// Who a proxy is.
///
/// @param spiffeId such as `spiffe://default.default.mesh.local/workload/web`
/// @param secretName name of the SDS secret with its certificate and key: the KRI of its MeshIdentity
public record ProxyIdentity(String spiffeId, String secretName) {

    /// Name of the SDS secret with the trust bundles of the mesh (contract 9.2).
    public static final String TRUST_BUNDLE = "system_trust_bundle";
}
