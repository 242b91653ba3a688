package io.higuma.xds;

import static io.higuma.model.wire.TypeUrl.CLUSTER;
import static io.higuma.model.wire.TypeUrl.ENDPOINT;
import static io.higuma.model.wire.TypeUrl.LISTENER;
import static io.higuma.model.wire.TypeUrl.ROUTE;
import static org.assertj.core.api.Assertions.assertThat;

import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.higuma.model.wire.Bytes;
import io.higuma.model.wire.ProxyConfig;
import io.higuma.model.wire.ResourceSet;
import io.higuma.model.wire.TypeUrl;
import io.higuma.model.wire.WireResource;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A route moves from one cluster to another: the new one is there and warm before the route names
/// it, the old one stays until nobody names it. The client is an Envoy with one listener and one
/// route; it answers when the test says so.
class MakeBeforeBreakTest {

    private AdsStream stream = new AdsStream(AdsStream.Variant.DELTA, 100, 1 << 20, new Differences());
    private final List<Response> wire = new ArrayList<>();
    private ProxyConfig offered = new ProxyConfig(0, Map.of());
    private long revision;
    private long settled;
    /// What was said to be refused.
    private final List<String> told = new ArrayList<>();

    @BeforeEach
    void theClientRunsARouteToA() {
        ask(CLUSTER, List.of());
        ask(LISTENER, List.of());
        offer("a", "a");
        accept(CLUSTER);
        ask(ENDPOINT, List.of("a"));
        accept(ENDPOINT);
        accept(LISTENER);
        ask(ROUTE, List.of("route"));
        accept(ROUTE);
        assertThat(wire).isEmpty();
    }

    @Test
    void aRouteWaitsUntilTheNewClusterAndItsEndpointsAreAcknowledged() {
        offer("b", "a", "b");

        assertThat(sent()).containsExactly("CLUSTER b");
        ask(ENDPOINT, List.of("b"));
        assertThat(sent()).containsExactly("CLUSTER b", "ENDPOINT b");

        accept(ENDPOINT);
        assertThat(sent()).as("the cluster is not warm yet").containsExactly("CLUSTER b");
        accept(CLUSTER);
        assertThat(sent()).containsExactly("ROUTE route");
    }

    @Test
    void endpointsUnderWayHoldTheRouteBackAfterTheClusterIsAcknowledged() {
        offer("b", "a", "b");
        ask(ENDPOINT, List.of("b"));

        accept(CLUSTER);

        assertThat(sent()).containsExactly("ENDPOINT b");
        accept(ENDPOINT);
        assertThat(sent()).containsExactly("ROUTE route");
    }

    @Test
    void theOldClusterGoesWhenTheRouteThatLeftItIsAcknowledged() {
        offer("b", "b");
        ask(ENDPOINT, List.of("b"));
        accept(ENDPOINT);
        accept(CLUSTER);
        assertThat(sent()).as("a is still named").containsExactly("ROUTE route");

        accept(ROUTE);

        assertThat(sent()).containsExactly("CLUSTER -a");
        accept(CLUSTER);
        assertThat(sent()).containsExactly("ENDPOINT -a");
    }

    @Test
    void nothingIsRemovedWhileTheRouteThatLeavesItIsRefused() {
        offer("b", "b");
        ask(ENDPOINT, List.of("b"));
        accept(ENDPOINT);
        accept(CLUSTER);

        answer(ROUTE, Optional.of("unknown filter"));

        assertThat(sent()).as("Envoy still runs the route to a").isEmpty();
        offer("b", "b", "c");
        assertThat(sent()).containsExactly("CLUSTER c");
    }

    @Test
    void aRouteThatTurnsBackUnderWayLosesNoCluster() {
        offer("b", "b");
        ask(ENDPOINT, List.of("b"));
        accept(ENDPOINT);
        accept(CLUSTER);
        assertThat(sent()).containsExactly("ROUTE route");

        offer("a", "a");

        assertThat(sent()).as("b may be named any moment, a is named").containsExactly("ROUTE route");
        accept(ROUTE);
        assertThat(sent()).as("back to a, before b goes").containsExactly("ROUTE route");
        accept(ROUTE);
        assertThat(sent()).containsExactly("CLUSTER -b");
    }

    @Test
    void ofManyChangesInARowTheLastIsServedAndNoneBreaks() {
        offer("b", "a", "b");
        offer("c", "a", "c");
        offer("b", "a", "b", "c");

        assertThat(sent()).containsExactly("CLUSTER b");
        ask(ENDPOINT, List.of("b"));
        accept(CLUSTER);
        assertThat(sent()).containsExactly("ENDPOINT b", "CLUSTER c");
        ask(ENDPOINT, List.of("c"));
        accept(ENDPOINT);
        accept(ENDPOINT);
        accept(CLUSTER);
        assertThat(sent()).containsExactly("ROUTE route");
    }

    @Test
    void aChangedWeightIsOneRouteConfiguration() {
        offer("a,b", "a", "b");
        ask(ENDPOINT, List.of("b"));
        accept(ENDPOINT);
        accept(CLUSTER);
        accept(ROUTE);

        offer("a,b,b", "a", "b");

        assertThat(sent()).containsExactly("ROUTE route");
        accept(ROUTE);
        assertThat(sent()).isEmpty();
    }

    /// Envoy takes no two listeners at one place, and of one response it takes what goes before what comes.
    @Test
    void aListenerThatTakesThePlaceOfAnotherComesTogetherWithItsEnd() {
        offerListener("renamed", "a", "a");

        assertThat(sent()).containsExactly("LISTENER renamed-listener");
        accept(LISTENER);
        assertThat(sent()).isEmpty();
    }

    /// The same, and of one response it takes no name twice.
    @Test
    void listenersThatExchangeTheirPlacesGoBeforeTheyCome() {
        offerListeners("x:1", "y:2", "z:3");
        accept(LISTENER);

        offerListeners("x:2", "y:1", "z:3");

        assertThat(sent()).as("z stays").containsExactly("LISTENER -x,-y");
        accept(LISTENER);
        assertThat(sent()).containsExactly("LISTENER x,y");
        accept(LISTENER);
        assertThat(sent()).isEmpty();
        assertThat(settled).isEqualTo(revision);
    }

    @Test
    void listenersThatMoveInACircleGoBeforeTheyCome() {
        offerListeners("x:1", "y:2", "z:3");
        accept(LISTENER);

        offerListeners("x:2", "y:3", "z:1");

        assertThat(sent()).containsExactly("LISTENER -x,-y,-z");
        accept(LISTENER);
        assertThat(sent()).containsExactly("LISTENER x,y,z");
    }

    @Test
    void onlyWhatIsInTheWayGoesBefore() {
        offerListeners("x:1", "y:2", "z:3");
        accept(LISTENER);

        offerListeners("w:1", "x:2", "y:4");

        assertThat(sent()).as("the place of z is not wanted").containsExactly("LISTENER -x,-y");
        accept(LISTENER);
        assertThat(sent()).containsExactly("LISTENER w,x,y-z");
    }

    @Test
    void aListenerThatMovesToAFreePlaceSimplyMoves() {
        offerListeners("x:1", "y:2");
        accept(LISTENER);

        offerListeners("x:3", "y:2");

        assertThat(sent()).containsExactly("LISTENER x");
    }

    @Test
    void listenersThatTurnBackOnTheWayComeToWhereTheyWere() {
        offerListeners("x:1", "y:2");
        accept(LISTENER);
        offerListeners("x:2", "y:1");
        assertThat(sent()).containsExactly("LISTENER -x,-y");

        offerListeners("x:1", "y:2");

        accept(LISTENER);
        assertThat(sent()).containsExactly("LISTENER x,y");
    }

    /// Their ports are closed, and Envoy would take no listener before the new cluster is warm.
    @Test
    void listenersThatGaveWayComeBeforeANewerConfigurationBringsClusters() {
        offerListeners("x:1", "y:2");
        accept(LISTENER);
        offerListeners("x:2", "y:1");
        assertThat(sent()).containsExactly("LISTENER -x,-y");

        offer(List.of(listener("x:2"), listener("y:3")), "a", "a", "b");
        offer(List.of(listener("x:2"), listener("y:4")), "a", "a", "c");
        assertThat(sent()).containsExactly("LISTENER -x,-y");

        accept(LISTENER);
        assertThat(sent()).containsExactly("LISTENER x,y");
        accept(LISTENER);
        assertThat(sent()).containsExactly("CLUSTER c");
        ask(ENDPOINT, List.of("c"));
        accept(CLUSTER);
        accept(ENDPOINT);
        assertThat(sent()).containsExactly("LISTENER y");
        accept(LISTENER);
        assertThat(settled).isEqualTo(revision);
    }

    /// Where listeners are that the client brings along is not known, so the first try is the usual one.
    @Test
    void listenersOfAnEarlierStreamThatAreInTheWayGoOnceEnvoySaysSo() {
        offerListeners("x:1", "y:2");
        accept(LISTENER);
        stream = new AdsStream(AdsStream.Variant.DELTA, 100, 1 << 20, new Differences());
        settled = 0;
        ask(CLUSTER, List.of(), versions(CLUSTER));
        ask(ENDPOINT, List.of("a"), versions(ENDPOINT));
        ask(LISTENER, List.of(), versions(LISTENER));
        ask(ROUTE, List.of("route"), versions(ROUTE));

        offerListeners("w:3", "x:2", "y:1");
        assertThat(sent()).containsExactly("LISTENER w,x,y");
        answer(
                LISTENER,
                Optional.of("Error adding/updating listener(s) x: error adding listener: 'x' has duplicate"
                        + " address '127.0.0.1:2' as existing listener, to check if …"));

        assertThat(sent()).containsExactly("LISTENER -x,-y");
        accept(LISTENER);
        assertThat(sent()).containsExactly("LISTENER w,x,y");
        accept(LISTENER);
        assertThat(sent()).isEmpty();
        assertThat(told).isEmpty();
        assertThat(settled).isEqualTo(revision);
    }

    @Test
    void aPlaceThatIsRefusedAgainStaysRefused() {
        offerListeners("x:1", "y:2");
        accept(LISTENER);
        stream = new AdsStream(AdsStream.Variant.DELTA, 100, 1 << 20, new Differences());
        ask(LISTENER, List.of(), versions(LISTENER));
        String words = "error adding listener: 'x' has duplicate address '127.0.0.1:3' as existing listener";

        offerListeners("x:3", "y:2");
        answer(LISTENER, Optional.of(words));
        accept(LISTENER);
        answer(LISTENER, Optional.of(words));

        assertThat(sent()).isEmpty();
        assertThat(told).containsExactly(words);
    }

    /// Nobody else may know why, such as a port that another process has.
    @Test
    void aListenerThatIsRefusedTogetherWithTheEndOfAnotherIsForgottenWhenAThirdComes() {
        // Given a listener that Envoy refuses, and the end of the old one in the same response
        offerListener("taken", "a", "a");
        assertThat(sent()).containsExactly("LISTENER taken-listener");
        answer(LISTENER, Optional.of("cannot bind"));

        // When the end was told once more, and the next listener is one that Envoy takes
        assertThat(sent()).containsExactly("LISTENER -listener");
        accept(LISTENER);
        settled = 0;
        offerListener("free", "a", "a");
        assertThat(sent()).containsExactly("LISTENER free-taken");
        accept(LISTENER);

        // Then all is in place again
        assertThat(sent()).isEmpty();
        assertThat(settled).isEqualTo(revision);
    }

    /// Envoy warms the changed cluster anew, and endpoints that it read before that are not
    /// enough: without more of them it would wait for 15 seconds, and acknowledge nothing
    /// meanwhile.
    @Test
    void aClusterThatChangesWhileItsFirstEndpointsAreUnderWayGetsThemAgain() {
        offer("a", "a", "b");
        ask(ENDPOINT, List.of("b"));
        assertThat(sent()).containsExactly("CLUSTER b", "ENDPOINT b");

        offer("a", "a", "b'");
        accept(CLUSTER);
        assertThat(sent()).containsExactly("ENDPOINT b", "CLUSTER b");
        accept(ENDPOINT);

        assertThat(sent()).containsExactly("CLUSTER b", "ENDPOINT b");
    }

    /// A configuration with these clusters, one listener, and one route that leads to `target`. A
    /// cluster with a tick is another version of the one without.
    private void offer(String target, String... clusters) {
        offerListener("listener", target, clusters);
    }

    private void offerListener(String listener, String target, String... clusters) {
        offer(List.of(WireResource.of(LISTENER, listener, text(listener))), target, clusters);
    }

    /// @param places each as `name:port`
    private void offerListeners(String... places) {
        offer(Arrays.stream(places).map(MakeBeforeBreakTest::listener).toList(), "a", "a");
    }

    private static WireResource listener(String place) {
        String name = place.substring(0, place.indexOf(':'));
        int port = Integer.parseInt(place.substring(place.indexOf(':') + 1));
        return ModelListeners.listener(name, "", port);
    }

    private void offer(List<WireResource> listeners, String target, String... clusters) {
        revision++;
        List<WireResource> made = Arrays.stream(clusters)
                .map(name -> WireResource.of(CLUSTER, plain(name), cluster(name)))
                .toList();
        List<WireResource> members = Arrays.stream(clusters)
                .map(name -> WireResource.of(ENDPOINT, plain(name), text("members of " + plain(name))))
                .toList();
        offered = new ProxyConfig(
                revision,
                Map.of(
                        CLUSTER, ResourceSet.of(made),
                        ENDPOINT, ResourceSet.of(members),
                        LISTENER, ResourceSet.of(listeners),
                        ROUTE, ResourceSet.of(List.of(WireResource.of(ROUTE, "route", text(target))))));
        perform(stream.offered(offered));
    }

    private static Bytes cluster(String name) {
        return Bytes.wrap(Cluster.newBuilder()
                .setName(plain(name))
                .setAltStatName(name)
                .setType(Cluster.DiscoveryType.EDS)
                .build()
                .toByteArray());
    }

    private static String plain(String name) {
        return name.replace("'", "");
    }

    private static Bytes text(String text) {
        return Bytes.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    private void ask(TypeUrl type, List<String> names) {
        ask(type, names, Map.of());
    }

    private void ask(TypeUrl type, List<String> names, Map<String, String> versions) {
        perform(stream.received(
                new Request(type.url(), Optional.empty(), names, List.of(), versions, "", "", Optional.empty())));
    }

    /// What a client that comes back says it holds: all that was offered last.
    private Map<String, String> versions(TypeUrl type) {
        Map<String, String> versions = new TreeMap<>();
        offered.set(type).resources().forEach(resource -> versions.put(resource.name(), resource.version()));
        return versions;
    }

    private void accept(TypeUrl type) {
        answer(type, Optional.empty());
    }

    private void answer(TypeUrl type, Optional<String> error) {
        Response response = wire.stream()
                .filter(each -> each.type() == type)
                .findFirst()
                .orElseThrow(() -> new AssertionError("no response of " + type + " is under way: " + sent()));
        wire.remove(response);
        perform(stream.received(new Request(
                type.url(), Optional.empty(), List.of(), List.of(), Map.of(), "", response.nonce(), error)));
    }

    private void perform(List<Action> actions) {
        for (Action action : actions) {
            switch (action) {
                case Action.Send(Response response) -> wire.add(response);
                case Action.Settled(long newest) -> settled = newest;
                case Action.Rejected rejected -> told.add(rejected.message());
                default -> {}
            }
        }
    }

    /// What is under way, oldest first; a minus for what is removed.
    private List<String> sent() {
        return wire.stream()
                .map(response -> response.type()
                        + " "
                        + String.join(
                                ",",
                                response.resources().stream()
                                        .map(WireResource::name)
                                        .toList())
                        + String.join(
                                ",",
                                response.removed().stream()
                                        .map(name -> "-" + name)
                                        .toList()))
                .toList();
    }
}
