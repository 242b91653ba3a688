package io.higuma.testkit.xds;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Struct;
import com.linecorp.armeria.client.ClientFactory;
import com.linecorp.armeria.client.Endpoint;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaders;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpObject;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpRequestWriter;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.SessionProtocol;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
import io.higuma.model.wire.TypeUrl;
import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/// A delta ADS client that asks as Envoy asks: clusters, then the endpoints they name, then
/// listeners, then routes, and secrets as they are named. It acknowledges at once, keeps bytes and
/// versions over reconnects, and notes every moment in which something it holds refers to a cluster
/// it does not hold.
///
/// State changes on one event loop; what is read from other threads is held in concurrent collections.
public final class AdsClient implements AutoCloseable {

    private static final String METHOD =
            "/envoy.service.discovery.v3.AggregatedDiscoveryService/DeltaAggregatedResources";
    private static final ClientFactory FACTORY = ClientFactory.builder()
            .tlsNoVerify()
            .idleTimeout(Duration.ZERO)
            .connectTimeout(Duration.ofSeconds(20))
            .useHttp2Preface(true)
            .build();

    /// A resource as it came.
    public record Held(String version, ByteString bytes) {}

    /// One response, for tests that look at the order and at what is sent needlessly.
    public record Received(TypeUrl type, List<String> names, List<String> removed, int bytes) {}

    private final WebClient web;
    private final EventLoop loop;
    private final Node node;
    private final Optional<String> token;
    private final Map<TypeUrl, NavigableMap<String, Held>> held = new EnumMap<>(TypeUrl.class);
    private final Map<TypeUrl, Set<String>> subscribed = new EnumMap<>(TypeUrl.class);
    private final Set<TypeUrl> requested = EnumSet.noneOf(TypeUrl.class);
    private final List<Received> received = new CopyOnWriteArrayList<>();
    private final List<String> dangling = new CopyOnWriteArrayList<>();
    private final AtomicLong responses = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();

    private volatile Predicate<Resource> refuses = resource -> false;
    private volatile Consumer<Received> listener = response -> {};
    private volatile boolean reading = true;
    private volatile boolean recording = true;
    private volatile @Nullable String status;
    private @Nullable Stream stream;

    private AdsClient(InetSocketAddress server, Node node, Optional<String> token) {
        this.node = node;
        this.token = token;
        // A host name of its own gives every client a connection of its own, as proxies have.
        Endpoint endpoint = Endpoint.of(hostName(node.getId()), server.getPort())
                .withIpAddr(server.getAddress().getHostAddress());
        this.web = WebClient.builder(SessionProtocol.H2, endpoint)
                .factory(FACTORY)
                .responseTimeout(Duration.ZERO)
                .writeTimeout(Duration.ZERO)
                .maxResponseLength(0)
                .build();
        this.loop = FACTORY.eventLoopGroup().next();
        for (TypeUrl type : TypeUrl.values()) {
            held.put(type, new ConcurrentSkipListMap<>());
            subscribed.put(type, new TreeSet<>());
        }
    }

    private static String hostName(String nodeId) {
        return "p" + Integer.toUnsignedString(nodeId.hashCode(), 36) + ".test";
    }

    /// A client that is not connected yet.
    ///
    /// @param nodeId `<mesh>.<name>`
    public static AdsClient of(InetSocketAddress server, String nodeId) {
        return of(
                server,
                Node.newBuilder().setId(nodeId).setUserAgentName("envoy").build(),
                Optional.empty());
    }

    /// A client with a node of one's own and a token for the `authorization` header.
    public static AdsClient of(InetSocketAddress server, Node node, Optional<String> token) {
        return new AdsClient(server, node, token);
    }

    /// A node with metadata, as bootstraps of proxies carry it.
    public static Node node(String id, Struct metadata) {
        return Node.newBuilder()
                .setId(id)
                .setUserAgentName("envoy")
                .setMetadata(metadata)
                .build();
    }

    /// Opens the stream; what is held from an earlier one is announced in `initial_resource_versions`.
    public AdsClient connect() {
        loop.execute(() -> {
            status = null;
            requested.clear();
            stream = new Stream();
            ask(TypeUrl.CLUSTER, List.of(), List.of());
            if (!held(TypeUrl.CLUSTER).isEmpty()) {
                for (TypeUrl type : List.of(TypeUrl.ENDPOINT, TypeUrl.LISTENER, TypeUrl.ROUTE, TypeUrl.SECRET)) {
                    List<String> names = List.copyOf(subscribed(type));
                    if (type == TypeUrl.LISTENER || !names.isEmpty()) {
                        ask(type, names, List.of());
                    }
                }
            }
        });
        return this;
    }

    /// Ends the stream and keeps what is held.
    public void disconnect() {
        loop.execute(() -> {
            Stream open = stream;
            stream = null;
            if (open != null) {
                open.abort();
            }
        });
    }

    /// From now on refuses every response that holds such a resource, whole.
    public void refuseIf(Predicate<Resource> predicate) {
        refuses = predicate;
    }

    /// Called on the client's event loop for every response, before it is acknowledged.
    public void onResponse(Consumer<Received> heard) {
        listener = heard;
    }

    /// Whether [#received] grows; off for load.
    public void record(boolean on) {
        recording = on;
    }

    /// Takes nothing more from the socket than what its buffers hold, until [#resumeReading].
    public void stopReading() {
        reading = false;
    }

    public void resumeReading() {
        reading = true;
        loop.execute(() -> {
            Stream open = stream;
            if (open != null) {
                open.demand();
            }
        });
    }

    /// What the client holds of a type, by name; a live view.
    public NavigableMap<String, Held> held(TypeUrl type) {
        return java.util.Objects.requireNonNull(held.get(type));
    }

    private Set<String> subscribed(TypeUrl type) {
        return java.util.Objects.requireNonNull(subscribed.get(type));
    }

    /// Responses so far, over all streams.
    public long responses() {
        return responses.get();
    }

    /// Bytes of responses so far, over all streams.
    public long bytes() {
        return bytes.get();
    }

    public List<Received> received() {
        return List.copyOf(received);
    }

    /// Every moment in which a listener or route led to a cluster that was not there.
    public List<String> dangling() {
        return List.copyOf(dangling);
    }

    /// How the server ended the stream: `<code> <message>`; empty while it is open.
    public Optional<String> status() {
        return Optional.ofNullable(status);
    }

    /// What is missing right now; empty once everything a resource refers to is there.
    public List<String> missing() {
        List<String> all = new ArrayList<>();
        forEachReference(TypeUrl.CLUSTER, References::endpoints, TypeUrl.ENDPOINT, all);
        forEachReference(TypeUrl.CLUSTER, References::secrets, TypeUrl.SECRET, all);
        forEachReference(TypeUrl.LISTENER, References::secrets, TypeUrl.SECRET, all);
        forEachReference(TypeUrl.LISTENER, References::routes, TypeUrl.ROUTE, all);
        forEachReference(TypeUrl.LISTENER, References::clusters, TypeUrl.CLUSTER, all);
        forEachReference(TypeUrl.ROUTE, References::clusters, TypeUrl.CLUSTER, all);
        return all;
    }

    @Override
    public void close() {
        disconnect();
    }

    private void forEachReference(
            TypeUrl from,
            java.util.function.Function<References, NavigableSet<String>> which,
            TypeUrl to,
            List<String> out) {
        held(from).forEach((name, resource) -> {
            for (String target : which.apply(references(from, resource.bytes()))) {
                if (!held(to).containsKey(target)) {
                    out.add(from + " " + name + " refers to missing " + to + " " + target);
                }
            }
        });
    }

    private static References references(TypeUrl type, ByteString bytes) {
        try {
            return References.of(type, bytes);
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError("a " + type + " that cannot be parsed", e);
        }
    }

    // ---- on the event loop

    private void ask(TypeUrl type, List<String> subscribe, List<String> unsubscribe) {
        Stream open = stream;
        if (open == null) {
            return;
        }
        DeltaDiscoveryRequest.Builder request = DeltaDiscoveryRequest.newBuilder()
                .setTypeUrl(type.url())
                .addAllResourceNamesSubscribe(subscribe)
                .addAllResourceNamesUnsubscribe(unsubscribe);
        if (requested.isEmpty()) {
            request.setNode(node);
        }
        if (requested.add(type)) {
            held(type).forEach((name, resource) -> request.putInitialResourceVersions(name, resource.version()));
        }
        open.send(request.build());
    }

    private void handle(DeltaDiscoveryResponse response) {
        Optional<TypeUrl> known = TypeUrl.of(response.getTypeUrl());
        if (known.isEmpty()) {
            throw new AssertionError("a response of type " + response.getTypeUrl());
        }
        TypeUrl type = known.get();
        responses.incrementAndGet();
        bytes.addAndGet(response.getSerializedSize());
        Received noted = new Received(
                type,
                response.getResourcesList().stream().map(Resource::getName).toList(),
                response.getRemovedResourcesList(),
                response.getSerializedSize());
        if (recording) {
            received.add(noted);
        }
        listener.accept(noted);
        DeltaDiscoveryRequest.Builder answer =
                DeltaDiscoveryRequest.newBuilder().setTypeUrl(type.url()).setResponseNonce(response.getNonce());
        List<String> bad = response.getResourcesList().stream()
                .filter(refuses)
                .map(Resource::getName)
                .toList();
        if (bad.isEmpty()) {
            apply(type, response);
        } else {
            answer.setErrorDetail(
                    com.google.rpc.Status.newBuilder().setCode(3).setMessage("refused by the test client: " + bad));
        }
        Stream open = stream;
        if (open != null) {
            open.send(answer.build());
        }
        follow(type);
    }

    private void apply(TypeUrl type, DeltaDiscoveryResponse response) {
        for (Resource resource : response.getResourcesList()) {
            held(type)
                    .put(
                            resource.getName(),
                            new Held(
                                    resource.getVersion(),
                                    resource.getResource().getValue()));
        }
        response.getRemovedResourcesList().forEach(held(type)::remove);
        if (type == TypeUrl.ENDPOINT || type == TypeUrl.SECRET) {
            return;
        }
        forEachReference(TypeUrl.LISTENER, References::clusters, TypeUrl.CLUSTER, dangling);
        forEachReference(TypeUrl.ROUTE, References::clusters, TypeUrl.CLUSTER, dangling);
    }

    /// Subscribes to what is newly referred to, and drops what no longer is.
    private void follow(TypeUrl type) {
        switch (type) {
            case CLUSTER -> {
                want(TypeUrl.ENDPOINT, References::endpoints, List.of(TypeUrl.CLUSTER));
                want(TypeUrl.SECRET, References::secrets, List.of(TypeUrl.CLUSTER, TypeUrl.LISTENER));
            }
            case LISTENER -> {
                want(TypeUrl.SECRET, References::secrets, List.of(TypeUrl.CLUSTER, TypeUrl.LISTENER));
                want(TypeUrl.ROUTE, References::routes, List.of(TypeUrl.LISTENER));
            }
            case ENDPOINT, ROUTE, SECRET -> {}
        }
        if (!requested.contains(TypeUrl.LISTENER)
                && held(TypeUrl.ENDPOINT).keySet().containsAll(subscribed(TypeUrl.ENDPOINT))) {
            ask(TypeUrl.LISTENER, List.of(), List.of());
        }
    }

    private void want(
            TypeUrl type, java.util.function.Function<References, NavigableSet<String>> which, List<TypeUrl> from) {
        NavigableSet<String> wanted = new TreeSet<>();
        for (TypeUrl source : from) {
            held(source).values().forEach(resource -> wanted.addAll(which.apply(references(source, resource.bytes()))));
        }
        Set<String> has = subscribed(type);
        List<String> added = wanted.stream().filter(name -> !has.contains(name)).toList();
        List<String> gone = has.stream().filter(name -> !wanted.contains(name)).toList();
        if (added.isEmpty() && gone.isEmpty()) {
            return;
        }
        has.addAll(added);
        gone.forEach(has::remove);
        gone.forEach(held(type)::remove);
        ask(type, added, gone);
    }

    /// One HTTP/2 stream with gRPC framing.
    private final class Stream implements Subscriber<HttpObject> {
        private final HttpRequestWriter out;
        private final HttpResponse in;
        private ByteString rest = ByteString.EMPTY;
        private @Nullable Subscription subscription;
        private boolean demanded;

        Stream() {
            RequestHeaders headers = RequestHeaders.builder(HttpMethod.POST, METHOD)
                    .add("content-type", "application/grpc")
                    .add("te", "trailers")
                    .build();
            out = HttpRequest.streaming(
                    token.isEmpty()
                            ? headers
                            : headers.toBuilder()
                                    .add("authorization", token.get())
                                    .build());
            in = web.execute(out);
            in.subscribe(this, loop);
        }

        void send(DeltaDiscoveryRequest request) {
            byte[] frame = new byte[request.getSerializedSize() + 5];
            java.nio.ByteBuffer.wrap(frame)
                    .put((byte) 0)
                    .putInt(frame.length - 5)
                    .put(request.toByteArray());
            boolean _ = out.tryWrite(HttpData.wrap(frame));
        }

        void abort() {
            out.abort();
            in.abort();
        }

        void demand() {
            Subscription from = subscription;
            if (reading && !demanded && from != null) {
                demanded = true;
                from.request(1);
            }
        }

        @Override
        public void onSubscribe(Subscription given) {
            subscription = given;
            demand();
        }

        @Override
        public void onNext(HttpObject object) {
            demanded = false;
            if (stream != this) {
                return;
            }
            if (object instanceof HttpData data) {
                take(data);
            } else if (object instanceof HttpHeaders headers && headers.contains("grpc-status")) {
                status = headers.get("grpc-status") + " " + headers.get("grpc-message", "");
            }
            demand();
        }

        private void take(HttpData data) {
            rest = rest.concat(ByteString.copyFrom(data.array()));
            while (rest.size() >= 5) {
                int size = rest.substring(1, 5).asReadOnlyByteBuffer().getInt();
                if (rest.size() < 5 + size) {
                    return;
                }
                ByteString message = rest.substring(5, 5 + size);
                rest = rest.substring(5 + size);
                try {
                    handle(DeltaDiscoveryResponse.parseFrom(message));
                } catch (InvalidProtocolBufferException e) {
                    throw new AssertionError("a response that cannot be parsed", e);
                }
            }
        }

        @Override
        public void onError(Throwable cause) {
            if (stream == this && status == null) {
                status = "broken " + cause;
            }
        }

        @Override
        public void onComplete() {
            if (stream == this && status == null) {
                status = "ended";
            }
        }
    }
}
