package io.higuma.envoy.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.protobuf.Message;
import com.google.protobuf.UInt32Value;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.HealthStatus;
import io.envoyproxy.envoy.config.core.v3.HealthStatusSet;
import io.envoyproxy.envoy.config.core.v3.Http2ProtocolOptions;
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
import io.higuma.model.wire.Reference;
import io.higuma.model.wire.TypeUrl;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What is found in the bytes of a message: what Envoy would refuse, and what it leads to.
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
        assertThat(violations(RouteConfiguration.newBuilder()
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

        assertThat(violations(routes))
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

        assertThat(violations(cluster)).containsExactly("connect_timeout: PT0S must be more than PT0S");
        assertThat(violations(listener)).containsExactly("address.socket_address.port_value: 70000 is more than 65535");
    }

    @Test
    void numbersInWrappersAndEnumsPackedTogetherAreChecked() {
        Http2ProtocolOptions noStreams = Http2ProtocolOptions.newBuilder()
                .setMaxConcurrentStreams(UInt32Value.of(0))
                .build();
        HealthStatusSet statuses = HealthStatusSet.newBuilder()
                .addStatuses(HealthStatus.HEALTHY)
                .addStatusesValue(77)
                .build();

        assertThat(violations(noStreams)).containsExactly("max_concurrent_streams: 0 is less than 1");
        assertThat(violations(statuses)).containsExactly("statuses[1]: 77 is no value of its enum");
    }

    @Test
    void bytesThatAreCutOffAreAFault() {
        byte[] whole = EVERYTHING.toByteArray();
        byte[] cut = Arrays.copyOf(whole, whole.length - 1);

        assertThatIllegalArgumentException().isThrownBy(() -> Constraints.violations(VirtualHost.getDescriptor(), cut));
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

        assertThat(references(listener))
                .extracting(Object::toString)
                .singleElement()
                .asString()
                .contains("ROUTE", "inbound");
        assertThat(references(RouteConfiguration.newBuilder()
                        .addVirtualHosts(EVERYTHING)
                        .build()))
                .extracting(reference -> reference.type())
                .containsExactly(TypeUrl.CLUSTER);
    }

    private static List<String> violations(Message message) {
        return Constraints.violations(message.getDescriptorForType(), message.toByteArray());
    }

    private static List<Reference> references(Message message) {
        return References.of(message.getDescriptorForType(), message.toByteArray());
    }
}
