package io.higuma.model.core;

import io.higuma.model.annotation.EmptyWritten;
import java.util.List;
import java.util.Optional;

/// What the control plane allotted to a service outside the mesh (contract 1.6).
///
/// @param vip virtual address, from 242.0.0.0/8 by default
/// @param conditions ours: what keeps the service from being called
public record MeshExternalServiceStatus(
        List<Address> addresses,
        List<HostnameGeneratorStatus> hostnameGenerators,
        @EmptyWritten Optional<Vip> vip,
        List<Condition> conditions)
        implements ServiceStatus {

    public static final MeshExternalServiceStatus EMPTY =
            new MeshExternalServiceStatus(List.of(), List.of(), Optional.empty(), List.of());

    public MeshExternalServiceStatus {
        addresses = List.copyOf(addresses);
        hostnameGenerators = List.copyOf(hostnameGenerators);
        conditions = List.copyOf(conditions);
    }

    @Override
    public List<Vip> vips() {
        return vip.stream().toList();
    }

    @Override
    public MeshExternalServiceStatus withVips(List<Vip> given, List<Condition> found) {
        return new MeshExternalServiceStatus(
                addresses, hostnameGenerators, given.stream().findFirst(), found);
    }

    @Override
    public MeshExternalServiceStatus withNames(List<Address> names, List<HostnameGeneratorStatus> generators) {
        return new MeshExternalServiceStatus(names, generators, vip, conditions);
    }
}
