package io.higuma.model.core;

import io.higuma.model.Status;
import io.higuma.model.annotation.Required;
import java.util.List;
import java.util.Optional;

/// What the control plane allotted to a service of any kind: addresses and names.
public sealed interface ServiceStatus extends Status
        permits MeshServiceStatus, MeshMultiZoneServiceStatus, MeshExternalServiceStatus {

    List<Vip> vips();

    List<Address> addresses();

    List<HostnameGeneratorStatus> hostnameGenerators();

    List<Condition> conditions();

    ServiceStatus withVips(List<Vip> vips, List<Condition> conditions);

    ServiceStatus withNames(List<Address> addresses, List<HostnameGeneratorStatus> generators);

    /// What a service has that nothing was allotted to yet.
    static ServiceStatus empty(ServiceSpec spec) {
        return switch (spec) {
            case MeshServiceSpec s -> MeshServiceStatus.EMPTY;
            case MeshMultiZoneServiceSpec s -> MeshMultiZoneServiceStatus.EMPTY;
            case MeshExternalServiceSpec s -> MeshExternalServiceStatus.EMPTY;
        };
    }

    /// @param ip a virtual address
    record Vip(String ip) {}

    /// @param origin `HostnameGenerator`, the only one here
    record Address(String hostname, String origin, Optional<HostnameGeneratorRef> hostnameGeneratorRef) {}

    record HostnameGeneratorRef(@Required String coreName) {}

    record HostnameGeneratorStatus(HostnameGeneratorRef hostnameGeneratorRef, List<Condition> conditions) {
        public HostnameGeneratorStatus {
            conditions = List.copyOf(conditions);
        }
    }
}
