package io.higuma.xds;

import static io.higuma.model.wire.TypeUrl.CLUSTER;
import static io.higuma.model.wire.TypeUrl.ENDPOINT;
import static io.higuma.model.wire.TypeUrl.LISTENER;
import static io.higuma.model.wire.TypeUrl.ROUTE;
import static io.higuma.model.wire.TypeUrl.SECRET;

import io.higuma.model.wire.ProxyConfig;
import io.higuma.model.wire.ResourceSet;
import io.higuma.model.wire.TypeUrl;
import io.higuma.model.wire.WireResource;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// One ADS stream as a state machine without input, output or time. Owner: the stream's event loop.
///
/// Every step recomputes from the state of the types that are not at rest what may go out now, so a newer
/// configuration simply replaces the older one, as soon as no listener gives way to another:
///
/// | what | goes out when |
/// |---|---|
/// | added or changed clusters, endpoints, secrets | at once, clusters before endpoints |
/// | listeners, and with them those that go | no cluster and no endpoint is under way or waiting |
/// | routes | the same, and no listener |
/// | removals: listeners, routes, clusters, endpoints, secrets | nothing else is under way; each after the
/// one before |
///
/// Endpoints do not wait for the acknowledgement of clusters: once it is up, Envoy withholds that
/// acknowledgement until the new clusters are warm, for which it needs the endpoints. The order
/// within the stream is enough, because Envoy handles one message after the other. Nothing leads to a
/// listener, so those that go need not wait; and they must not where new ones come: a port that got
/// another name is another listener at the same place, and Envoy takes it only if the old one goes in
/// the same response, where it removes first; [Places] has the rarer case that the old one moves. Clusters and
/// endpoints are not removed while a listener or route is refused: the one that Envoy runs instead
/// may still lead to them.
@SuppressWarnings("EnumOrdinal") // places in an array and in a set of bits that nobody else sees
public final class AdsStream {

    /// Which of the two protocol variants the client speaks.
    public enum Variant {
        DELTA,
        STATE_OF_THE_WORLD
    }

    private static final TypeUrl[] TYPES = TypeUrl.values();
    private static final List<TypeUrl> ADDITIONS = List.of(CLUSTER, ENDPOINT, SECRET, LISTENER, ROUTE);
    private static final List<TypeUrl> REMOVALS = List.of(LISTENER, ROUTE, CLUSTER, ENDPOINT, SECRET);
    private static final List<TypeUrl> ORDERED = List.of(CLUSTER, ENDPOINT, LISTENER, ROUTE);

    private final Variant variant;
    private final int maxNames;
    private final int maxResponseBytes;
    private final Differences differences;
    private final Subscription[] subscriptions = new Subscription[TYPES.length];
    /// A bit for each type of which something may have to be sent, answered or reported. Of the others the client holds
    /// what it should, so most steps look at one of the types.
    private int restless = (1 << TYPES.length) - 1;
    private @Nullable ProxyConfig target;
    /// What the proxy shall hold after `target`; null if there is nothing newer.
    private @Nullable ProxyConfig newest;
    /// Whether listeners went to make room, and may not have come again.
    private boolean exchanging;
    private final Tally tally = new Tally();
    private long settled = Long.MIN_VALUE;
    private boolean introduced;
    private long nonces;
    private List<Action> actions = new ArrayList<>();

    /// @param maxNames how many names a client may subscribe to, over all types
    /// @param maxResponseBytes where a response is cut; one larger resource goes alone
    public AdsStream(Variant variant, int maxNames, int maxResponseBytes, Differences differences) {
        this.variant = variant;
        this.maxNames = maxNames;
        this.maxResponseBytes = maxResponseBytes;
        this.differences = differences;
        for (TypeUrl type : TYPES) {
            subscriptions[type.ordinal()] = new Subscription(type);
        }
    }

    /// The client said something. Types we do not serve are passed over: the client waits, as the protocol
    /// has it.
    public List<Action> received(Request request) {
        TypeUrl type = TypeUrl.of(request.typeUrl()).orElse(null);
        if (type == null) {
            return List.of();
        }
        Subscription subscription = disturb(type);
        answer(type, subscription, request);
        switch (variant) {
            case DELTA -> subscription.delta(request);
            case STATE_OF_THE_WORLD -> subscription.replaceNames(request);
        }
        if (!request.subscribe().isEmpty() && nameCount() > maxNames) {
            actions.add(new Action.End(new Refusal(
                    Refusal.Code.RESOURCE_EXHAUSTED, "more than " + maxNames + " names subscribed on one stream")));
            return finish();
        }
        advance();
        return finish();
    }

    private int nameCount() {
        int names = 0;
        for (Subscription each : subscriptions) {
            names += each.nameCount();
        }
        return names;
    }

    /// The proxy shall hold this from now on.
    public List<Action> offered(ProxyConfig config) {
        newest = config;
        advance();
        return finish();
    }

    /// Aims at the newest configuration. One with other clusters waits while listeners give way to each other: their
    /// ports are closed, and they would have to wait until those clusters are warm.
    private void aim() {
        if (exchanging && still(LISTENER)) {
            exchanging = false;
        }
        ProxyConfig next = newest;
        ProxyConfig before = target;
        if (next == null
                || (exchanging && before != null && !before.set(CLUSTER).equals(next.set(CLUSTER)))) {
            return;
        }
        newest = null;
        target = next;
        for (TypeUrl type : TYPES) {
            ResourceSet set = next.set(type);
            if (isRestless(type) || before == null || before.set(type) != set) {
                disturb(type).aim(set, differences);
            }
        }
    }

    /// The client had time enough to speak of every type it uses. Without this call, a client that
    /// comes back with clusters but uses no routes would keep the clusters that are gone.
    public List<Action> introduced() {
        introduced = true;
        advance();
        return finish();
    }

    /// A response became this many bytes.
    public void wrote(TypeUrl type, int bytes) {
        tally.add(type, Tally.Of.BYTES, bytes);
    }

    /// What went over the stream so far.
    public Tally tally() {
        return tally;
    }

    private List<Action> finish() {
        List<Action> done = actions;
        actions = new ArrayList<>();
        return done;
    }

    private Subscription subscription(TypeUrl type) {
        return subscriptions[type.ordinal()];
    }

    private boolean isRestless(TypeUrl type) {
        return (restless & 1 << type.ordinal()) != 0;
    }

    /// The subscription of a type of which something changes.
    private Subscription disturb(TypeUrl type) {
        restless |= 1 << type.ordinal();
        return subscription(type);
    }

    /// Handles the nonce. An answer to an older response says nothing about the one under way; the
    /// names it brings are the newest all the same, because requests arrive in order.
    private void answer(TypeUrl type, Subscription subscription, Request request) {
        Response response = subscription.inFlight();
        if (response != null && response.nonce().equals(request.nonce())) {
            if (request.error().isEmpty()) {
                tally.add(type, Tally.Of.ACCEPTED, 1);
                subscription.accept(response);
            } else {
                tally.add(type, Tally.Of.REFUSED, 1);
                String message = request.error().get();
                List<String> names = subscription.refuse(response, message);
                if (type == LISTENER && Places.refused(subscription, response, message)) {
                    return;
                }
                actions.add(new Action.Rejected(type, response.revision(), names, message));
                subscription.reported = target != null && target.revision() == response.revision();
            }
        }
    }

    private void advance() {
        aim();
        ProxyConfig config = target;
        if (config == null) {
            return;
        }
        for (TypeUrl type : ADDITIONS) {
            if (isRestless(type)) {
                Subscription subscription = subscription(type);
                if (subscription.requested() && !subscription.waiting() && free(type)) {
                    add(type, subscription, config.revision());
                }
            }
        }
        calm();
        if (restless != 0) {
            if (nothingOrderedIsLeft()) {
                remove(config);
            }
            report(config);
        } else if (settled < config.revision()) {
            settled = config.revision();
            actions.add(new Action.Settled(settled));
        }
    }

    /// Finds the types of which nothing is left to do.
    private void calm() {
        for (TypeUrl type : TYPES) {
            if (isRestless(type)) {
                Subscription subscription = subscription(type);
                boolean done = type.wildcard() ? rooted(type) : subscription.inPlace();
                if (done && !subscription.hasRefused()) {
                    restless &= ~(1 << type.ordinal());
                }
            }
        }
    }

    private boolean nothingOrderedIsLeft() {
        for (TypeUrl type : ORDERED) {
            if (!still(type)) {
                return false;
            }
        }
        return true;
    }

    /// Whether additions of the type may go out.
    private boolean free(TypeUrl type) {
        return switch (type) {
            case CLUSTER, ENDPOINT, SECRET -> true;
            case LISTENER -> still(CLUSTER) && still(ENDPOINT);
            case ROUTE -> still(CLUSTER) && still(ENDPOINT) && still(LISTENER);
        };
    }

    private boolean still(TypeUrl type) {
        if (!isRestless(type)) {
            return true;
        }
        Subscription subscription = subscription(type);
        return !subscription.waiting() && !subscription.hasAdditions();
    }

    private void add(TypeUrl type, Subscription subscription, long revision) {
        if (!subscription.hasAdditions()) {
            return;
        }
        if (type == LISTENER) {
            List<String> inTheWay = Places.inTheWay(subscription);
            if (!inTheWay.isEmpty()) {
                clear(subscription, revision, inTheWay);
                return;
            }
        }
        Additions additions = subscription.additions(maxResponseBytes);
        List<String> leaving = type == LISTENER ? subscription.removals(maxResponseBytes) : List.of();
        if (variant == Variant.DELTA) {
            List<String> removed = new ArrayList<>(additions.missing());
            removed.addAll(leaving);
            send(subscription, type, revision, additions.resources(), removed);
        } else if (type.wildcard()) {
            leaving.forEach(subscription::knowsAbsent);
            sendWhole(subscription, type, revision, subscription.outgoing());
        } else {
            additions.missing().forEach(subscription::knowsAbsent);
            sendChanged(subscription, type, revision, additions.resources());
        }
        if (type == CLUSTER) {
            warmAgain(additions.resources());
        }
    }

    /// Lets listeners go that come again in the next response. All others stay as the client holds them.
    private void clear(Subscription listeners, long revision, List<String> names) {
        exchanging = true;
        listeners.spellOut();
        List<WireResource> rest = List.of();
        String version = "";
        if (variant == Variant.STATE_OF_THE_WORLD) {
            SortedMap<String, WireResource> others = listeners.held.outside(ResourceSet.EMPTY);
            names.forEach(others::remove);
            rest = List.copyOf(others.values());
            version = Response.versionOf(rest);
        }
        emit(listeners, new Response(variant, LISTENER, nonce(), revision, rest, names, version));
    }

    /// Envoy warms a changed cluster anew and waits for its endpoints, but does not ask for a name it is
    /// subscribed to. What is under way reaches it before the cluster, so it does not count.
    private void warmAgain(List<WireResource> clusters) {
        Subscription endpoints = subscription(ENDPOINT);
        if (endpoints.requested() && !clusters.isEmpty()) {
            disturb(ENDPOINT)
                    .sendAgain(clusters.stream().map(ResponseCodec::endpointsOf).toList());
        }
    }

    /// State of the world for clusters and listeners: what is left out is thereby removed, so what goes later
    /// is kept.
    private void sendWhole(
            Subscription subscription, TypeUrl type, long revision, SortedMap<String, WireResource> resources) {
        for (WireResource resource : subscription.target().resources()) {
            if (subscription.wants(resource.name())) {
                resources.put(resource.name(), resource);
            }
        }
        List<WireResource> all = List.copyOf(resources.values());
        String version = Response.versionOf(all);
        if (subscription.claims(version, all)) {
            return;
        }
        emit(subscription, new Response(variant, type, nonce(), revision, all, List.of(), version));
        subscription.additions(Integer.MAX_VALUE).missing().forEach(subscription::knowsAbsent);
    }

    /// State of the world for what is asked by name: only what changed. A version that the client
    /// brings from an earlier stream proves nothing here, because it says nothing of the names it
    /// was about.
    private void sendChanged(Subscription subscription, TypeUrl type, long revision, List<WireResource> changed) {
        if (changed.isEmpty()) {
            return;
        }
        List<WireResource> wanted = new ArrayList<>();
        for (WireResource resource : subscription.target().resources()) {
            if (subscription.wants(resource.name())) {
                wanted.add(resource);
            }
        }
        String version = Response.versionOf(wanted);
        emit(subscription, new Response(variant, type, nonce(), revision, changed, List.of(), version));
    }

    private void remove(ProxyConfig config) {
        for (TypeUrl type : REMOVALS) {
            Subscription subscription = subscription(type);
            if (subscription.waiting() || ((type == CLUSTER || type == ENDPOINT) && !referrersKnown())) {
                return;
            }
            List<String> names = subscription.requested() ? subscription.removals(maxResponseBytes) : List.of();
            if (names.isEmpty()) {
                continue;
            }
            if (variant == Variant.DELTA) {
                send(subscription, type, config.revision(), List.of(), names);
            } else if (type.wildcard()) {
                names.forEach(subscription::knowsAbsent);
                sendWhole(subscription, type, config.revision(), new TreeMap<>());
            } else {
                names.forEach(subscription::knowsAbsent);
                continue;
            }
            if (subscription.waiting()) {
                return;
            }
        }
    }

    /// After a reconnect the client still runs listeners and routes of which it may not have spoken yet.
    private boolean referrersKnown() {
        Subscription listeners = subscription(LISTENER);
        Subscription routes = subscription(ROUTE);
        if (listeners.hasRefused() || routes.hasRefused()) {
            return false;
        }
        return introduced || !subscription(CLUSTER).resumed() || (listeners.requested() && routes.requested());
    }

    private void send(
            Subscription subscription,
            TypeUrl type,
            long revision,
            List<WireResource> resources,
            List<String> removed) {
        emit(subscription, new Response(variant, type, nonce(), revision, resources, removed, ""));
    }

    private void emit(Subscription subscription, Response response) {
        tally.add(response.type(), Tally.Of.SENT, 1);
        tally.add(response.type(), Tally.Of.RESOURCES, response.resources().size());
        subscription.sent(response);
        actions.add(new Action.Send(response));
    }

    private String nonce() {
        return Long.toString(++nonces, Character.MAX_RADIX);
    }

    /// Says what is new about the state of the client: that all is in place, or what it refuses. What a client asks for
    /// by name follows from another type, so it cannot be in place before that one is.
    private void report(ProxyConfig config) {
        boolean clusters = rooted(CLUSTER);
        boolean listeners = rooted(LISTENER);
        boolean all = reported(CLUSTER, clusters, config);
        all &= reported(ENDPOINT, clusters && subscription(ENDPOINT).inPlace(), config);
        all &= reported(LISTENER, listeners, config);
        all &= reported(ROUTE, listeners && subscription(ROUTE).inPlace(), config);
        all &= reported(SECRET, clusters && listeners && subscription(SECRET).inPlace(), config);
        if (all && settled < config.revision()) {
            settled = config.revision();
            actions.add(new Action.Settled(settled));
        }
    }

    /// Whether nothing is left to do of a type that no other leads to.
    private boolean rooted(TypeUrl type) {
        Subscription subscription = subscription(type);
        return (subscription.requested() || subscription.target().size() == 0) && subscription.inPlace();
    }

    /// @param done whether nothing of the type is left to do; what is refused may be so for good
    /// @return whether the client runs what it should of this type
    private boolean reported(TypeUrl type, boolean done, ProxyConfig config) {
        Subscription subscription = subscription(type);
        if (!done || !subscription.hasRefused()) {
            return done;
        }
        if (!subscription.reported) {
            subscription.reported = true;
            actions.add(new Action.StillRejected(
                    type, config.revision(), subscription.refusedNames(), subscription.refusal()));
        }
        return false;
    }
}
