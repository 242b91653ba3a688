package io.higuma.envoy.check;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.Rds;
import io.higuma.model.wire.TypeUrl;
import org.junit.jupiter.api.Test;

/// What is found in a message by reflection: what Envoy would refuse, and what it leads to.
class ConstraintsTest {

    private static final VirtualHost EVERYTHING = VirtualHost.newBuilder()
            .setName("all")
            .addDomains("*")
            .addRoutes(Route.newBuilder()
                    .setMatch(RouteMatch.newBuilder().setPrefix("/"))
                    .setRoute(RouteAction.newBuilder().setCluster("cart")))
            .build();

    @Test
    void aSoundMessageBreaksNothing() {
        assertThat(Constraints.violations(RouteConfiguration.newBuilder()
                        .addVirtualHosts(EVERYTHING)
                        .build()))
                .isEmpty();
    }

    @Test
    void whatIsMissingEmptyOrTooSmallIsNamedByItsPath() {
        RouteConfiguration routes = RouteConfiguration.newBuilder()
                .addVirtualHosts(EVERYTHING)
                .addVirtualHosts(VirtualHost.newBuilder()
                        .setName("")
                        .addRoutes(Route.newBuilder().setRoute(RouteAction.newBuilder())))
                .build();

        assertThat(Constraints.violations(routes))
                .containsExactlyInAnyOrder(
                        "virtual_hosts[1].name: \"\" is shorter than 1",
                        "virtual_hosts[1].domains: has 0 items, needs 1",
                        "virtual_hosts[1].routes[0].match: is required",
                        "virtual_hosts[1].routes[0].route.cluster_specifier: one of its fields is required");
    }

    @Test
    void rangesOfDurationsAndNumbersAndOneofsDeepInsideAreChecked() {
        Cluster cluster = Cluster.newBuilder()
                .setName("cart")
                .setConnectTimeout(Duration.getDefaultInstance())
                .build();
        Listener listener = Listener.newBuilder()
                .setAddress(Address.newBuilder()
                        .setSocketAddress(SocketAddress.newBuilder()
                                .setAddress("127.0.0.1")
                                .setPortValue(70_000)))
                .build();

        assertThat(Constraints.violations(cluster)).containsExactly("connect_timeout: PT0S must be more than PT0S");
        assertThat(Constraints.violations(listener))
                .containsExactly("address.socket_address.port_value: 70000 is more than 65535");
    }

    @Test
    void referencesAreFoundInRoutesAndInWhatIsPacked() {
        Listener listener = Listener.newBuilder()
                .addFilterChains(FilterChain.newBuilder()
                        .addFilters(Filter.newBuilder()
                                .setName("http")
                                .setTypedConfig(Any.pack(HttpConnectionManager.newBuilder()
                                        .setRds(Rds.newBuilder().setRouteConfigName("inbound"))
                                        .build()))))
                .build();

        assertThat(References.of(listener))
                .extracting(Object::toString)
                .singleElement()
                .asString()
                .contains("ROUTE", "inbound");
        assertThat(References.of(RouteConfiguration.newBuilder()
                        .addVirtualHosts(EVERYTHING)
                        .build()))
                .extracting(reference -> reference.type())
                .containsExactly(TypeUrl.CLUSTER);
    }
}
