package io.higuma.model.core;

import io.higuma.model.ResourceType;
import io.higuma.model.Scope;
import io.higuma.model.Shape;
import io.higuma.model.Spec;
import io.higuma.model.Status;
import io.higuma.model.TypeNames;
import java.util.List;
import java.util.Optional;

/// The core types: everything that is not a policy (contract 1.1).
public final class CoreTypes {

    public static final ResourceType<MeshSpec> MESH =
            flat("Mesh", MeshSpec.class, Scope.GLOBAL, new TypeNames("meshes", "mesh", "m", "Mesh", "Meshes"), true);
    public static final ResourceType<ZoneSpec> ZONE =
            flat("Zone", ZoneSpec.class, Scope.GLOBAL, new TypeNames("zones", "zone", "z", "Zone", "Zones"), true);
    public static final ResourceType<DataplaneSpec> DATAPLANE = flat(
            "Dataplane",
            DataplaneSpec.class,
            Scope.MESH,
            new TypeNames("dataplanes", "dataplane", "dp", "Dataplane", "Dataplanes"),
            true);
    public static final ResourceType<SecretSpec> SECRET = flat(
            "Secret", SecretSpec.class, Scope.MESH, new TypeNames("secrets", "secret", "", "Secret", "Secrets"), true);
    public static final ResourceType<SecretSpec> GLOBAL_SECRET = flat(
            "GlobalSecret",
            SecretSpec.class,
            Scope.GLOBAL,
            new TypeNames("globalsecrets", "globalsecret", "", "Global Secret", "Global Secrets"),
            true);
    public static final ResourceType<ConfigSpec> CONFIG =
            flat("Config", ConfigSpec.class, Scope.GLOBAL, new TypeNames("", "config", "", "Config", "Configs"), false);
    public static final ResourceType<WorkloadSpec> WORKLOAD = spec(
            "Workload",
            WorkloadSpec.class,
            WorkloadStatus.class,
            new TypeNames("workloads", "workload", "wl", "Workload", "Workloads"));
    public static final ResourceType<MeshServiceSpec> MESH_SERVICE = spec(
            "MeshService",
            MeshServiceSpec.class,
            MeshServiceStatus.class,
            new TypeNames("meshservices", "meshservice", "msvc", "Mesh Service", "Mesh Services"));
    public static final ResourceType<MeshMultiZoneServiceSpec> MESH_MULTI_ZONE_SERVICE = spec(
            "MeshMultiZoneService",
            MeshMultiZoneServiceSpec.class,
            MeshMultiZoneServiceStatus.class,
            new TypeNames(
                    "meshmultizoneservices",
                    "meshmultizoneservice",
                    "mzsvc",
                    "Mesh Multi Zone Service",
                    "Mesh Multi Zone Services"));
    public static final ResourceType<MeshExternalServiceSpec> MESH_EXTERNAL_SERVICE = spec(
            "MeshExternalService",
            MeshExternalServiceSpec.class,
            MeshExternalServiceStatus.class,
            new TypeNames(
                    "meshexternalservices",
                    "meshexternalservice",
                    "extsvc",
                    "Mesh External Service",
                    "Mesh External Services"));
    public static final ResourceType<HostnameGeneratorSpec> HOSTNAME_GENERATOR = new ResourceType<>(
            "HostnameGenerator",
            HostnameGeneratorSpec.class,
            Optional.empty(),
            Scope.GLOBAL,
            Shape.SPEC,
            new TypeNames("hostnamegenerators", "hostnamegenerator", "hg", "Hostname Generator", "Hostname Generators"),
            true,
            Optional.empty());
    public static final ResourceType<MeshIdentitySpec> MESH_IDENTITY = spec(
            "MeshIdentity",
            MeshIdentitySpec.class,
            MeshIdentityStatus.class,
            new TypeNames("meshidentities", "meshidentity", "mid", "Mesh Identity", "Mesh Identities"));
    public static final ResourceType<MeshTrustSpec> MESH_TRUST = spec(
            "MeshTrust",
            MeshTrustSpec.class,
            MeshTrustStatus.class,
            new TypeNames("meshtrusts", "meshtrust", "mtrust", "Mesh Trust", "Mesh Trusts"));

    public static final ResourceType<DataplaneInsightSpec> DATAPLANE_INSIGHT = flat(
            "DataplaneInsight",
            DataplaneInsightSpec.class,
            Scope.MESH,
            new TypeNames("dataplane-insights", "dataplane-insight", "", "Dataplane Insight", "Dataplane Insights"),
            false);

    /// The kinds of services, in the order of precedence where one name or address is wanted twice.
    public static final List<ResourceType<? extends ServiceSpec>> SERVICES =
            List.of(MESH_SERVICE, MESH_MULTI_ZONE_SERVICE, MESH_EXTERNAL_SERVICE);

    private CoreTypes() {}

    public static List<ResourceType<?>> all() {
        return List.of(
                MESH,
                ZONE,
                DATAPLANE,
                SECRET,
                GLOBAL_SECRET,
                CONFIG,
                WORKLOAD,
                MESH_SERVICE,
                MESH_MULTI_ZONE_SERVICE,
                MESH_EXTERNAL_SERVICE,
                HOSTNAME_GENERATOR,
                MESH_IDENTITY,
                MESH_TRUST,
                DATAPLANE_INSIGHT);
    }

    private static <S extends Spec> ResourceType<S> flat(
            String name, Class<S> spec, Scope scope, TypeNames names, boolean writable) {
        return new ResourceType<>(name, spec, Optional.empty(), scope, Shape.FLAT, names, writable, Optional.empty());
    }

    private static <S extends Spec> ResourceType<S> spec(
            String name, Class<S> spec, Class<? extends Status> status, TypeNames names) {
        return new ResourceType<>(
                name, spec, Optional.of(status), Scope.MESH, Shape.SPEC, names, true, Optional.empty());
    }
}
