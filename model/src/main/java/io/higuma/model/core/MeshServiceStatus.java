package io.higuma.model.core;

import io.higuma.model.Status;
import io.higuma.model.annotation.EmptyWritten;
import io.higuma.model.annotation.JsonName;
import io.higuma.model.annotation.Required;
import io.higuma.model.annotation.ZeroOmitted;
import java.util.List;
import java.util.Optional;

/// What the control plane allotted to a service and found about it (contract 1.6).
///
/// @param vips virtual addresses, from 241.0.0.0/8 by default
/// @param tls whether callers use mutual TLS
public record MeshServiceStatus(
        List<Address> addresses,
        @EmptyWritten @ZeroOmitted Optional<DataplaneProxies> dataplaneProxies,
        List<HostnameGeneratorStatus> hostnameGenerators,
        @EmptyWritten Optional<Tls> tls,
        List<Vip> vips)
        implements Status {

    public static final MeshServiceStatus EMPTY =
            new MeshServiceStatus(List.of(), Optional.empty(), List.of(), Optional.empty(), List.of());

    public MeshServiceStatus {
        addresses = List.copyOf(addresses);
        hostnameGenerators = List.copyOf(hostnameGenerators);
        vips = List.copyOf(vips);
    }

    public record Address(String hostname, String origin, Optional<HostnameGeneratorRef> hostnameGeneratorRef) {}

    public record HostnameGeneratorRef(@Required String coreName) {}

    public record HostnameGeneratorStatus(HostnameGeneratorRef hostnameGeneratorRef, List<Condition> conditions) {
        public HostnameGeneratorStatus {
            conditions = List.copyOf(conditions);
        }
    }

    public record Tls(TlsState status) {}

    public enum TlsState {
        @JsonName("Ready")
        READY,
        @JsonName("NotReady")
        NOT_READY
    }

    public record Vip(String ip) {}
}
