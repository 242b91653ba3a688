package io.higuma.api;

import com.linecorp.armeria.common.SessionProtocol;
import com.linecorp.armeria.server.Server;
import io.higuma.api.auth.Access;
import io.higuma.api.auth.Access.Audience;
import io.higuma.api.auth.Access.Right;
import io.higuma.api.auth.Authentication;
import io.higuma.api.bootstrap.Credentials;
import io.higuma.api.http.ProtocolErrors;
import io.higuma.api.http.RestService;
import io.higuma.api.http.Router;
import io.higuma.api.info.EngineObservations;
import io.higuma.api.info.InfoRoutes;
import io.higuma.api.info.InsightRoutes;
import io.higuma.api.info.Observations;
import io.higuma.api.info.OverviewRoutes;
import io.higuma.api.info.RevisionRoutes;
import io.higuma.api.inspect.InspectRoutes;
import io.higuma.api.inspect.SelectionRoutes;
import io.higuma.api.resources.Reads;
import io.higuma.api.resources.ResourceRoutes;
import io.higuma.api.resources.ResourceWrites;
import io.higuma.api.token.StoredKeys;
import io.higuma.api.token.TokenRoutes;
import io.higuma.engine.DataplaneReader;
import io.higuma.engine.EngineParts;
import io.higuma.engine.EngineSettings;
import io.higuma.engine.Ipam;
import io.higuma.engine.MeshEngine;
import io.higuma.engine.measure.Spread;
import io.higuma.envoy.Interner;
import io.higuma.envoy.ProxyCompiler;
import io.higuma.identity.token.Claims;
import io.higuma.identity.token.SigningKey;
import io.higuma.identity.token.TokenException;
import io.higuma.identity.token.TokenKind;
import io.higuma.identity.token.Tokens;
import io.higuma.model.ComputedLabels;
import io.higuma.model.Labels;
import io.higuma.model.Resource;
import io.higuma.model.ResourceMeta;
import io.higuma.model.ResourceType;
import io.higuma.model.Spec;
import io.higuma.model.core.CoreTypes;
import io.higuma.model.core.MeshSpec;
import io.higuma.model.core.SecretSpec;
import io.higuma.policies.Policies;
import io.higuma.schema.Schemas;
import io.higuma.schema.core.CoreSchemas;
import io.higuma.store.Change;
import io.higuma.store.Expectation;
import io.higuma.store.InMemoryResourceStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

/// The API with everything behind it: routes, engine, a store in memory, on a port of its own. It
/// has the mesh `default` and keys that sign tokens; its clock goes as a test wants.
final class RestPlane implements AutoCloseable {

    static final SigningKey KEY = SigningKey.generate(new SecureRandom());
    static final int LARGEST_BODY = 4 << 20;
    private static final String ADMIN = "mesh-system:admin";
    private static final Audience ADMINS = new Audience(List.of(ADMIN), List.of(ADMIN));
    private static final Audience ALL =
            new Audience(List.of(), List.of("mesh-system:unauthenticated", "mesh-system:authenticated"));

    /// What a server answered.
    record Answer(int status, String contentType, String text, HttpResponse<String> whole) {
        JsonNode json() {
            return JsonMapper.shared().readTree(text);
        }

        /// A field, by a JSON pointer.
        String at(String pointer) {
            JsonNode node = json().at(pointer);
            return node.isString() ? node.asString() : node.toString();
        }
    }

    final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2030-01-01T00:00:00Z"));
    final InMemoryResourceStore store;
    final Schemas schemas = Schemas.of(CoreSchemas.all(), Policies.schemas());
    final Tokens tokens;
    private final MeshEngine engine;
    private final Server server;
    private final ExecutorService blocking = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpClient client = HttpClient.newHttpClient();

    RestPlane() {
        this(false);
    }

    RestPlane(boolean readOnly) {
        InstantSource clock = now::get;
        store = new InMemoryResourceStore(clock);
        put(CoreTypes.MESH, "", "default", new MeshSpec(List.of()));
        put(CoreTypes.GLOBAL_SECRET, "", "user-token-signing-key-1", new SecretSpec(KEY.pem()));
        put(CoreTypes.GLOBAL_SECRET, "", "zone-token-signing-key-1", new SecretSpec(KEY.pem()));
        put(CoreTypes.SECRET, "default", "dataplane-token-signing-key-default-1", new SecretSpec(KEY.pem()));
        tokens = new Tokens(new StoredKeys(store), clock);
        engine = MeshEngine.start(
                new EngineSettings("default", "test", false, true, 2, EngineSettings.Timing.DEFAULT),
                new EngineParts(
                        store,
                        Policies.all(),
                        new ProxyCompiler(new Interner(), Ipam.DEFAULT.ranges()),
                        (mesh, name, json) -> new DataplaneReader.Reading(Optional.empty(), List.of()),
                        source -> Optional.empty(),
                        clock,
                        new SecureRandom()));
        server = Server.builder()
                .port(new InetSocketAddress("127.0.0.1", 0), SessionProtocol.HTTP)
                .errorHandler(new ProtocolErrors())
                .gracefulShutdownTimeoutMillis(0, 0)
                .maxRequestLength(LARGEST_BODY)
                .serviceUnder("/", rest(clock, readOnly))
                .build();
        server.start().join();
    }

    /// A token for the dataplanes of a workload in the mesh `default`.
    String dataplaneToken(String workload) {
        try {
            return tokens.issue(
                    new TokenKind.Dataplane("default"),
                    new Claims.Dataplane("", "default", new TreeMap<>(), "dataplane", workload),
                    Duration.ofHours(1));
        } catch (TokenException e) {
            throw new AssertionError(e);
        }
    }

    /// What looks at the tokens of launchers.
    Credentials credentials() {
        return new Credentials(store, tokens, new ComputedLabels("default", false));
    }

    private RestService rest(InstantSource clock, boolean readOnly) {
        Access access = new Access(Map.of(
                Right.ADMIN_RESOURCES, ADMINS,
                Right.GENERATE_DATAPLANE_TOKEN, ADMINS,
                Right.GENERATE_USER_TOKEN, ADMINS,
                Right.GENERATE_ZONE_TOKEN, ADMINS,
                Right.VIEW_CONFIG_DUMP, ALL,
                Right.CONTROL_PLANE_METADATA, ALL));
        ComputedLabels site = new ComputedLabels("default", false);
        Reads reads = new Reads(store, access);
        Observations observations = new EngineObservations(engine, new Spread());
        Router.Builder routes = Router.builder();
        new InfoRoutes(
                        new InfoRoutes.Self(
                                "host",
                                "1.2.3",
                                "host-1",
                                () -> Optional.of("cluster"),
                                JsonNodeFactory.instance::objectNode),
                        schemas.types(),
                        access)
                .addTo(routes);
        new RevisionRoutes(store, observations).addTo(routes);
        new ResourceRoutes(
                        schemas.types(),
                        reads,
                        new ResourceWrites(store, schemas, site, access, mesh -> List.of()),
                        readOnly)
                .addTo(routes);
        new OverviewRoutes(reads, observations).addTo(routes);
        new SelectionRoutes(Policies.all(), reads, engine::snapshot, "default").addTo(routes);
        new InspectRoutes(schemas.types(), reads, observations, access).addTo(routes);
        new InsightRoutes(schemas.types(), reads, observations, clock).addTo(routes);
        new TokenRoutes(tokens, access, new TokenRoutes.Issuers(true, true, true)).addTo(routes);
        return new RestService(
                routes.build(),
                new Authentication(tokens, true),
                blocking,
                new RestService.Settings("", Optional.empty()));
    }

    private <S extends Spec> void put(ResourceType<S> type, String mesh, String name, S spec) {
        store.commit(
                List.of(new Change.Put(
                        new Resource(
                                type, type.key(mesh, name), ResourceMeta.unstored(Labels.NONE), spec, Optional.empty()),
                        Expectation.ANYTHING)),
                "test");
    }

    /// A secret as an operator rotates or removes it.
    void secret(String mesh, String name, Optional<SecretSpec> content) {
        ResourceType<SecretSpec> type = mesh.isEmpty() ? CoreTypes.GLOBAL_SECRET : CoreTypes.SECRET;
        content.ifPresentOrElse(
                spec -> put(type, mesh, name, spec),
                () -> store.commit(List.of(new Change.Delete(type.key(mesh, name), Expectation.ANYTHING)), "test"));
    }

    /// The newest revision that the engine has taken.
    long revision() {
        return engine.snapshot().revision();
    }

    int port() {
        return server.activeLocalPort();
    }

    Answer get(String path, String... headers) {
        return call("GET", path, "", headers);
    }

    Answer delete(String path, String... headers) {
        return call("DELETE", path, "", headers);
    }

    /// @param body JSON with `'` for `"`
    Answer put(String path, String body, String... headers) {
        return call("PUT", path, body.replace('\'', '"'), headers);
    }

    /// @param body JSON with `'` for `"`
    Answer post(String path, String body, String... headers) {
        return call("POST", path, body.replace('\'', '"'), headers);
    }

    /// @param headers name, value, name, value …; without a `content-type` a body is JSON
    Answer call(String method, String path, String body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path))
                .method(
                        method,
                        body.isEmpty()
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(body));
        if (!body.isEmpty() && !List.of(headers).contains("content-type")) {
            request.header("content-type", "application/json");
        }
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            HttpResponse<String> answer = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
            return new Answer(
                    answer.statusCode(),
                    answer.headers().firstValue("content-type").orElse(""),
                    answer.body(),
                    answer);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        client.shutdownNow();
        server.stop().join();
        engine.close();
        store.close();
        blocking.shutdownNow();
    }
}
