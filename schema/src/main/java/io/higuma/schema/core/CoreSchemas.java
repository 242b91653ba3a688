package io.higuma.schema.core;

import io.higuma.model.Problems;
import io.higuma.model.core.CoreTypes;
import io.higuma.model.core.MeshTrustSpec;
import io.higuma.schema.Schemas.Schema;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.List;

/// The core types with their validators.
public final class CoreSchemas {

    private CoreSchemas() {}

    public static List<Schema<?>> all() {
        return List.of(
                new Schema<>(CoreTypes.MESH, (spec, problems) -> {}),
                new Schema<>(CoreTypes.ZONE, (spec, problems) -> {}),
                new Schema<>(CoreTypes.DATAPLANE, new DataplaneChecks()),
                new Schema<>(CoreTypes.SECRET, (spec, problems) -> {}),
                new Schema<>(CoreTypes.GLOBAL_SECRET, (spec, problems) -> {}),
                new Schema<>(CoreTypes.CONFIG, (spec, problems) -> {}),
                new Schema<>(CoreTypes.WORKLOAD, (spec, problems) -> {}),
                new Schema<>(CoreTypes.MESH_SERVICE, new MeshServiceValidator()),
                new Schema<>(CoreTypes.MESH_MULTI_ZONE_SERVICE, MeshMultiZoneServiceValidator::validate),
                new Schema<>(CoreTypes.MESH_EXTERNAL_SERVICE, new MeshExternalServiceChecks()),
                new Schema<>(CoreTypes.HOSTNAME_GENERATOR, HostnameGeneratorValidator::validate),
                new Schema<>(CoreTypes.MESH_IDENTITY, MeshIdentityValidator::validate),
                new Schema<>(CoreTypes.MESH_TRUST, CoreSchemas::meshTrust),
                new Schema<>(CoreTypes.DATAPLANE_INSIGHT, (spec, problems) -> {}));
    }

    /// The certificates are parsed, on purpose: the reference takes any block that says CERTIFICATE.
    private static void meshTrust(MeshTrustSpec spec, Problems problems) {
        if (spec.trustDomain().isEmpty()) {
            problems.add("spec.trustDomain", "trustDomain needs to be defined");
        }
        for (int i = 0; i < spec.caBundles().size(); i++) {
            MeshTrustSpec.CaBundle bundle = spec.caBundles().get(i);
            String path = "spec.caBundles[" + i + "].pem";
            if (bundle.pem().isEmpty()) {
                problems.add(path, "must be defined");
            } else if (!isCertificates(bundle.pem().get().value())) {
                problems.add(path + ".value", "provided certificate has incorrect format");
            }
        }
    }

    static boolean isCertificates(String pem) {
        if (pem.contains("PRIVATE KEY") || !pem.contains("BEGIN CERTIFICATE")) {
            return false;
        }
        try {
            return !CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(pem.getBytes(StandardCharsets.UTF_8)))
                    .isEmpty();
        } catch (CertificateException e) {
            return false;
        }
    }
}
