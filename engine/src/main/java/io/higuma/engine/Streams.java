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
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The streams of proxies from their first word to their end. [#open] may be called from any thread; the fields
/// belong to the loop.
///
/// ```
/// open ─▶ admission (virtual thread) ─▶ commit heard ─▶ connected ─▶ acknowledged: announced ─▶ closed: grace
///              ├─ absent: waits ─▶ again, or refused
///              └─ a newer process of that name is connected: refused, nothing is written
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
    /// When two proxies were found to bear one name, last.
    private final Map<ResourceKey, Instant> quarrels = new HashMap<>();
    private final RefusalNews news = new RefusalNews();
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
        return waiting.size() + entering.size() + presence.kept() + takeovers.size() + quarrels.size();
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
        private final Age age;
        private boolean closed;
        private boolean timed;
        /// Written by the loop, read by the stream.
        private volatile @Nullable ConnectedProxy proxy;

        Session(Node node, ProxyStream stream) {
            this.node = node;
            this.stream = stream;
            this.age = Age.of(node, streams.incrementAndGet());
        }

        private void apply() {
            admit(() -> admission.admit(node));
        }

        private void admit(Supplier<Admission.Outcome> step) {
            Thread.ofVirtual().name("admission").start(() -> {
                try {
                    Admission.Outcome outcome = step.get();
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
                case Admission.Outcome.Brings brings -> {
                    if (mayEnter(core.connected(brings.dataplane().key()))) {
                        admit(() -> admission.register(brings.dataplane()));
                    }
                }
                case Admission.Outcome.Refused refused -> {
                    if (news.isNew(node.id(), refused.refusal(), core.now())) {
                        log.atInfo()
                                .addKeyValue("proxy", node.id())
                                .addKeyValue("peer", node.peer())
                                .addKeyValue("reason", refused.refusal().message())
                                .log("a proxy is refused");
                    }
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
            if (!mayEnter(old)) {
                return;
            }
            if (old != null) {
                takeOver(old);
            }
            ConnectedProxy entered = new ConnectedProxy(
                    key, stream, Traits.of(node), node.peer(), admitted.registered(), core.now(), age, core::mailbox);
            proxy = entered;
            core.connect(entered);
            presence.entered(entered, admitted.stood());
            core.insights().opened(key, id, version(node), stream.tally(), core.now());
            planFlush();
            log.atInfo()
                    .addKeyValue("mesh", key.mesh())
                    .addKeyValue("proxy", key.name())
                    .addKeyValue("streamId", id)
                    .log("a proxy is connected");
        }

        /// The newer one wins. Where it cannot be told whether two streams are of one process,
        /// they may take turns a few times before that is called a quarrel of two.
        private boolean mayEnter(@Nullable ConnectedProxy old) {
            if (old == null) {
                return true;
            }
            if (!age.isNewer(old.age)) {
                if (age.isOther(old.age)) {
                    quarrel(old, "the one that was started later is served");
                } else {
                    stream.refuse(tookOver(old.peer)); // admissions run side by side
                }
                return false;
            }
            List<Instant> times = takeovers.getOrDefault(old.key, List.of());
            boolean quarrels = !age.isOther(old.age)
                    && times.stream()
                                    .filter(time -> !time.isBefore(core.now().minus(QUARREL)))
                                    .count()
                            >= QUARREL_TAKEOVERS;
            if (quarrels) {
                quarrel(old, "the one that came first is served for now");
            }
            return !quarrels;
        }

        private void takeOver(ConnectedProxy old) {
            List<Instant> times = takeovers.computeIfAbsent(old.key, k -> new ArrayList<>());
            times.removeIf(time -> time.isBefore(core.now().minus(QUARREL)));
            times.add(core.now());
            core.disconnect(old);
            old.stream.refuse(tookOver(node.peer()));
        }

        private Refusal tookOver(String peer) {
            return new Refusal(Refusal.Code.ABORTED, "a newer stream of " + node.id() + " from " + peer + " took over");
        }

        private void quarrel(ConnectedProxy served, String who) {
            String sentence = "two proxies call themselves " + node.id() + ": " + served.peer + " and " + node.peer()
                    + "; " + who + ", give one of them another name";
            stream.refuse(new Refusal(Refusal.Code.ABORTED, sentence));
            // Envoy asks again and again
            Instant last = quarrels.put(served.key, core.now());
            if (last == null || last.isBefore(core.now().minus(QUARREL))) {
                log.atWarn()
                        .addKeyValue("mesh", served.key.mesh())
                        .addKeyValue("proxy", served.key.name())
                        .addKeyValue("reason", sentence)
                        .log("a proxy is refused");
            }
        }

        /// The proxy, while the stream is the one that serves it. Loop only.
        private @Nullable ConnectedProxy current() {
            ConnectedProxy mine = proxy;
            return mine == null || mine.gone ? null : mine;
        }

        @Override
        public void settled(long revision) {
            core.loop().postUnhurried("settled", () -> {
                ConnectedProxy mine = current();
                if (mine == null) {
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
                ConnectedProxy mine = current();
                if (mine == null) {
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

        /// Stands on the receipt of the newer revision; Envoy's one refusal is counted and logged once.
        @Override
        public void stillRejected(TypeUrl type, long revision, List<String> resources, String message) {
            core.loop().post("rejected", () -> {
                ConnectedProxy mine = current();
                if (mine != null) {
                    mine.refuse(type, revision, resources, message);
                }
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
                ConnectedProxy mine = current();
                if (mine != null) {
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
        quarrels.remove(key);
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
