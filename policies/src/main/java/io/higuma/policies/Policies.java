package io.higuma.policies;

import io.higuma.model.Problems;
import io.higuma.model.Spec;
import io.higuma.policies.httproute.MeshHttpRoutePolicy;
import io.higuma.policies.tcproute.MeshTcpRoutePolicy;
import io.higuma.policies.timeout.MeshTimeoutPolicy;
import io.higuma.policies.tls.MeshTlsPolicy;
import io.higuma.policies.trafficpermission.MeshTrafficPermissionPolicy;
import io.higuma.policy.PolicyModule;
import io.higuma.schema.Schemas;
import io.higuma.schema.SpecValidator;
import java.util.List;

/// All policies, in the order of contract 1.1.
public final class Policies {

    private Policies() {}

    public static List<PolicyModule<?>> all() {
        return List.of(
                new MeshHttpRoutePolicy(),
                new MeshTcpRoutePolicy(),
                new MeshTlsPolicy(),
                new MeshTimeoutPolicy(),
                new MeshTrafficPermissionPolicy());
    }

    /// The types of the policies with their validators.
    public static List<Schemas.Schema<?>> schemas() {
        return all().stream().<Schemas.Schema<?>>map(Policies::schema).toList();
    }

    private static <S extends Spec> Schemas.Schema<S> schema(PolicyModule<S> module) {
        return new Schemas.Schema<>(module.type(), new SpecValidator<>() {
            @Override
            public void validate(S spec, Problems problems) {
                module.validate(spec, problems);
            }

            @Override
            public List<String> warnings(String name, S spec) {
                return module.warnings(spec);
            }
        });
    }
}
