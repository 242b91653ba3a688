package io.higuma.testkit.xds;

import static io.higuma.testkit.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.linecorp.armeria.client.ClientFactory;
import com.linecorp.armeria.client.ConnectionPoolListener;
import com.linecorp.armeria.client.ConnectionPoolListenerAdapter;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.SessionProtocol;
import com.linecorp.armeria.common.TlsKeyPair;
import com.linecorp.armeria.server.Server;
import io.higuma.model.wire.TypeUrl;
import io.higuma.testkit.envoy.EnvoyProcess;
import io.higuma.xds.grpc.AdsService;
import io.higuma.xds.grpc.GrpcPort;
import io.higuma.xds.grpc.PortLimits;
import io.netty.util.AttributeMap;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The ADS port over real sockets: with our own client over TLS, with silent ones, and with a real Envoy.
class AdsSocketsTest {

    private static final TlsKeyPair CERTIFICATE = TlsKeyPair.ofSelfSigned();

    private final List<Throwable> faults = new CopyOnWriteArrayList<>();
    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void nothingWentWrong() throws Exception {
        for (AutoCloseable each : open.reversed()) {
            each.close();
        }
        assertThat(faults).isEmpty();
    }

    private InetSocketAddress serve(TestSource source, PortLimits limits) {
        AdsService ads = AdsService.bind(source, limits, faults::add);
        GrpcPort port = new GrpcPort(limits);
        ads.addTo(port);
        Server server = port.addTo(Server.builder())
                .https(new InetSocketAddress("127.0.0.1", 0))
                .tls(CERTIFICATE)
                .service("/elsewhere", (context, request) -> HttpResponse.of("elsewhere"))
                .gracefulShutdownTimeout(Duration.ZERO, Duration.ZERO)
                .build();
        server.start().join();
        open.add(server);
        open.add(ads);
        return new InetSocketAddress("127.0.0.1", server.activeLocalPort());
    }

    private AdsClient client(InetSocketAddress server, String id) {
        AdsClient client = AdsClient.of(server, id);
        open.add(client);
        return client.connect();
    }

    private static final int MANY = 12_000;
    private static final PortLimits SMALL_RESPONSES = new PortLimits(
            100, 100, 4 << 20, 20_000, 1 << 16, Duration.ofSeconds(10), Duration.ofSeconds(60), Duration.ofSeconds(15));

    private static final PortLimits IMPATIENT = new PortLimits(
            100, 10_000, 1 << 20, 100, 1 << 20, Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(1));

    private static MeshConfigs manyClusters() {
        MeshConfigs configs = twoClusters();
        for (int i = 2; i < MANY; i++) {
            configs.cluster("c" + i, 1000, "127.0.0.1", i);
        }
        return configs;
    }

    private static MeshConfigs twoClusters() {
        return new MeshConfigs()
                .cluster("web", 1000, "127.0.0.1", 1)
                .cluster("api", 1000, "127.0.0.1", 2)
                .listener(10_000, "routes")
                .route("routes", "web");
    }

    @Test
    void aClientOverTlsGetsEverythingAndAReconnectGetsNothing() {
        // Given
        TestSource source = new TestSource(twoClusters().at(1));
        AdsClient client = client(serve(source, PortLimits.DEFAULT), "default.web");

        // When
        eventually(
                "routes are acknowledged",
                () -> source.settled(1) == 1 && client.held(TypeUrl.ROUTE).size() == 1);

        // Then
        assertThat(client.missing()).isEmpty();
        assertThat(client.dangling()).isEmpty();
        assertThat(source.opened.getFirst().id()).isEqualTo("default.web");

        // When it comes back
        long before = client.responses();
        source.settled.clear();
        client.disconnect();
        eventually("the session is closed", source.streams::isEmpty);
        client.connect();
        eventually("all types are acknowledged", () -> source.settled(1) == 1);

        // Then
        assertThat(client.responses()).isEqualTo(before);
    }

    @Test
    void aRefusalIsReportedWithTheClientsWords() {
        TestSource source = new TestSource(twoClusters().at(1));
        AdsClient client = client(serve(source, PortLimits.DEFAULT), "default.web");
        // an acknowledgement of routes may come before the client has asked for any: nothing had changed for it then
        eventually(
                "the client holds its routes", () -> client.held(TypeUrl.ROUTE).containsKey("routes"));

        client.refuseIf(resource -> resource.getName().equals("routes"));
        source.offer(new MeshConfigs()
                .cluster("api", 1000, "127.0.0.1", 2)
                .listener(10_000, "routes")
                .route("routes", "api")
                .at(2));

        eventually("the refusal is heard", () -> !source.rejections.isEmpty());
        assertThat(source.rejections).containsExactly("ROUTE [routes] refused by the test client: [routes]");
        assertThat(client.held(TypeUrl.CLUSTER))
                .as("the refused route is not in force, so the old one's cluster stays")
                .containsKeys("web", "api");
    }

    @Test
    void fiveThousandSilentConnectionsAreShedWhileOthersAreServed() throws Exception {
        // Given
        TestSource source = new TestSource(twoClusters().at(1));
        InetSocketAddress server = serve(source, IMPATIENT);
        List<Socket> silent = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            silent.add(new Socket(server.getAddress(), server.getPort()));
        }

        // When
        AdsClient client = client(server, "default.web");

        // Then
        eventually(
                "the honest client is served", () -> client.held(TypeUrl.ROUTE).size() == 1);
        for (Socket socket : silent) {
            try (socket) {
                socket.setSoTimeout(20_000);
                int end;
                try {
                    do {
                        end = socket.getInputStream().read();
                    } while (end >= 0);
                } catch (java.net.SocketTimeoutException e) {
                    throw new AssertionError("a silent connection is still open", e);
                } catch (java.io.IOException e) {
                    end = -1;
                }
                assertThat(end).isEqualTo(-1);
            }
        }
        assertThat(client.status()).isEmpty();
    }

    @Test
    void aClientThatComesBackAndDoesNotReadGetsEverythingWhenItReadsOn() {
        // Given a client that holds something
        TestSource source = new TestSource(twoClusters().at(1));
        InetSocketAddress server = serve(source, SMALL_RESPONSES);
        AdsClient slow = client(server, "default.slow");
        eventually("the routes are there", () -> slow.held(TypeUrl.ROUTE).size() == 1);
        slow.disconnect();
        eventually("the session is closed", source.streams::isEmpty);

        // When it comes back to more than its windows hold, and does not read
        source.offer(manyClusters().at(2));
        slow.stopReading();
        slow.connect();
        eventually("it is back", () -> source.streams.size() == 1);
        AdsClient other = client(server, "default.other");
        eventually("others are served", () -> other.held(TypeUrl.CLUSTER).size() == MANY);
        assertThat(slow.held(TypeUrl.CLUSTER)).hasSize(2);

        // Then it gets all of it as soon as it reads on
        slow.resumeReading();
        eventually(
                "it holds everything",
                () -> slow.held(TypeUrl.CLUSTER).size() == MANY
                        && slow.held(TypeUrl.ENDPOINT).size() == MANY);
        eventually("and says so", () -> source.settled(2) == 2);
        assertThat(slow.missing()).isEmpty();
    }

    @Test
    void aConnectionIsClosedWhenItsStreamsAreOverForAWhileAndNotBefore() {
        // Given a proxy, and somebody who asked for something else
        TestSource source = new TestSource(twoClusters().at(1));
        InetSocketAddress server = serve(source, IMPATIENT);
        AdsClient proxy = client(server, "default.web");
        eventually("the routes are there", () -> proxy.held(TypeUrl.ROUTE).size() == 1);
        List<SessionProtocol> closed = new CopyOnWriteArrayList<>();
        ConnectionPoolListener listener = new ConnectionPoolListenerAdapter() {
            @Override
            public void connectionClosed(
                    SessionProtocol protocol,
                    InetSocketAddress remote,
                    InetSocketAddress local,
                    AttributeMap attributes) {
                closed.add(protocol);
            }
        };
        ClientFactory factory = ClientFactory.builder()
                .tlsNoVerify()
                .idleTimeout(Duration.ZERO)
                .connectionPoolListener(listener)
                .build();
        open.add(factory);

        // When neither says anything more
        post(factory, server, SessionProtocol.H2, "/elsewhere", MediaType.JSON);
        post(factory, server, SessionProtocol.H1, "/elsewhere", MediaType.JSON);

        // Then the one who has no stream is sent away, and the proxy stays
        eventually("both connections are closed", () -> closed.size() == 2);
        assertThat(closed).containsExactlyInAnyOrder(SessionProtocol.H2, SessionProtocol.H1);
        assertThat(source.streams).hasSize(1);
        assertThat(proxy.status()).isEmpty();
    }

    @Test
    void onTheSamePortOtherRequestsGoToTheirServices() {
        InetSocketAddress server = serve(new TestSource(twoClusters().at(1)), PortLimits.DEFAULT);
        String discovery = "/envoy.service.discovery.v3.AggregatedDiscoveryService/DeltaAggregatedResources";

        assertThat(post(server, SessionProtocol.H2, "/elsewhere", MediaType.JSON)
                        .contentUtf8())
                .isEqualTo("elsewhere");
        assertThat(post(server, SessionProtocol.H2, discovery, MediaType.JSON)
                        .status()
                        .code())
                .isEqualTo(415);
        AggregatedHttpResponse old = post(server, SessionProtocol.H1, discovery, MediaType.parse("application/grpc"));
        assertThat(old.status().code()).isEqualTo(505);
        assertThat(old.contentUtf8()).isEqualTo("gRPC needs HTTP/2");
    }

    /// A client that keeps one connection for everything.
    @Test
    void aCallOnAConnectionThatBeganWithAnotherRequestIsSentToOneOfItsOwn() {
        InetSocketAddress server = serve(new TestSource(twoClusters().at(1)), PortLimits.DEFAULT);
        String discovery = "/envoy.service.discovery.v3.AggregatedDiscoveryService/DeltaAggregatedResources";
        MediaType grpc = MediaType.parse("application/grpc");
        ClientFactory factory = ClientFactory.builder().tlsNoVerify().build();
        open.add(factory);
        post(factory, server, SessionProtocol.H2, "/elsewhere", MediaType.JSON);

        AggregatedHttpResponse refused = post(factory, server, SessionProtocol.H2, discovery, grpc);
        assertThat(refused.headers().get("grpc-status")).isEqualTo("14");
        assertThat(refused.headers().get("grpc-message")).contains("needs one of its own");

        // Then the next one is on another connection, and we answer it: it ends as it began, without a message
        AggregatedHttpResponse answered = post(factory, server, SessionProtocol.H2, discovery, grpc);
        assertThat(answered.trailers().get("grpc-status")).isEqualTo("0");

        // And whoever asks for something else there is sent elsewhere
        assertThat(post(factory, server, SessionProtocol.H2, "/elsewhere", MediaType.JSON)
                        .status()
                        .code())
                .isEqualTo(421);
    }

    private AggregatedHttpResponse post(
            InetSocketAddress server, SessionProtocol protocol, String path, MediaType type) {
        ClientFactory factory = ClientFactory.builder().tlsNoVerify().build();
        open.add(factory);
        return post(factory, server, protocol, path, type);
    }

    private static AggregatedHttpResponse post(
            ClientFactory factory, InetSocketAddress server, SessionProtocol protocol, String path, MediaType type) {
        return WebClient.builder(protocol.uriText() + "://127.0.0.1:" + server.getPort())
                .factory(factory)
                .build()
                .execute(RequestHeaders.of(HttpMethod.POST, path, HttpHeaderNames.CONTENT_TYPE, type), "{}")
                .aggregate()
                .join();
    }

    @Test
    void aRealEnvoyTakesRouteChangesToNewClustersWithoutALostCall(@TempDir Path work) throws Exception {
        // Given
        var listener = EnvoyProcess.freePort("127.0.0.1");
        var admin = EnvoyProcess.freePort("127.0.0.1");
        Server upstream = Server.builder()
                .http(new InetSocketAddress("127.0.0.1", 0))
                .service("/", (context, request) -> HttpResponse.of("hello"))
                .build();
        upstream.start().join();
        open.add(upstream);
        int port = upstream.activeLocalPort();
        TestSource source = new TestSource(config(listener.getPort(), port, 0).at(1));
        InetSocketAddress server = serve(source, PortLimits.DEFAULT);
        Path bootstrap = work.resolve("bootstrap.yaml");
        Files.writeString(bootstrap, bootstrap(server.getPort(), admin.getPort()));
        EnvoyProcess envoy = EnvoyProcess.start(bootstrap, work, admin);
        open.add(envoy);
        eventually("Envoy runs revision 1", () -> source.settled(1) == 1 && status(listener) == 200);

        // When every revision brings a new cluster, routes to it and drops the old one
        int lost = 0;
        for (int revision = 2; revision <= 20; revision++) {
            int now = revision;
            source.offer(config(listener.getPort(), port, now / 2).at(now));
            while (source.settled(now) == 0) {
                lost += status(listener) == 200 ? 0 : 1;
                assertThat(source.rejections).isEmpty();
                assertThat(envoy.isAlive()).isTrue();
            }
        }

        // Then
        assertThat(lost).as("lost calls").isZero();
        assertThat(source.settled(20)).isEqualTo(1);
        assertThat(envoy.admin().text("/clusters")).contains("c10::").doesNotContain("c9::");
        assertThat(envoy.admin().stat("cluster_manager.warming_clusters")).hasValue(0L);
    }

    /// Odd steps change the cluster itself, which Envoy then warms anew.
    private static MeshConfigs config(int listener, int upstream, int step) {
        return new MeshConfigs()
                .cluster("c" + step, 1000, "127.0.0.1", upstream)
                .cluster("steady", 1000 + step, "127.0.0.1", upstream)
                .listener(listener, "routes")
                .route("routes", "c" + step);
    }

    private static int status(InetSocketAddress address) {
        try (var http = java.net.http.HttpClient.newHttpClient()) {
            var request = java.net.http.HttpRequest.newBuilder(
                            java.net.URI.create("http://127.0.0.1:" + address.getPort() + "/"))
                    .timeout(Duration.ofSeconds(5))
                    .build();
            return http.send(request, java.net.http.HttpResponse.BodyHandlers.discarding())
                    .statusCode();
        } catch (java.io.IOException e) {
            return 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private static String bootstrap(int ads, int admin) {
        return """
                node: {id: default.web, cluster: web}
                admin: {address: {socket_address: {address: 127.0.0.1, port_value: %d}}}
                dynamic_resources:
                  ads_config:
                    api_type: DELTA_GRPC
                    transport_api_version: V3
                    set_node_on_first_message_only: true
                    grpc_services: [{envoy_grpc: {cluster_name: ads}}]
                  cds_config: {ads: {}, resource_api_version: V3, initial_fetch_timeout: 0s}
                  lds_config: {ads: {}, resource_api_version: V3, initial_fetch_timeout: 0s}
                static_resources:
                  clusters:
                  - name: ads
                    type: STATIC
                    connect_timeout: 1s
                    typed_extension_protocol_options:
                      envoy.extensions.upstreams.http.v3.HttpProtocolOptions:
                        "@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions
                        explicit_http_config: {http2_protocol_options: {}}
                    transport_socket:
                      name: envoy.transport_sockets.tls
                      typed_config:
                        "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext
                        common_tls_context: {alpn_protocols: [h2]}
                    load_assignment:
                      cluster_name: ads
                      endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: %d}}}}]}]
                """.formatted(admin, ads);
    }
}
