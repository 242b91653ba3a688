package io.higuma.policy;

import io.higuma.model.Kri;
import io.higuma.model.Labels;
import io.higuma.model.ResourceKey;
import io.higuma.model.core.Protocol;
import java.util.List;
import java.util.Optional;

/// One port of one service that a proxy may call. Equal for all proxies that may call it at the same address, so that
/// what is made from it is shared.
///
/// @param service of any kind
/// @param labels labels of the service, for policies that select by them
/// @param kri identifier of the service with the port as its section; names the cluster
/// @param target the port of the service
/// @param place where workloads call it
/// @param tls how to call it; empty means plaintext
/// @param outside where it is, if it is outside of the mesh; empty if its members are proxies
public record Destination(
        ResourceKey service,
        Labels labels,
        Kri kri,
        Port target,
        Place place,
        Optional<UpstreamTls> tls,
        Optional<Outside> outside) {

    /// What answers, and where it is called.
    public static Destination of(Backend backend, Place place) {
        return new Destination(
                backend.service(),
                backend.labels(),
                backend.kri(),
                backend.target(),
                place,
                backend.tls(),
                backend.outside());
    }

    /// Where the outbound listener is.
    ///
    /// @param address an IP address
    /// @param twins further addresses of the same listener
    /// @param bound whether the listener binds; if not, the kernel redirects what goes there
    public record Place(String address, List<String> twins, int port, boolean bound) {
        public Place {
            twins = List.copyOf(twins);
        }

        /// A place that a person gave.
        public static Place bound(String address, int port) {
            return new Place(address, List.of(), port, true);
        }
    }

    /// @param section name of the port, else its number as text
    public record Port(String section, int number, Protocol protocol) {}

    /// @param sni server name that the proxy sends (`reference/dataplane.md` 4.4)
    /// @param spiffeIds identities that the server may have, sorted
    public record UpstreamTls(String sni, List<String> spiffeIds) {
        public UpstreamTls {
            spiffeIds = List.copyOf(spiffeIds);
        }
    }

    public String address() {
        return place.address();
    }

    public int port() {
        return place.port();
    }

    /// Who answers there.
    public Backend backend() {
        return new Backend(service, labels, kri, target, tls, outside);
    }

    /// Name of the cluster and of its ClusterLoadAssignment.
    public String clusterName() {
        return kri.toString();
    }
}
