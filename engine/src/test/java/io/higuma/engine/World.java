package io.higuma.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.higuma.envoy.Interner;
import io.higuma.envoy.ProxyCompiler;
import io.higuma.model.ComputedLabels;
import io.higuma.model.Labels;
import io.higuma.model.Resource;
import io.higuma.model.ResourceKey;
import io.higuma.model.ResourceMeta;
import io.higuma.model.ResourceType;
import io.higuma.model.Spec;
import io.higuma.model.core.CoreTypes;
import io.higuma.model.core.DataplaneSpec;
import io.higuma.model.core.DataplaneSpec.InboundState;
import io.higuma.model.core.DataplaneSpec.ReachableBackend;
import io.higuma.model.core.HostnameGeneratorSpec;
import io.higuma.model.core.LabelSelector;
import io.higuma.model.core.MeshIdentitySpec;
import io.higuma.model.core.MeshServiceStatus;
import io.higuma.model.core.MeshSpec;
import io.higuma.model.core.Protocol;
import io.higuma.model.core.SecretSpec;
import io.higuma.model.core.ServiceStatus;
import io.higuma.model.target.TopTargetRef;
import io.higuma.model.wire.Bytes;
import io.higuma.policies.Policies;
import io.higuma.policies.timeout.MeshTimeoutPolicy;
import io.higuma.policies.timeout.MeshTimeoutSpec;
import io.higuma.schema.Parsed;
import io.higuma.schema.ResourceReader;
import io.higuma.schema.Schemas;
import io.higuma.schema.core.CoreSchemas;
import io.higuma.schema.tree.Limits;
import io.higuma.store.Change;
import io.higuma.store.Expectation;
import io.higuma.store.InMemoryResourceStore;
import io.higuma.store.ResourceStore;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// A store, an engine and the proxies of a test. Times of the engine are short; the clock stands still.
final class World implements AutoCloseable {

    static final String MESH = "default";
    static final InstantSource STANDS = InstantSource.fixed(Instant.parse("2030-01-01T00:00:00Z"));
    private static final ResourceReader READER =
            new ResourceReader(Schemas.of(CoreSchemas.all(), Policies.schemas()).types());
    private static final long PATIENCE = Duration.ofSeconds(60).toNanos();
    /// How long what a removed service had is given to nobody else.
    static final Duration REST = Duration.ofMillis(200);

    private static final EngineSettings.Timing SHORT = new EngineSettings.Timing(
            Duration.ofMillis(300),
            Duration.ofMillis(50),
            Duration.ofMillis(100),
            Duration.ofMillis(300),
            Duration.ofMillis(100),
            Duration.ofHours(1),
            REST);

    /// What time it is for the engine.
    final AtomicReference<Instant> clock = new AtomicReference<>(Instant.parse("2030-01-01T00:00:00Z"));

    final InMemoryResourceStore store;
    final MeshEngine engine;
    /// Where the engine's certificates come from.
    final HeldRandom random = new HeldRandom();

    private final List<FakeProxy> proxies = new ArrayList<>();

    World() {
        this(new InMemoryResourceStore(STANDS));
    }

    World(InMemoryResourceStore store) {
        this(store, Ipam.DEFAULT);
    }

    World(InMemoryResourceStore store, Ipam ipam) {
        this(store, ipam, EngineSettings.Duties.ALL);
    }

    World(InMemoryResourceStore store, Ipam ipam, EngineSettings.Duties duties) {
        this.store = store;
        put(CoreTypes.MESH, MESH, Map.of(), new MeshSpec(List.of()));
        engine = engine(store, ipam, duties, clock::get, random);
    }

    /// With a clock of the test's own.
    World(InMemoryResourceStore store, Ipam ipam, InstantSource own) {
        this.store = store;
        put(CoreTypes.MESH, MESH, Map.of(), new MeshSpec(List.of()));
        engine = engine(store, ipam, EngineSettings.Duties.ALL, own, random);
    }

    /// Another control plane on the same store.
    static MeshEngine engine(InMemoryResourceStore store, Ipam ipam) {
        return engine(store, ipam, STANDS);
    }

    /// Another one, with a clock of the test's own.
    static MeshEngine engine(ResourceStore store, Ipam ipam, InstantSource own) {
        return engine(store, ipam, EngineSettings.Duties.ALL, own, new SecureRandom());
    }

    private static MeshEngine engine(
            ResourceStore store, Ipam ipam, EngineSettings.Duties duties, InstantSource clock, SecureRandom random) {
        return MeshEngine.start(
                new EngineSettings("default", "test", false, false, 2, ipam, SHORT, duties),
                new EngineParts(
                        store,
                        Policies.all(),
                        new ProxyCompiler(new Interner(), ipam.ranges()),
                        (mesh, name, json) -> new DataplaneReader.Reading(
                                Optional.of(dataplane(name, json, "127.0.0.9", List.of(), InboundState.READY)),
                                List.of()),
                        source -> Optional.empty(),
                        clock,
                        random));
    }

    <S extends Spec> long put(ResourceType<S> type, String name, Map<String, String> labels, S spec) {
        return put(resource(type, name, labels, spec));
    }

    static Resource secret(String name, String text) {
        return resource(
                CoreTypes.SECRET, name, Map.of(), new SecretSpec(Bytes.wrap(text.getBytes(StandardCharsets.UTF_8))));
    }

    private static <S extends Spec> Resource resource(
            ResourceType<S> type, String name, Map<String, String> labels, S spec) {
        ResourceKey key = type.key(MESH, name);
        return new Resource(
                type,
                key,
                ResourceMeta.unstored(
                        new ComputedLabels("default", false).of(type, key.mesh(), name, Labels.of(labels))),
                spec,
                Optional.empty());
    }

    /// A HostnameGenerator of this zone for MeshServices with these labels.
    long names(String name, String template, Map<String, String> labels) {
        return put(new Resource(
                CoreTypes.HOSTNAME_GENERATOR,
                CoreTypes.HOSTNAME_GENERATOR.key("", name),
                ResourceMeta.unstored(Labels.of(Map.of(Labels.ORIGIN, "zone"))),
                new HostnameGeneratorSpec(
                        Optional.of(new HostnameGeneratorSpec.Selector(
                                Optional.of(new LabelSelector(labels)), Optional.empty(), Optional.empty())),
                        template,
                        Optional.empty()),
                Optional.empty()));
    }

    /// What was allotted to a service; empty if it is not there.
    Optional<ServiceStatus> status(ResourceType<? extends Spec> type, String name) {
        return store.get(type.key(MESH, name)).flatMap(service -> service.status(ServiceStatus.class));
    }

    /// The host names of a MeshService.
    List<String> hostnames(String service) {
        return status(CoreTypes.MESH_SERVICE, service)
                .map(status -> status.addresses().stream()
                        .map(ServiceStatus.Address::hostname)
                        .toList())
                .orElse(List.of());
    }

    /// The virtual address of a service; empty if it has none.
    String vip(ResourceType<? extends Spec> type, String name) {
        return status(type, name)
                .filter(status -> !status.vips().isEmpty())
                .map(status -> status.vips().getFirst().ip())
                .orElse("");
    }

    long put(Resource resource) {
        return store.commit(List.of(new Change.Put(resource, Expectation.ANYTHING)), "test")
                .revision();
    }

    /// Writes documents as a person does.
    long apply(String yaml) {
        long revision = 0;
        for (Parsed parsed : READER.readDocuments(yaml.getBytes(StandardCharsets.UTF_8), Limits.FILE)) {
            if (!(parsed instanceof Parsed.Ok ok)) {
                throw new AssertionError("not a resource: " + parsed.allProblems());
            }
            Resource read = ok.resource();
            Labels labels =
                    new ComputedLabels("default", false).of(read.type(), read.mesh(), read.name(), read.labels());
            revision = put(read.withMeta(ResourceMeta.unstored(labels)));
        }
        return revision;
    }

    long delete(ResourceKey key) {
        return store.commit(List.of(new Change.Delete(key, Expectation.ANYTHING)), "test")
                .revision();
    }

    static Resource dataplane(
            String name, String workload, String address, List<String> calls, InboundState inboundState) {
        List<DataplaneSpec.Outbound> outbounds = new ArrayList<>();
        for (String called : calls) {
            outbounds.add(new DataplaneSpec.Outbound(
                    Optional.empty(),
                    20000 + outbounds.size(),
                    new DataplaneSpec.BackendRef(
                            "MeshService", Optional.of(called), new TreeMap<>(), Optional.empty())));
        }
        DataplaneSpec spec = new DataplaneSpec(new DataplaneSpec.Networking(
                address,
                Optional.empty(),
                List.of(new DataplaneSpec.Inbound(
                        8080,
                        Optional.of(9090),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of(Protocol.HTTP),
                        Optional.empty(),
                        Optional.of(inboundState),
                        Optional.empty())),
                outbounds,
                Optional.empty(),
                List.of(),
                Optional.empty()));
        ResourceKey key = key(name);
        Labels labels = new ComputedLabels("default", false)
                .of(CoreTypes.DATAPLANE, MESH, name, Labels.of(Map.of(Labels.WORKLOAD, workload)));
        return new Resource(CoreTypes.DATAPLANE, key, ResourceMeta.unstored(labels), spec, Optional.empty());
    }

    /// A Dataplane whose traffic is redirected; `only` limits what it is told of, `null` does not.
    static Resource captured(String name, String workload, String address, @Nullable List<ReachableBackend> only) {
        Resource bare = dataplane(name, workload, address, List.of(), InboundState.READY);
        DataplaneSpec.Networking networking = bare.spec(DataplaneSpec.class).networking();
        DataplaneSpec spec = new DataplaneSpec(new DataplaneSpec.Networking(
                networking.address(),
                networking.admin(),
                networking.inbound(),
                List.of(),
                Optional.empty(),
                List.of(),
                Optional.of(new DataplaneSpec.TransparentProxying(
                        Optional.of(15006),
                        Optional.of(15001),
                        List.of(),
                        Optional.empty(),
                        Optional.ofNullable(only).map(DataplaneSpec.ReachableBackends::new)))));
        return new Resource(bare.type(), bare.key(), bare.meta(), spec, bare.status());
    }

    static ReachableBackend backend(String name) {
        return new ReachableBackend(
                "MeshService", Optional.of(name), Optional.empty(), Optional.empty(), new TreeMap<>());
    }

    static ResourceKey key(String name) {
        return CoreTypes.DATAPLANE.key(MESH, name);
    }

    /// Every dataplane gets an identity.
    long identity() {
        return identity(Optional.empty());
    }

    /// Every dataplane gets an identity whose certificates live this long.
    long identity(Optional<Duration> life) {
        return put(
                CoreTypes.MESH_IDENTITY,
                "identity",
                Map.of(),
                new MeshIdentitySpec(
                        Optional.of(new MeshIdentitySpec.Selector(Optional.of(new LabelSelector(Map.of())))),
                        Optional.empty(),
                        Optional.of(new MeshIdentitySpec.Provider(
                                MeshIdentitySpec.ProviderType.BUNDLED,
                                Optional.of(new MeshIdentitySpec.Bundled(
                                        Optional.of(new MeshIdentitySpec.Autogenerate(Optional.of(true))),
                                        Optional.empty(),
                                        Optional.of(new MeshIdentitySpec.CertificateParameters(life)),
                                        Optional.of(true),
                                        Optional.empty())),
                                Optional.empty(),
                                Optional.empty()))));
    }

    long timeout(String name, Map<String, String> labels, Duration idle) {
        return put(timeoutPolicy(name, labels, idle));
    }

    static Resource timeoutPolicy(String name, Map<String, String> labels, Duration idle) {
        MeshTimeoutSpec.Conf conf = new MeshTimeoutSpec.Conf(Optional.of(idle), Optional.empty(), Optional.empty());
        TopTargetRef target = labels.isEmpty()
                ? TopTargetRef.MESH
                : new TopTargetRef(TopTargetRef.Kind.DATAPLANE, labels, Optional.empty());
        return resource(
                MeshTimeoutPolicy.TYPE,
                name,
                Map.of(),
                new MeshTimeoutSpec(
                        Optional.of(target), List.of(), List.of(new MeshTimeoutSpec.Rule(Optional.empty(), conf))));
    }

    /// Every dataplane gets an identity, and a service whose only instance runs is called with mutual TLS.
    void serveWithIdentity(String name, String service) {
        identity();
        put(dataplane(name, service, "127.0.0.9", List.of(), InboundState.READY));
        connect(name);
        eventually(service + " is ready", () -> tlsReady(service));
        quiet();
    }

    FakeProxy connect(String name) {
        return connect(name, true, Map.of());
    }

    FakeProxy connect(String name, boolean obedient, Map<String, Object> metadata) {
        FakeProxy proxy = new FakeProxy(engine, key(name), obedient, metadata);
        proxies.add(proxy);
        return proxy;
    }

    boolean tlsReady(String service) {
        return store.get(CoreTypes.MESH_SERVICE.key(MESH, service))
                .flatMap(resource -> resource.status(MeshServiceStatus.class))
                .flatMap(MeshServiceStatus::tls)
                .filter(tls -> tls.status() == MeshServiceStatus.TlsState.READY)
                .isPresent();
    }

    /// Time goes on.
    void pass(Duration time) {
        clock.updateAndGet(now -> now.plus(time));
    }

    static void eventually(String promise, BooleanSupplier condition) {
        long end = System.nanoTime() + PATIENCE;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("not in time: " + promise);
            }
            LockSupport.parkNanos(1_000_000);
        }
    }

    /// Until nothing happens any more: the same counts and revision, several times in a row.
    void quiet() {
        int[] same = {0};
        String[] last = {""};
        eventually("everything is quiet", () -> {
            engine.proxies();
            String now = store.revision() + " " + engine.compilations() + " "
                    + proxies.stream().map(FakeProxy::offers).toList();
            same[0] = now.equals(last[0]) ? same[0] + 1 : 0;
            last[0] = now;
            return same[0] > 250;
        });
    }

    /// @throws AssertionError if the engine met a bug meanwhile
    @Override
    public void close() {
        random.release();
        long faults = engine.faults();
        engine.close();
        store.close();
        assertThat(faults).as("faults of the engine, see the log").isZero();
    }
}
