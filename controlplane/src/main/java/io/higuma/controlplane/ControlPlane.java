package io.higuma.controlplane;

import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import io.higuma.api.auth.Authentication;
import io.higuma.api.bootstrap.BootstrapService;
import io.higuma.api.bootstrap.Bootstraps;
import io.higuma.api.bootstrap.Credentials;
import io.higuma.api.http.RestService;
import io.higuma.api.http.Router;
import io.higuma.api.info.EngineObservations;
import io.higuma.api.info.InfoRoutes;
import io.higuma.api.info.InsightRoutes;
import io.higuma.api.info.Observations;
import io.higuma.api.info.OverviewRoutes;
import io.higuma.api.info.RevisionRoutes;
import io.higuma.api.info.StatusRoutes;
import io.higuma.api.info.TroubleRoutes;
import io.higuma.api.inspect.InspectRoutes;
import io.higuma.api.inspect.SelectionRoutes;
import io.higuma.api.resources.Reads;
import io.higuma.api.resources.ResourceRoutes;
import io.higuma.api.resources.ResourceWrites;
import io.higuma.api.resources.WriteCheck;
import io.higuma.api.token.StoredKeys;
import io.higuma.api.token.TokenRoutes;
import io.higuma.controlplane.config.ControlPlaneConfig;
import io.higuma.controlplane.server.Diagnostics;
import io.higuma.controlplane.server.Listener;
import io.higuma.controlplane.start.BroughtDataplanes;
import io.higuma.controlplane.start.FirstStart;
import io.higuma.controlplane.start.History;
import io.higuma.controlplane.start.LocalSources;
import io.higuma.controlplane.start.MeshDefaults;
import io.higuma.controlplane.start.SealedCodec;
import io.higuma.controlplane.start.ServerFiles;
import io.higuma.controlplane.start.SpareKeys;
import io.higuma.engine.EngineParts;
import io.higuma.engine.EngineSettings;
import io.higuma.engine.MeshEngine;
import io.higuma.engine.measure.Spread;
import io.higuma.envoy.Interner;
import io.higuma.envoy.ProxyCompiler;
import io.higuma.identity.ServerCertificate;
import io.higuma.identity.secret.SecretCipher;
import io.higuma.identity.token.Tokens;
import io.higuma.model.ComputedLabels;
import io.higuma.model.core.ConfigSpec;
import io.higuma.policies.Policies;
import io.higuma.schema.BodyCodec;
import io.higuma.schema.Schemas;
import io.higuma.schema.core.CoreSchemas;
import io.higuma.store.InMemoryResourceStore;
import io.higuma.store.ResourceStore;
import io.higuma.store.sql.SqliteResourceStore;
import io.higuma.store.sql.StoreOpenException;
import io.higuma.xds.grpc.AdsService;
import io.higuma.xds.grpc.GrpcPort;
import io.higuma.xds.grpc.HealthService;
import io.higuma.xds.grpc.PortLimits;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A running control plane: store, engine, and the servers before them.
///
/// ```java
/// try (ControlPlane plane = ControlPlane.start(ControlPlaneConfig.of(Map.of("apiServer.http.port", "0", …),
/// home))) {
///     call("http://127.0.0.1:" + plane.ports().http() + "/meshes");
/// }
/// ```
public final class ControlPlane implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(ControlPlane.class);

    private static final Duration COMPACTION = Duration.ofMinutes(10);

    private final ControlPlaneConfig config;
    private final InstantSource clock = InstantSource.system();
    private final SecureRandom random = new SecureRandom();
    private final Schemas schemas = Schemas.of(CoreSchemas.all(), Policies.schemas());
    private final ExecutorService blocking = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("higuma-request-", 0).factory());
    private final PrometheusMeterRegistry metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    /// What a first start makes is there, and all ports answer.
    private volatile boolean ready;
    private volatile boolean closing;
    private final Spread storeWrites = new Spread();

    /// What was opened, newest first: closed in this order.
    private final Deque<AutoCloseable> open = new ArrayDeque<>();

    private final ServerFiles files;
    private final ServerCertificate certificate;
    private final ResourceStore store;
    private final String instance;
    private final MeshEngine engine;
    private final Ports ports;

    /// The ports that were bound.
    ///
    /// @param http of the REST API; 0: not served
    /// @param https of the REST API with TLS; 0: not served
    /// @param dataplanes for bootstrap and xDS
    /// @param diagnostics for health and metrics
    public record Ports(int http, int https, int dataplanes, int diagnostics) {}

    private ControlPlane(ControlPlaneConfig config) {
        this.config = config;
        open.push(blocking::shutdownNow);
        this.files = new ServerFiles(config.dataDir());
        this.certificate = files.certificate(config.tls(), clock.instant(), random);
        certificate
                .untimely(clock.instant())
                .ifPresent(why -> log.atWarn()
                        .addKeyValue("reason", why)
                        .log("the certificate of the servers will not be accepted by proxies and clients"));
        // What goes wrong there is said when a server starts
        var _ = CompletableFuture.runAsync(() -> Listener.prepare(certificate), blocking);
        this.store = opened(new TimedStore(openStore(), storeWrites));
        opened(new History(
                store,
                config.effective().number("store.history"),
                config.effective().duration("ipam.gracePeriod"),
                COMPACTION,
                clock));
        this.instance = instance();
        this.engine = opened(startEngine());
        SpareKeys keys = opened(new SpareKeys(random));
        ComputedLabels site =
                new ComputedLabels(config.site().zone(), config.site().global());
        MeshDefaults meshDefaults = new MeshDefaults(keys, site);
        Gauge.builder("higuma.store.revision", store, ResourceStore::revision).register(metrics);
        metrics.getPrometheusRegistry().register(new EngineMetrics(engine, storeWrites));

        FirstStart start = new FirstStart(store, keys, meshDefaults, clock);
        CompletableFuture<Boolean> made = CompletableFuture.supplyAsync(() -> makeDefaults(start), blocking);
        Listener diagnostics = opened(diagnosticsServer());
        RestService rest = rest(site, meshDefaults);
        // Who reaches the API finds the mesh and its keys there
        boolean complete = made.join();
        Listener api = opened(apiServer(rest));
        Listener dataplanes = dataplaneServer(site, List.of(api, diagnostics));
        this.ports = new Ports(
                api.port(false).orElse(0),
                api.port(true).orElse(0),
                dataplanes.port(true).orElse(0),
                diagnostics.port(false).orElse(0));
        this.ready = complete;
    }

    /// Starts one, and returns when its ports answer. What a first start makes (contract 5.2) is there
    /// by then.
    ///
    /// @throws StartException with a sentence for the operator; nothing is left open
    public static ControlPlane start(ControlPlaneConfig config) {
        return new ControlPlane(config);
    }

    public Ports ports() {
        return ports;
    }

    /// PEM of the certificate of the servers; it can be given to clients as the CA to trust.
    public String certificate() {
        return certificate.certificate();
    }

    /// The store, for tests that look behind the API.
    public ResourceStore store() {
        return store;
    }

    private <T extends AutoCloseable> T opened(T part) {
        open.push(part);
        return part;
    }

    private ResourceStore openStore() {
        if (!config.persistent()) {
            return new InMemoryResourceStore(clock);
        }
        Path database = files.file("higuma.db");
        Path key = files.file("secrets.key");
        if (Files.exists(database) && !Files.exists(key)) {
            throw new StartException(
                    "the key file " + key + " is missing, and the secrets in " + database
                            + " cannot be read without it: restore it from a backup",
                    null);
        }
        try {
            SecretCipher cipher = SecretCipher.fromFile(key, random);
            return readable(
                    SqliteResourceStore.open(database, new SealedCodec(new BodyCodec(schemas.types()), cipher), clock));
        } catch (StoreOpenException | IllegalStateException e) {
            throw new StartException(String.valueOf(e.getMessage()), e);
        }
    }

    /// @throws IllegalStateException with a sentence if a secret is damaged, or was encrypted with another key
    private static ResourceStore readable(ResourceStore store) {
        try {
            SealedCodec.SEALED.forEach(store::list);
            return store;
        } catch (IllegalStateException e) {
            store.close();
            throw e;
        }
    }

    private MeshEngine startEngine() {
        ControlPlaneConfig.Site site = config.site();
        EngineSettings settings = new EngineSettings(
                site.zone(),
                instance,
                site.global(),
                config.dataplanes().tokens(),
                Runtime.getRuntime().availableProcessors(),
                config.site().ipam(),
                EngineSettings.Timing.DEFAULT.withGraces(
                        config.effective().duration("meshService.deletionGracePeriod"),
                        config.effective().duration("ipam.gracePeriod")),
                new EngineSettings.Duties(
                        isOn("meshService.generationInterval"),
                        isOn("runtime.universal.workload.generationInterval"),
                        isOn("ipam.allocationInterval"),
                        config.effective().flag("hostnames.enabled"),
                        isOn("coreResources.status.meshServiceInterval"),
                        isOn("coreResources.status.meshMultiZoneServiceInterval")));
        return MeshEngine.start(
                settings,
                new EngineParts(
                        store,
                        Policies.all(),
                        new ProxyCompiler(new Interner(), config.site().ipam().ranges()),
                        new BroughtDataplanes(schemas),
                        LocalSources::value,
                        clock,
                        random));
    }

    private boolean isOn(String duty) {
        return config.effective().duration(duty).isPositive();
    }

    private RestService rest(ComputedLabels site, MeshDefaults meshDefaults) {
        ControlPlaneConfig.ApiServer api = config.api();
        Tokens tokens = new Tokens(new StoredKeys(store), clock);
        Reads reads = new Reads(store, api.access());
        ResourceWrites writes = new ResourceWrites(store, schemas, site, api.access(), meshDefaults, writeCheck());
        Observations observations = new EngineObservations(engine, storeWrites);
        Router.Builder routes = Router.builder();
        new InfoRoutes(self(), schemas.types(), api.access()).addTo(routes);
        new RevisionRoutes(store, observations).addTo(routes);
        new StatusRoutes(observations, api.access()).addTo(routes);
        new TroubleRoutes(observations).addTo(routes);
        new ResourceRoutes(schemas.types(), reads, writes, api.readOnly()).addTo(routes);
        new OverviewRoutes(reads, observations).addTo(routes);
        new SelectionRoutes(
                        Policies.all(), reads, engine::snapshot, config.site().zone())
                .addTo(routes);
        new InspectRoutes(schemas.types(), reads, observations, api.access()).addTo(routes);
        new InsightRoutes(schemas.types(), reads, observations, clock).addTo(routes);
        new TokenRoutes(tokens, api.access(), api.issuers()).addTo(routes);
        return new RestService(
                routes.build(),
                new Authentication(tokens, api.localhostIsAdmin()),
                blocking,
                new RestService.Settings(api.basePath(), api.rootUrl()));
    }

    private WriteCheck writeCheck() {
        boolean always = config.effective().flag("apiServer.validateWithEnvoy");
        String named = config.effective().text("apiServer.envoyBinary");
        Optional<Path> envoy = named.isEmpty()
                ? EnvoyWriteCheck.find(System.getenv(), ConfigSources.home(System.getenv()))
                : Optional.of(Path.of(named));
        if (always && envoy.isEmpty()) {
            log.atWarn()
                    .log("apiServer.validateWithEnvoy is on, but this host has no Envoy (" + EnvoyWriteCheck.WHERE
                            + "): writes are not tried");
        }
        return new EnvoyWriteCheck(engine, always, envoy);
    }

    private InfoRoutes.Self self() {
        return new InfoRoutes.Self(
                hostname(),
                version(),
                instance,
                () -> store.get(FirstStart.CLUSTER_ID)
                        .map(r -> r.spec(ConfigSpec.class).config()),
                () -> config.effective().json());
    }

    /// A name of this process: two at one host differ.
    private String instance() {
        byte[] suffix = new byte[2];
        random.nextBytes(suffix);
        return hostname() + "-" + HexFormat.of().formatHex(suffix);
    }

    /// The version of this program, as its jar says it.
    static String version() {
        return Optional.ofNullable(ControlPlane.class.getPackage().getImplementationVersion())
                .orElse("unknown");
    }

    private static String hostname() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }

    private Listener apiServer(RestService rest) {
        Listener.Builder server = new Listener.Builder();
        config.api().http().ifPresent(listen -> server.http(listen, "apiServer.http.port"));
        config.api().https().ifPresent(listen -> server.https(listen, "apiServer.https.port", certificate));
        server.services().serviceUnder("/", rest);
        return start(server);
    }

    /// @param others stop together with it
    private Listener dataplaneServer(ComputedLabels site, List<Listener> others) {
        Listener.Builder server =
                new Listener.Builder().https(config.dataplanes().listen(), "dpServer.port", certificate);
        Bootstraps bootstraps = new Bootstraps(
                store,
                schemas,
                config.dataplanes().bootstrap(),
                new Bootstraps.Server(certificate.certificate(), ServerFiles.names(certificate)),
                new Credentials(store, new Tokens(new StoredKeys(store), clock), site),
                clock);
        AdsService ads = AdsService.bind(
                engine.configSource(),
                PortLimits.DEFAULT,
                fault -> log.atError().setCause(fault).log("a stream failed; others go on"));
        GrpcPort port = new GrpcPort(PortLimits.DEFAULT);
        ads.addTo(port);
        HealthService health = HealthService.bind(
                engine.healthSource(),
                fault -> log.atError().setCause(fault).log("a report of health failed; others go on"));
        if (config.dataplanes().bootstrap().healthDiscovery()) {
            health.addTo(port);
        }
        port.addTo(server.services())
                .service("/bootstrap", new BootstrapService(bootstraps, blocking))
                .serviceUnder(
                        "/",
                        (context, request) -> HttpResponse.of(
                                HttpStatus.NOT_FOUND, MediaType.PLAIN_TEXT_UTF_8, "404: Page Not Found"));
        Listener listener = opened(start(server));
        open.push(() -> {
            others.forEach(Listener::retire);
            listener.retire();
        });
        opened(health);
        opened(ads); // closed before their listener: streams end politely
        return listener;
    }

    private Listener diagnosticsServer() {
        Listener.Builder server = new Listener.Builder().http(config.diagnostics(), "diagnostics.serverPort");
        Diagnostics.addTo(server.services(), store::trouble, () -> ready, metrics);
        return start(server);
    }

    /// A port that cannot be had ends the start; what was opened before is closed.
    private Listener start(Listener.Builder server) {
        try {
            return server.start();
        } catch (StartException e) {
            close();
            throw e;
        }
    }

    private boolean makeDefaults(FirstStart start) {
        try {
            boolean adminToken = config.effective().flag("apiServer.authn.tokens.bootstrapAdminToken");
            ControlPlaneConfig.Site site = config.site();
            start.run(new FirstStart.Wanted(
                    site.zone(), !site.skipMesh(), adminToken, !site.global() && !site.skipNames()));
            return true;
        } catch (RuntimeException e) {
            if (closing) {
                return false;
            }
            log.atError().setCause(e).log("what a first start makes could not be made; the next start tries again");
            return false;
        }
    }

    @Override
    public void close() {
        closing = true;
        engine.retire();
        while (!open.isEmpty()) {
            try {
                open.pop().close();
            } catch (Exception e) {
                if (e instanceof InterruptedException) {
                    Thread.currentThread().interrupt();
                }
                log.atWarn().addKeyValue("error", e).log("a part of the control plane did not close cleanly");
            }
        }
    }
}
