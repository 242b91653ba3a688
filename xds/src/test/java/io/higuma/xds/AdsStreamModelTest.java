package io.higuma.xds;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
import io.higuma.model.wire.Bytes;
import io.higuma.model.wire.ProxyConfig;
import io.higuma.model.wire.ResourceSet;
import io.higuma.model.wire.TypeUrl;
import io.higuma.model.wire.WireResource;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Random scripts of configurations, slow answers, refusals, changing subscriptions and reconnects
/// against a client that does what Envoy does. Routes and listeners name the clusters they lead to.
class AdsStreamModelTest {

    private static final int SEEDS = 4_000;

    @ParameterizedTest
    @EnumSource(AdsStream.Variant.class)
    void afterQuiescenceTheClientHoldsWhatItWantsAndNeverMissedACluster(AdsStream.Variant variant) throws Exception {
        int overtaken = 0;
        for (int seed = 0; seed < SEEDS; seed++) {
            Script script = new Script(new Random(seed), variant);
            try {
                script.run();
            } catch (AssertionError e) {
                throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
            }
            overtaken += script.listeners.overtaken();
        }
        assertThat(overtaken).as("exchanges that were overtaken").isGreaterThan(50);
    }

    private static final class Script {
        private final Random random;
        private final AdsStream.Variant variant;
        private final Differences differences = new Differences();
        private final Map<TypeUrl, SortedMap<String, String>> held = new EnumMap<>(TypeUrl.class);
        private final Map<TypeUrl, Set<String>> subscribed = new EnumMap<>(TypeUrl.class);
        private final Deque<Response> wire = new ArrayDeque<>();
        private final Deque<Request> requests = new ArrayDeque<>();
        private final Set<TypeUrl> requested = EnumSet.noneOf(TypeUrl.class);
        private long settled;
        private final Map<TypeUrl, String> lastVersion = new EnumMap<>(TypeUrl.class);
        private final Map<TypeUrl, String> lastNonce = new EnumMap<>(TypeUrl.class);
        private final EnumMap<TypeUrl, Integer> underWay = new EnumMap<>(TypeUrl.class);
        /// Endpoints that the client threw away itself and asked for again.
        private final Set<String> droppedByChoice = new TreeSet<>();
        private AdsStream stream;
        private final ModelListeners listeners = new ModelListeners();
        private ProxyConfig config = new ProxyConfig(0, Map.of());
        private boolean refusing;
        private boolean everRefused;
        /// A state-of-the-world client does not say what it brings along, so after a reconnect the
        /// server cannot keep for a while what is gone from the configuration.
        private boolean blind;

        Script(Random random, AdsStream.Variant variant) {
            this.random = random;
            this.variant = variant;
            for (TypeUrl type : TypeUrl.values()) {
                held.put(type, new TreeMap<>());
                subscribed.put(type, new TreeSet<>());
            }
            stream = newStream();
        }

        private AdsStream newStream() {
            return new AdsStream(variant, 1000, 400, differences);
        }

        void run() throws Exception {
            connect();
            boolean mayRefuse = random.nextInt(4) == 0;
            int steps = 5 + random.nextInt(40);
            for (int step = 0; step < steps; step++) {
                switch (random.nextInt(10)) {
                    case 0, 1, 2 -> offer();
                    case 3 -> {
                        if (random.nextInt(5) == 0) {
                            blind = variant == AdsStream.Variant.STATE_OF_THE_WORLD;
                            connect();
                        }
                    }
                    case 4 -> resubscribe();
                    case 5 -> {
                        refusing = mayRefuse && random.nextInt(3) == 0;
                        everRefused |= refusing;
                    }
                    default -> step();
                }
            }
            refusing = false;
            // Everything changes once more, so what was refused is offered anew.
            offer();
            quiesce();
            perform(stream.introduced());
            quiesce();
            check();
            // From one configuration that the client has to the next, with one that is overtaken on the way.
            for (int round = 0; round < 2; round++) {
                offer();
                for (int left = random.nextInt(12); left > 0; left--) {
                    step();
                }
                offer();
                quiesce();
                check();
            }
            reconnectIsSilent();
        }

        private void offer() throws Exception {
            long revision = config.revision() + 1;
            Set<String> clusters = new TreeSet<>();
            Map<TypeUrl, List<WireResource>> resources = new EnumMap<>(TypeUrl.class);
            for (TypeUrl type : TypeUrl.values()) {
                resources.put(type, new ArrayList<>());
            }
            for (int i = 0; i < 5; i++) {
                if (random.nextInt(3) > 0) {
                    String name = "c" + i;
                    clusters.add(name);
                    resources.get(TypeUrl.CLUSTER).add(WireResource.of(TypeUrl.CLUSTER, name, cluster(name)));
                    resources
                            .get(TypeUrl.ENDPOINT)
                            .add(WireResource.of(TypeUrl.ENDPOINT, name, text("e" + random.nextInt(3))));
                }
            }
            List<String> known = List.copyOf(clusters);
            List<Integer> places = new ArrayList<>(List.of(1, 2, 3));
            if (random.nextInt(3) == 0) {
                Collections.shuffle(places, random);
            }
            for (int i = 0; i < 3 && !known.isEmpty(); i++) {
                String route = "r" + i;
                String target = known.get(random.nextInt(known.size()));
                resources.get(TypeUrl.ROUTE).add(WireResource.of(TypeUrl.ROUTE, route, text(target)));
                if (random.nextBoolean()) {
                    String direct = known.get(random.nextInt(known.size()));
                    resources
                            .get(TypeUrl.LISTENER)
                            .add(ModelListeners.listener("l" + i, direct + "," + route + ",s" + i, places.get(i)));
                    resources
                            .get(TypeUrl.SECRET)
                            .add(WireResource.of(TypeUrl.SECRET, "s" + i, text("key" + random.nextInt(2))));
                }
            }
            Map<TypeUrl, ResourceSet> sets = new EnumMap<>(TypeUrl.class);
            resources.forEach((type, all) -> {
                ResourceSet next = ResourceSet.of(all);
                sets.put(type, next.equals(config.set(type)) ? config.set(type) : next);
            });
            config = new ProxyConfig(revision, sets);
            listeners.offered(config);
            perform(stream.offered(config));
        }

        private Bytes cluster(String name) {
            return Bytes.wrap(Cluster.newBuilder()
                    .setName(name)
                    .setType(Cluster.DiscoveryType.EDS)
                    .setAltStatName(random.nextInt(4) == 0 ? "b" : "a")
                    .build()
                    .toByteArray());
        }

        /// What the client makes of a resource. Of a listener: cluster, route, secret, place.
        private static String read(WireResource resource) {
            byte[] bytes = resource.bytes().array();
            return resource.type() == TypeUrl.LISTENER
                    ? ModelListeners.read(bytes)
                    : new String(bytes, StandardCharsets.UTF_8);
        }

        private static Bytes text(String text) {
            return Bytes.wrap(text.getBytes(StandardCharsets.UTF_8));
        }

        private void connect() throws Exception {
            stream = newStream();
            wire.clear();
            requests.clear();
            requested.clear();
            listeners.bringAlong(held.get(TypeUrl.LISTENER).keySet());
            underWay.clear();
            settled = 0;
            if (variant == AdsStream.Variant.DELTA) {
                lastVersion.clear();
            }
            lastNonce.clear();
            if (random.nextBoolean() && config.revision() > 0) {
                perform(stream.offered(config));
            }
            for (TypeUrl type : TypeUrl.values()) {
                if (type.wildcard() || !subscribed.get(type).isEmpty()) {
                    ask(type, List.copyOf(subscribed.get(type)), List.of());
                }
            }
            deliverRequests();
            if (config.revision() > 0) {
                perform(stream.offered(config));
            }
        }

        private void ask(TypeUrl type, List<String> subscribe, List<String> unsubscribe) {
            Map<String, String> versions = requested.add(type) ? new TreeMap<>(held.get(type)) : Map.of();
            versions = versions.isEmpty() ? versions : versionsOnly(versions);
            List<String> names = variant == AdsStream.Variant.DELTA ? subscribe : List.copyOf(subscribed.get(type));
            requests.add(new Request(
                    type.url(),
                    Optional.empty(),
                    names,
                    unsubscribe,
                    variant == AdsStream.Variant.DELTA ? versions : Map.of(),
                    lastVersion.getOrDefault(type, ""),
                    variant == AdsStream.Variant.DELTA ? "" : lastNonce.getOrDefault(type, ""),
                    Optional.empty()));
        }

        private static Map<String, String> versionsOnly(Map<String, String> contents) {
            Map<String, String> versions = new TreeMap<>();
            contents.forEach((name, content) -> versions.put(name, content.substring(0, content.indexOf('|'))));
            return versions;
        }

        /// One refusal is told once, whatever newer revisions still hold of it.
        private void deliver(Request request) throws Exception {
            List<Action> actions = stream.received(request);
            assertThat(actions.stream()
                            .filter(Action.Rejected.class::isInstance)
                            .count())
                    .as("refusals told after %s", request)
                    .isEqualTo(request.error().isPresent() ? 1 : 0);
            perform(actions);
        }

        private void deliverRequests() throws Exception {
            while (!requests.isEmpty()) {
                deliver(requests.remove());
            }
        }

        /// Drops a name and takes it again: the server must send it once more.
        private void resubscribe() {
            if (variant != AdsStream.Variant.DELTA || !requested.contains(TypeUrl.ENDPOINT)) {
                return;
            }
            for (String name : subscribed.get(TypeUrl.ENDPOINT)) {
                held.get(TypeUrl.ENDPOINT).remove(name);
                droppedByChoice.add(name);
                ask(TypeUrl.ENDPOINT, List.of(), List.of(name));
                ask(TypeUrl.ENDPOINT, List.of(name), List.of());
                return;
            }
        }

        private void perform(List<Action> actions) throws Exception {
            for (Action action : actions) {
                switch (action) {
                    case Action.Send(Response response) -> {
                        assertThat(underWay.merge(response.type(), 1, Integer::sum))
                                .as("responses of %s under way", response.type())
                                .isEqualTo(1);
                        checkBytes(response);
                        listeners.sent(response);
                        wire.add(response);
                    }
                    case Action.Settled(long revision) -> settled = revision;
                    case Action.Rejected rejected ->
                        assertThat(everRefused).as(rejected.toString()).isTrue();
                    case Action.StillRejected still ->
                        assertThat(everRefused).as(still.toString()).isTrue();
                    case Action.End end -> throw new AssertionError(end.toString());
                }
            }
        }

        /// What was spliced by hand is what protobuf reads.
        private static void checkBytes(Response response) throws Exception {
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            for (byte[] part : ResponseCodec.encode(response)) {
                all.write(part);
            }
            List<ByteString> expected = response.resources().stream()
                    .map(resource -> ByteString.copyFrom(resource.bytes().array()))
                    .toList();
            if (response.variant() == AdsStream.Variant.DELTA) {
                DeltaDiscoveryResponse read = DeltaDiscoveryResponse.parseFrom(all.toByteArray());
                assertThat(read.getNonce()).isEqualTo(response.nonce());
                assertThat(read.getTypeUrl()).isEqualTo(response.type().url());
                assertThat(List.copyOf(read.getRemovedResourcesList())).isEqualTo(response.removed());
                assertThat(read.getResourcesList().stream()
                                .map(Resource::getName)
                                .toList())
                        .isEqualTo(response.resources().stream()
                                .map(WireResource::name)
                                .toList());
                assertThat(read.getResourcesList().stream()
                                .map(Resource::getVersion)
                                .toList())
                        .isEqualTo(response.resources().stream()
                                .map(WireResource::version)
                                .toList());
                assertThat(read.getResourcesList().stream()
                                .map(r -> r.getResource().getValue())
                                .toList())
                        .isEqualTo(expected);
            } else {
                DiscoveryResponse read = DiscoveryResponse.parseFrom(all.toByteArray());
                assertThat(read.getVersionInfo()).isEqualTo(response.version());
                assertThat(read.getResourcesList().stream()
                                .map(any -> any.getValue())
                                .toList())
                        .isEqualTo(expected);
            }
        }

        private void step() throws Exception {
            if (!requests.isEmpty() && random.nextBoolean()) {
                deliver(requests.remove());
            } else if (!wire.isEmpty()) {
                handle(wire.poll());
            }
        }

        private void handle(Response response) {
            TypeUrl type = response.type();
            lastNonce.put(type, response.nonce());
            Optional<String> error = refusing ? Optional.of("no") : Optional.empty();
            if (error.isEmpty()) {
                apply(response);
                lastVersion.put(type, response.version());
            }
            if (type == TypeUrl.CLUSTER) {
                // Envoy asks for the endpoints of new clusters before it acknowledges them.
                follow();
            }
            List<String> names = variant == AdsStream.Variant.DELTA ? List.of() : List.copyOf(subscribed.get(type));
            underWay.merge(type, -1, Integer::sum);
            requests.add(new Request(
                    type.url(),
                    Optional.empty(),
                    names,
                    List.of(),
                    Map.of(),
                    lastVersion.getOrDefault(type, ""),
                    response.nonce(),
                    error));
            follow();
        }

        private void apply(Response response) {
            SortedMap<String, String> mine = held.get(response.type());
            if (response.type() == TypeUrl.LISTENER) {
                listeners.take(response, mine, !everRefused && !blind);
            }
            if (variant == AdsStream.Variant.STATE_OF_THE_WORLD
                    && response.type().wildcard()) {
                mine.clear();
            }
            for (WireResource resource : response.resources()) {
                if (!response.type().wildcard()
                        && !subscribed.get(response.type()).contains(resource.name())) {
                    continue;
                }
                mine.put(resource.name(), resource.version() + "|" + read(resource));
            }
            response.removed().forEach(mine::remove);
            if (response.type() == TypeUrl.ROUTE || response.type() == TypeUrl.LISTENER) {
                response.resources().forEach(this::leadsToAWarmCluster);
            }
            if (!everRefused && !blind) {
                for (TypeUrl type : List.of(TypeUrl.LISTENER, TypeUrl.ROUTE)) {
                    held.get(type)
                            .forEach((name, content) -> assertThat(
                                            held.get(TypeUrl.CLUSTER).keySet())
                                    .as(
                                            "after %s %s, %s %s leads to",
                                            response.type(), response.resources(), type, name)
                                    .contains(content.substring(content.indexOf('|') + 1)
                                            .split(",")[0]));
                }
            }
        }

        /// What a new route or listener leads to has its endpoints: it can serve at once.
        private void leadsToAWarmCluster(WireResource resource) {
            String cluster = read(resource).split(",")[0];
            if (everRefused || blind || droppedByChoice.contains(cluster)) {
                return;
            }
            assertThat(held.get(TypeUrl.ENDPOINT).keySet())
                    .as("endpoints of what %s %s leads to", resource.type(), resource.name())
                    .contains(cluster);
        }

        private void follow() {
            want(TypeUrl.ENDPOINT, new TreeSet<>(held.get(TypeUrl.CLUSTER).keySet()));
            Set<String> routes = new TreeSet<>();
            Set<String> secrets = new TreeSet<>();
            held.get(TypeUrl.LISTENER).values().forEach(content -> {
                routes.add(content.substring(content.indexOf('|') + 1).split(",")[1]);
                secrets.add(content.substring(content.indexOf('|') + 1).split(",")[2]);
            });
            want(TypeUrl.ROUTE, routes);
            want(TypeUrl.SECRET, secrets);
        }

        private void want(TypeUrl type, Set<String> wanted) {
            Set<String> mine = subscribed.get(type);
            if (mine.equals(wanted)) {
                return;
            }
            List<String> added =
                    wanted.stream().filter(name -> !mine.contains(name)).toList();
            List<String> gone =
                    mine.stream().filter(name -> !wanted.contains(name)).toList();
            mine.clear();
            mine.addAll(wanted);
            held.get(type).keySet().retainAll(wanted);
            ask(type, added, gone);
        }

        private void quiesce() throws Exception {
            int bound = 10_000;
            while (!requests.isEmpty() || !wire.isEmpty()) {
                assertThat(--bound).as("steps left").isPositive();
                deliverRequests();
                if (!wire.isEmpty()) {
                    handle(wire.poll());
                }
            }
        }

        private void check() {
            for (TypeUrl type : TypeUrl.values()) {
                Map<String, String> expected = new TreeMap<>();
                config.set(type).byName().forEach((name, resource) -> {
                    if (type.wildcard() || subscribed.get(type).contains(name)) {
                        expected.put(name, resource.version() + "|" + read(resource));
                    }
                });
                if (everRefused) {
                    // What was refused at the very version that is wanted now stays away, and removals wait for it.
                    continue;
                }
                assertThat(held.get(type)).as("held of %s", type).isEqualTo(expected);
            }
            if (!everRefused) {
                assertThat(settled).as("the revision that is settled").isEqualTo(config.revision());
            }
        }

        private void reconnectIsSilent() throws Exception {
            if (everRefused) {
                return;
            }
            if (variant == AdsStream.Variant.DELTA) {
                connect();
                quiesceRequests();
                wire.removeIf(response -> held.get(response.type()).isEmpty()
                        && response.resources().isEmpty()
                        && response.removed().isEmpty());
                assertThat(wire).as("responses after a reconnect").isEmpty();
            }
        }

        private void quiesceRequests() throws Exception {
            deliverRequests();
        }
    }
}
