package io.higuma.envoy;

import io.higuma.policy.Contribution;
import io.higuma.policy.HttpRoute;
import io.higuma.policy.Permissions;
import io.higuma.policy.Site;
import io.higuma.policy.Timeouts;
import io.higuma.policy.TlsParameters;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// The contributions to one proxy by what they are about. Two of one kind for one site are a bug of
/// a policy and are reported with both origins.
final class Contributions {

    private record Slot(Site site, Class<?> kind) {}

    private final Map<Slot, Contribution> bySlot = new HashMap<>();
    private final Map<Site, List<String>> origins = new HashMap<>();

    static Contributions of(List<Contribution> contributions) {
        Contributions sorted = new Contributions();
        for (Contribution contribution : contributions) {
            sorted.add(contribution);
        }
        return sorted;
    }

    private void add(Contribution contribution) {
        Contribution other = bySlot.putIfAbsent(new Slot(contribution.site(), contribution.getClass()), contribution);
        if (other != null && !other.equals(contribution)) {
            throw new CompileException(
                    String.join(", ", contribution.origins()),
                    contribution.getClass().getSimpleName() + " of " + contribution.site() + " is set twice: by "
                            + other.origins() + " and by " + contribution.origins(),
                    Stream.concat(other.origins().stream(), contribution.origins().stream())
                            .distinct()
                            .sorted()
                            .toList());
        }
        if (other == null) {
            origins.computeIfAbsent(contribution.site(), s -> new ArrayList<>()).addAll(contribution.origins());
        }
    }

    private <C extends Contribution> Optional<C> find(Site site, Class<C> kind) {
        return Optional.ofNullable(bySlot.get(new Slot(site, kind))).map(kind::cast);
    }

    Timeouts timeouts(Site site) {
        return find(site, Contribution.SiteTimeouts.class)
                .map(Contribution.SiteTimeouts::timeouts)
                .orElse(Timeouts.NONE);
    }

    List<Contribution.CallerTimeout> callers(Site site) {
        return find(site, Contribution.CallerTimeouts.class)
                .map(Contribution.CallerTimeouts::callers)
                .orElse(List.of());
    }

    Permissions permissions(Site site) {
        return find(site, Contribution.InboundPermissions.class)
                .map(Contribution.InboundPermissions::permissions)
                .orElse(Permissions.DENY_ALL);
    }

    boolean isPermissive(Site site) {
        return find(site, Contribution.InboundTls.class)
                .filter(tls -> tls.mode() == Contribution.InboundTls.Mode.PERMISSIVE)
                .isPresent();
    }

    TlsParameters inboundParameters(Site site) {
        return find(site, Contribution.InboundTls.class)
                .map(Contribution.InboundTls::parameters)
                .orElse(TlsParameters.DEFAULT);
    }

    TlsParameters upstreamParameters(Site site) {
        return find(site, Contribution.UpstreamTls.class)
                .map(Contribution.UpstreamTls::parameters)
                .orElse(TlsParameters.DEFAULT);
    }

    Optional<Contribution.HttpRoutes> httpRoutes(Site site) {
        return find(site, Contribution.HttpRoutes.class);
    }

    Optional<Contribution.TcpRoute> tcpRoute(Site site) {
        return find(site, Contribution.TcpRoute.class);
    }

    /// What the policies about routes say of one, the most important last.
    Timeouts routeTimeouts(HttpRoute route) {
        Timeouts merged = Timeouts.NONE;
        for (String origin : route.origins()) {
            merged = timeouts(new Site.OfRoute(origin)).orElse(merged);
        }
        return merged;
    }

    List<String> origins(Site site) {
        return origins.getOrDefault(site, List.of());
    }
}
