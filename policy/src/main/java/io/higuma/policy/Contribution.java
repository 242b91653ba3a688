package io.higuma.policy;

import java.util.List;

/// What a policy wants of a proxy, as a value. The assembler in `envoy` turns all contributions
/// of a proxy into Envoy messages, in one place and one order; no policy touches what another
/// one made.
public sealed interface Contribution {

    Site site();

    /// Identifiers of the policies behind it, the most important last.
    List<String> origins();

    /// How callers must connect to an inbound (MeshTLS).
    record InboundTls(Site site, Mode mode, TlsParameters parameters, List<String> origins) implements Contribution {
        public enum Mode {
            STRICT,
            PERMISSIVE
        }
    }

    /// How a destination is called with TLS (MeshTLS).
    record UpstreamTls(Site site, TlsParameters parameters, List<String> origins) implements Contribution {}

    /// Timeouts of all requests of a site (MeshTimeout).
    record SiteTimeouts(Site site, Timeouts timeouts, List<String> origins) implements Contribution {}

    /// Timeouts of the requests of some callers of an inbound (MeshTimeout); the first that
    /// matches counts.
    record CallerTimeouts(Site site, List<CallerTimeout> callers, List<String> origins) implements Contribution {
        public CallerTimeouts {
            callers = List.copyOf(callers);
        }
    }

    record CallerTimeout(io.higuma.model.target.Match match, Timeouts timeouts) {}

    /// Who may call an inbound (MeshTrafficPermission).
    record InboundPermissions(Site site, Permissions permissions, List<String> origins) implements Contribution {}

    /// Where requests to a destination go (MeshHTTPRoute); what no route matches goes to the
    /// destination itself.
    ///
    /// @param routes the most specific first
    /// @param backends everything the routes name
    record HttpRoutes(Site site, List<HttpRoute> routes, List<Backend> backends, List<String> origins)
            implements Contribution {
        public HttpRoutes {
            routes = List.copyOf(routes);
            backends = List.copyOf(backends);
        }
    }

    /// Where connections to a destination go (MeshTCPRoute).
    ///
    /// @param shares of the connections; empty if all of them are lost
    /// @param backends everything the shares name
    record TcpRoute(
            Site site, List<HttpRoute.Share> shares, HttpRoute.Lost lost, List<Backend> backends, List<String> origins)
            implements Contribution {
        public TcpRoute {
            shares = List.copyOf(shares);
            backends = List.copyOf(backends);
        }
    }
}
