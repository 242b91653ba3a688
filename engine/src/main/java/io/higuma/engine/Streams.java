package io.higuma.engine;

import io.higuma.engine.flight.AckEvent;
import io.higuma.model.ResourceKey;
import io.higuma.model.core.CoreTypes;
import io.higuma.model.core.DataplaneInsightSpec.Envoy;
import io.higuma.model.core.DataplaneInsightSpec.KumaDp;
import io.higuma.model.core.DataplaneInsightSpec.Version;
import io.higuma.model.wire.TypeUrl;
import io.higuma.store.Change;
import io.higuma.store.Expectation;
import io.higuma.xds.ConfigSource;
import io.higuma.xds.Node;
import io.higuma.xds.Refusal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The streams of proxies from their first word to their end. [#open] may be called from any thread; the fields
/// belong to the loop.
///
/// ```
/// open ─▶ admission (virtual thread) ─▶ commit heard ─▶ connected ─▶ acknowledged: announced ─▶ closed: grace
///              └─ absent: waits ─▶ again, or refused
/// ```
final class Streams implements ConfigSource {

    private static final Logger log = LoggerFactory.getLogger(Streams.class);
    private static final Duration FIRST_FLUSH = Duration.ofMillis(500);
    private static final Duration QUARREL = Duration.ofSeconds(10);
    private static final int QUARREL_TAKEOVERS = 3;

    private final MeshCore core;
    private final Admission admission;
    private final HealthDesk health;
    private final List<Session> waiting = new ArrayList<>();
    private final List<Runnable> entering = new ArrayList<>();
    private final Presence presence;
    private final Map<ResourceKey, List<Instant>> takeovers = new HashMap<>();
    private boolean flushPlanned;
    /// Any thread.
    private volatile boolean retiring;
    /// Streams opened so far. Any thread.
    private final AtomicLong streams = new AtomicLong();

    Streams(MeshCore core, Admission admission, HealthDesk health) {
        this.core = core;
        this.health = health;
        this.admission = admission;
        this.presence = new Presence(core, health);
    }

    @Override
    public ConfigSource.Session open(Node node, ProxyStream stream) {
        Session session = new Session(node, stream);
        session.apply();
        return session;
    }

    /// This process ends: from now on streams end because of us, which says nothing about their proxies.
    void retire() {
        retiring = true;
    }

    /// Remembers dataplanes that an earlier process saw: one whose stream was open stays announced for a while.
    void restored(ResourceKey key, boolean online) {
        presence.restored(key, online);
    }

    /// How much is kept of proxies.
    int kept() {
        return waiting.size() + entering.size() + presence.kept() + takeovers.size();
    }

    /// After every batch: who waited for what is there now, enters.
    void advance() {
        presence.advance();
        List<Runnable> now = List.copyOf(entering);
        entering.clear();
        now.forEach(Runnable::run);
        for (Session session : List.copyOf(waiting)) {
            if (session.canTryAgain()) {
                waiting.remove(session);
                session.apply();
            }
        }
    }

    private final class Session implements ConfigSource.Session {
        private final Node node;
        private final ProxyStream stream;
        private final String id = UUID.randomUUID().toString();
        private final Instant opened = core.now();
        private final long order = streams.incrementAndGet();
        private boolean closed;
        private boolean timed;
        /// Written by the loop, read by the stream.
        private volatile @Nullable ConnectedProxy proxy;

        Session(Node node, ProxyStream stream) {
            this.node = node;
            this.stream = stream;
        }

        private void apply() {
            Thread.ofVirtual().name("admission").start(() -> {
                try {
                    Admission.Outcome outcome = admission.admit(node);
                    core.loop().post("admission", () -> decided(outcome));
                } catch (RuntimeException e) {
                    core.faults().handle("admission", e);
                    stream.refuse(new Refusal(Refusal.Code.UNAVAILABLE, "the control plane cannot take you in now"));
                }
            });
        }

        private void decided(Admission.Outcome outcome) {
            if (closed) {
                if (outcome instanceof Admission.Outcome.Admitted admitted) {
                    left(admitted.key(), admitted.registered());
                }
                return;
            }
            switch (outcome) {
                case Admission.Outcome.Admitted admitted -> enter(admitted);
                case Admission.Outcome.Refused refused -> {
                    log.atInfo()
                            .addKeyValue("proxy", node.id())
                            .addKeyValue("reason", refused.refusal().message())
                            .log("a proxy is refused");
                    stream.refuse(refused.refusal());
                }
                case Admission.Outcome.Absent absent -> await(absent.sentence());
            }
        }

        private void await(String sentence) {
            waiting.add(this);
            Duration patience = core.settings().timing().patience();
            if (!timed) {
                timed = true;
                core.timers().after(patience, () -> {
                    if (waiting.remove(this)) {
                        stream.refuse(new Refusal(
                                Refusal.Code.NOT_FOUND,
                                sentence + ", not after waiting for " + patience.toSeconds() + " s"));
                    }
                });
            }
        }

        boolean canTryAgain() {
            int dot = node.id().indexOf('.');
            String mesh = node.id().substring(0, dot);
            ResourceKey key = CoreTypes.DATAPLANE.key(mesh, node.id().substring(dot + 1));
            return core.state().snapshot().hasMesh(mesh)
                    && (node.metadata().containsKey("dataplane.resource")
                            || core.state().snapshot().get(key).isPresent());
        }

        /// Enters once the snapshot holds its Dataplane.
        private void enter(Admission.Outcome.Admitted admitted) {
            if (closed) {
                left(admitted.key(), admitted.registered());
                return;
            }
            if (core.state().snapshot().revision() < admitted.revision()) {
                entering.add(() -> enter(admitted));
                return;
            }
            ResourceKey key = admitted.key();
            if (core.state().snapshot().get(key).isEmpty()) {
                apply(); // deleted since it was admitted: it registers again, or waits
                return;
            }
            ConnectedProxy old = core.connected(key);
            if (old != null && !(old.order < order ? takeOver(old) : yieldTo(old))) {
                return;
            }
            ConnectedProxy entered = new ConnectedProxy(
                    key, stream, Traits.of(node), node.peer(), admitted.registered(), core.now(), order, core::mailbox);
            proxy = entered;
            core.connect(entered);
            presence.entered(entered);
            core.insights().opened(key, id, version(node), stream.tally(), core.now());
            planFlush();
            log.atInfo()
                    .addKeyValue("mesh", key.mesh())
                    .addKeyValue("proxy", key.name())
                    .addKeyValue("streamId", id)
                    .log("a proxy is connected");
        }

        /// The newer stream wins, unless two proxies quarrel over one name.
        private boolean takeOver(ConnectedProxy old) {
            List<Instant> times = takeovers.computeIfAbsent(old.key, k -> new ArrayList<>());
            times.removeIf(time -> time.isBefore(core.now().minus(QUARREL)));
            if (times.size() >= QUARREL_TAKEOVERS) {
                stream.refuse(new Refusal(
                        Refusal.Code.ABORTED,
                        "two proxies call themselves " + node.id() + ": " + old.peer + " and " + node.peer()
                                + "; give one of them another name"));
                return false;
            }
            times.add(core.now());
            core.disconnect(old);
            old.stream.refuse(new Refusal(
                    Refusal.Code.ABORTED, "a newer stream of " + node.id() + " from " + node.peer() + " took over"));
            return true;
        }

        /// Admissions run side by side, so an older stream may be let in after a newer one.
        private boolean yieldTo(ConnectedProxy newer) {
            stream.refuse(new Refusal(
                    Refusal.Code.ABORTED, "a newer stream of " + node.id() + " from " + newer.peer + " took over"));
            return false;
        }

        private boolean isCurrent() {
            ConnectedProxy mine = proxy;
            return mine != null && core.connected(mine.key) == mine;
        }

        @Override
        public void settled(long revision) {
            core.loop().post("settled", () -> {
                ConnectedProxy mine = proxy;
                if (mine == null || !isCurrent()) {
                    return;
                }
                AckEvent event = new AckEvent();
                if (event.shouldCommit()) {
                    event.of(mine.key.mesh(), mine.key.name(), revision);
                    event.commit();
                }
                if (mine.settled(revision, core.now(), core.measures().propagation()::record)) {
                    presence.settled(mine);
                    core.changed(mine.key);
                }
                core.desk().acknowledged(mine.key.mesh());
            });
        }

        @Override
        public void rejected(TypeUrl type, long revision, List<String> resources, String message) {
            core.loop().post("rejected", () -> {
                ConnectedProxy mine = proxy;
                if (mine == null || !isCurrent()) {
                    return;
                }
                mine.refuse(type, revision, resources, message);
                core.measures().refused(type);
                log.atWarn()
                        .addKeyValue("mesh", mine.key.mesh())
                        .addKeyValue("proxy", mine.key.name())
                        .addKeyValue("typeUrl", type.url())
                        .addKeyValue("reason", message)
                        .log("a proxy refuses its configuration and keeps its last good one");
            });
        }

        @Override
        public void sent(TypeUrl type, int bytes) {
            ConnectedProxy mine = proxy;
            if (mine != null) {
                core.measures().pushed(mine.reason, type, bytes);
            }
        }

        @Override
        public void closed() {
            if (retiring) {
                return;
            }
            core.loop().post("closed", () -> {
                closed = true;
                waiting.remove(this);
                ConnectedProxy mine = proxy;
                if (mine != null && isCurrent()) {
                    core.disconnect(mine);
                    core.insights().closed(mine.key, core.now());
                    left(mine.key, mine.registered);
                }
            });
        }

        @Override
        public String toString() {
            return "stream " + id + " since " + opened;
        }
    }

    /// @param registered whether its stream had brought the Dataplane along
    private void left(ResourceKey key, boolean registered) {
        EngineSettings.Timing timing = core.settings().timing();
        if (core.connected(key) == null) {
            presence.left(key);
        }
        if (registered) {
            core.timers().after(timing.deregistration(), () -> {
                if (core.connected(key) == null) {
                    presence.forget(key);
                    core.writer()
                            .write(List.of(new Change.Delete(key, Expectation.ANYTHING)), Admission.AUTHOR, () -> {});
                }
            });
        }
    }

    /// A deleted Dataplane's stream ends: its proxy comes back and brings its Dataplane, or waits for one.
    void removed(ResourceKey key) {
        health.removed(key);
        presence.removed(key);
        takeovers.remove(key);
        ConnectedProxy proxy = core.connected(key);
        if (proxy != null) {
            core.disconnect(proxy);
            proxy.stream.refuse(new Refusal(Refusal.Code.ABORTED, key + " was deleted"));
        }
    }

    /// What is new is written down soon, what goes on is written down now and then.
    private void planFlush() {
        if (!flushPlanned) {
            flushPlanned = true;
            core.timers().after(FIRST_FLUSH, () -> {
                flushPlanned = false;
                core.insights().flush();
            });
        }
    }

    private static Version version(Node node) {
        Map<?, ?> version = node.metadata().get("version") instanceof Map<?, ?> map ? map : Map.of();
        Map<?, ?> dp = version.get("kumaDp") instanceof Map<?, ?> map ? map : Map.of();
        Map<?, ?> envoy = version.get("envoy") instanceof Map<?, ?> map ? map : Map.of();
        return new Version(
                dp.isEmpty()
                        ? Optional.empty()
                        : Optional.of(new KumaDp(
                                text(dp, "version"),
                                text(dp, "gitTag"),
                                text(dp, "gitCommit"),
                                text(dp, "buildDate"),
                                Optional.of(true))),
                envoy.isEmpty()
                        ? Optional.empty()
                        : Optional.of(new Envoy(
                                text(envoy, "version"),
                                text(envoy, "build"),
                                envoy.get("kumaDpCompatible") instanceof Boolean yes
                                        ? Optional.of(yes)
                                        : Optional.empty())),
                Map.of());
    }

    private static Optional<String> text(Map<?, ?> map, String key) {
        return map.get(key) instanceof String value ? Optional.of(value) : Optional.empty();
    }
}
