package io.higuma.model.core;

import io.higuma.model.annotation.EmptyWritten;
import io.higuma.model.annotation.JsonName;
import io.higuma.model.annotation.ZeroOmitted;
import java.util.List;
import java.util.Optional;

/// What the control plane allotted to a service and found about it (contract 1.6).
///
/// @param vips virtual addresses, from 241.0.0.0/8 by default
/// @param tls whether callers use mutual TLS
/// @param conditions ours: what keeps the service from being called
public record MeshServiceStatus(
        List<Address> addresses,
        @EmptyWritten @ZeroOmitted Optional<DataplaneProxies> dataplaneProxies,
        List<HostnameGeneratorStatus> hostnameGenerators,
        @EmptyWritten Optional<Tls> tls,
        List<Vip> vips,
        List<Condition> conditions)
        implements ServiceStatus {

    public static final MeshServiceStatus EMPTY =
            new MeshServiceStatus(List.of(), Optional.empty(), List.of(), Optional.empty(), List.of(), List.of());

    public MeshServiceStatus {
        addresses = List.copyOf(addresses);
        hostnameGenerators = List.copyOf(hostnameGenerators);
        vips = List.copyOf(vips);
        conditions = List.copyOf(conditions);
    }

    @Override
    public MeshServiceStatus withVips(List<Vip> given, List<Condition> found) {
        return new MeshServiceStatus(addresses, dataplaneProxies, hostnameGenerators, tls, given, found);
    }

    @Override
    public MeshServiceStatus withNames(List<Address> names, List<HostnameGeneratorStatus> generators) {
        return new MeshServiceStatus(names, dataplaneProxies, generators, tls, vips, conditions);
    }

    public record Tls(TlsState status) {}

    public enum TlsState {
        @JsonName("Ready")
        READY,
        @JsonName("NotReady")
        NOT_READY
    }
}
