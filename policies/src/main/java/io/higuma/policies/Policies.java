package io.higuma.policies;

import io.higuma.model.Spec;
import io.higuma.policies.timeout.MeshTimeoutPolicy;
import io.higuma.policies.tls.MeshTlsPolicy;
import io.higuma.policies.trafficpermission.MeshTrafficPermissionPolicy;
import io.higuma.policy.PolicyModule;
import io.higuma.schema.Schemas;
import java.util.List;

/// All policies, in the order of contract 1.1.
public final class Policies {

    private Policies() {}

    public static List<PolicyModule<?>> all() {
        return List.of(new MeshTlsPolicy(), new MeshTimeoutPolicy(), new MeshTrafficPermissionPolicy());
    }

    /// The types of the policies with their validators.
    public static List<Schemas.Schema<?>> schemas() {
        return all().stream().<Schemas.Schema<?>>map(Policies::schema).toList();
    }

    private static <S extends Spec> Schemas.Schema<S> schema(PolicyModule<S> module) {
        return new Schemas.Schema<>(module.type(), module::validate);
    }
}
