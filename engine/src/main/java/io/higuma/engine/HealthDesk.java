package io.higuma.engine;

import io.higuma.model.Resource;
import io.higuma.model.ResourceKey;
import io.higuma.model.core.DataplaneSpec;
import io.higuma.model.core.DataplaneSpec.Inbound;
import io.higuma.model.core.DataplaneSpec.ServiceProbe;
import io.higuma.policy.Capture;
import io.higuma.xds.HealthSource;
import io.higuma.xds.Node;
import io.higuma.xds.Refusal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// How the workloads are whose inbounds have a `serviceProbe`: their proxies probe them and report it (contract, data
/// plane 10.1). Such an inbound is announced once it is reported healthy, if its proxy reports at all; what changes
/// then is one assignment of endpoints. [#open] may be called from any thread; the fields belong
/// to the loop.
final class HealthDesk implements HealthSource {

    /// The bootstrap told the proxy to report.
    static final String REPORTS = "health-discovery";

    private static final Duration AGAIN = Duration.ofSeconds(1);
    private static final int TIMES = 30;
    private static final Duration INTERVAL = Duration.ofSeconds(1);
    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    private final MeshCore core;
    private final Admission admission;
    private final Map<ResourceKey, Stream> streams = new HashMap<>();
    /// Streams opened so far. Any thread.
    private final AtomicLong opened = new AtomicLong();
    /// The probes that were healthy in the last report.
    private final Map<ResourceKey, Set<String>> healthy = new HashMap<>();

    HealthDesk(MeshCore core, Admission admission) {
        this.core = core;
        this.admission = admission;
    }

    /// The inbounds of a proxy that callers are told of: those it listens on, as far as they are healthy. Before its
    /// first report nothing changes: what is new waits, and what callers knew before this process began stays.
    Announcement announced(ConnectedProxy proxy) {
        Set<Integer> ports = new TreeSet<>(proxy.running.ports());
        if (proxy.traits.has(REPORTS)) {
            core.state()
                    .snapshot()
                    .get(proxy.key)
                    .ifPresent(dataplane -> inbounds(dataplane)
                            .filter(HealthDesk::isProbed)
                            .filter(inbound -> !isWell(proxy.key, inbound))
                            .forEach(inbound -> ports.remove(inbound.port())));
        }
        return new Announcement.Ports(ports);
    }

    /// Whether callers are told of an inbound only once the proxy has reported.
    boolean awaits(ConnectedProxy proxy) {
        return proxy.traits.has(REPORTS)
                && core.state()
                        .snapshot()
                        .get(proxy.key)
                        .filter(dataplane -> inbounds(dataplane).anyMatch(HealthDesk::isProbed))
                        .isPresent();
    }

    private boolean isWell(ResourceKey key, Inbound inbound) {
        Set<String> well = healthy.get(key);
        return well == null
                ? Announcement.covers(core.state().announcement(key), inbound.port())
                : well.contains(name(inbound));
    }

    private static java.util.stream.Stream<Inbound> inbounds(Resource dataplane) {
        return dataplane.spec(DataplaneSpec.class).networking().inbound().stream();
    }

    private static boolean isProbed(Inbound inbound) {
        return inbound.serviceProbe().flatMap(ServiceProbe::tcp).isPresent();
    }

    private static String address(Inbound inbound) {
        return inbound.serviceAddress().filter(text -> !text.isEmpty()).orElse("127.0.0.1");
    }

    /// Two inbounds before one workload share its probe.
    private static String name(Inbound inbound) {
        String address = address(inbound);
        return (address.equals("127.0.0.1") ? "localhost" : address) + ":" + inbound.workloadPort();
    }

    private List<Probe> probes(ResourceKey key) {
        Map<String, Probe> probes = new TreeMap<>();
        core.state()
                .snapshot()
                .get(key)
                .ifPresent(dataplane -> inbounds(dataplane)
                        .filter(HealthDesk::isProbed)
                        .forEach(inbound -> probes.putIfAbsent(name(inbound), probe(key, dataplane, inbound))));
        return new ArrayList<>(probes.values());
    }

    private Probe probe(ResourceKey key, Resource dataplane, Inbound inbound) {
        ServiceProbe wanted = inbound.serviceProbe().orElseThrow();
        String address = address(inbound);
        ConnectedProxy proxy = core.connected(key);
        boolean captured = proxy != null
                && Capture.of(dataplane.spec(DataplaneSpec.class).networking(), proxy.traits)
                        .filter(found -> found.inboundPort() > 0)
                        .isPresent()
                && !address.startsWith("127.")
                && !address.equals("::1");
        return new Probe(
                name(inbound),
                address,
                inbound.workloadPort(),
                wanted.interval().filter(Duration::isPositive).orElse(INTERVAL),
                wanted.timeout().filter(Duration::isPositive).orElse(TIMEOUT),
                wanted.healthyThreshold().orElse(1),
                wanted.unhealthyThreshold().orElse(1),
                captured ? (address.contains(":") ? "::6" : "127.0.0.6") : "");
    }

    /// A Dataplane changed, or its proxy connected: it may have to probe something else, and announce it.
    void changed(ResourceKey key) {
        Stream stream = streams.get(key);
        if (stream != null) {
            stream.probe();
        }
        announce(key);
    }

    private void announce(ResourceKey key) {
        ConnectedProxy proxy = core.connected(key);
        if (proxy != null && proxy.settled && proxy.traits.has(REPORTS)) {
            core.announce(key, announced(proxy));
            core.changed(key);
        }
    }

    /// A Dataplane is gone.
    void removed(ResourceKey key) {
        healthy.remove(key);
        Stream stream = streams.remove(key);
        if (stream != null) {
            stream.end(new Refusal(Refusal.Code.ABORTED, key + " was deleted"));
        }
    }

    /// How much is kept of proxies.
    int kept() {
        return streams.size() + healthy.size();
    }

    @Override
    public Session open(Node node, HealthStream stream) {
        Stream session = new Stream(Age.of(node, opened.incrementAndGet()), stream);
        session.enter(node, TIMES);
        return session;
    }

    private final class Stream implements HealthSource.Session {
        private final HealthStream stream;
        private final Age age;
        private @Nullable ResourceKey key;
        private List<Probe> told = List.of();
        private boolean closed;

        Stream(Age age, HealthStream stream) {
            this.age = age;
            this.stream = stream;
        }

        /// The stream of discovery registers the Dataplane, and may be later than this one.
        private void enter(Node node, int times) {
            Thread.ofVirtual().name("health-admission").start(() -> {
                try {
                    Admission.Outcome outcome = admission.recognise(node);
                    core.loop().post("health", () -> decided(node, outcome, times));
                } catch (RuntimeException e) {
                    core.faults().handle("health", e);
                    stream.refuse(new Refusal(Refusal.Code.UNAVAILABLE, "the control plane cannot take you in now"));
                }
            });
        }

        private void decided(Node node, Admission.Outcome outcome, int times) {
            if (closed) {
                return;
            }
            switch (outcome) {
                case Admission.Outcome.Refused refused -> stream.refuse(refused.refusal());
                case Admission.Outcome.Absent absent -> {
                    if (times == 0) {
                        stream.refuse(new Refusal(Refusal.Code.NOT_FOUND, absent.sentence()));
                    } else {
                        core.timers().after(AGAIN, () -> enter(node, times - 1));
                    }
                }
                case Admission.Outcome.Admitted admitted -> {
                    Stream old = streams.get(admitted.key());
                    Refusal tookOver =
                            new Refusal(Refusal.Code.ABORTED, "a newer stream of " + node.id() + " took over");
                    if (old != null && !age.isNewer(old.age)) {
                        stream.refuse(tookOver);
                        return;
                    }
                    key = admitted.key();
                    streams.put(admitted.key(), this);
                    if (old != null) {
                        old.end(tookOver);
                    }
                    probe();
                }
                case Admission.Outcome.Brings brings -> throw new IllegalStateException("nothing is brought here");
            }
        }

        private void probe() {
            ResourceKey mine = key;
            List<Probe> wanted = mine == null ? List.of() : probes(mine);
            if (!wanted.equals(told)) {
                told = wanted;
                stream.probe(wanted);
            }
        }

        void end(Refusal refusal) {
            key = null;
            stream.refuse(refusal);
        }

        @Override
        public void reported(Map<String, Boolean> report) {
            Set<String> well = report.entrySet().stream()
                    .filter(Map.Entry::getValue)
                    .map(Map.Entry::getKey)
                    .collect(Collectors.toUnmodifiableSet());
            core.loop().post("health report", () -> {
                ResourceKey mine = key;
                if (mine != null && !well.equals(healthy.put(mine, well))) {
                    announce(mine);
                }
            });
        }

        /// What was reported last counts until there is something newer.
        @Override
        public void closed() {
            core.loop().post("health closed", () -> {
                closed = true;
                Optional.ofNullable(key).ifPresent(mine -> streams.remove(mine, this));
                key = null;
            });
        }
    }
}
