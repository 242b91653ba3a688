package io.higuma.model.core;

import io.higuma.model.annotation.Required;
import java.util.List;

/// What the control plane allotted to a service of several zones and found about it (contract 1.6).
///
/// @param meshServices the services it selects, sorted
/// @param vips virtual addresses, from 243.0.0.0/8 by default
public record MeshMultiZoneServiceStatus(
        List<Address> addresses,
        List<Condition> conditions,
        List<HostnameGeneratorStatus> hostnameGenerators,
        List<Matched> meshServices,
        List<Vip> vips)
        implements ServiceStatus {

    public static final MeshMultiZoneServiceStatus EMPTY =
            new MeshMultiZoneServiceStatus(List.of(), List.of(), List.of(), List.of(), List.of());

    public MeshMultiZoneServiceStatus {
        addresses = List.copyOf(addresses);
        conditions = List.copyOf(conditions);
        hostnameGenerators = List.copyOf(hostnameGenerators);
        meshServices = List.copyOf(meshServices);
        vips = List.copyOf(vips);
    }

    @Override
    public MeshMultiZoneServiceStatus withVips(List<Vip> given, List<Condition> found) {
        return new MeshMultiZoneServiceStatus(addresses, found, hostnameGenerators, meshServices, given);
    }

    @Override
    public MeshMultiZoneServiceStatus withNames(List<Address> names, List<HostnameGeneratorStatus> generators) {
        return new MeshMultiZoneServiceStatus(names, conditions, generators, meshServices, vips);
    }

    public MeshMultiZoneServiceStatus withMatched(List<Matched> found) {
        return new MeshMultiZoneServiceStatus(addresses, conditions, hostnameGenerators, found, vips);
    }

    /// One service that is selected.
    public record Matched(
            @Required String mesh,
            @Required String name,
            @Required String namespace,
            @Required String zone) {}
}
