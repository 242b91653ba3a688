package io.higuma.engine;

import io.higuma.engine.Planner.Facts;
import io.higuma.envoy.CompiledProxy;
import io.higuma.model.ResourceKey;
import io.higuma.model.wire.ProxyConfig;
import io.higuma.model.wire.TypeUrl;
import io.higuma.policy.ProxyTraits;
import io.higuma.xds.ConfigSource.ProxyStream;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// One open stream. Owner: the loop, except where a field says otherwise.
final class ConnectedProxy {

    /// What a worker has to do: more than one wish merges into the larger one.
    enum Work {
        /// Endpoints or secrets changed: the plan stays.
        DELIVER,
        PLAN;

        Work and(Work other) {
            return this == PLAN ? this : other;
        }
    }

    final ResourceKey key;
    final ProxyStream stream;
    final ProxyTraits traits;
    final String peer;
    /// Whether the stream brought its Dataplane along, so that it goes when the stream goes.
    final boolean registered;
    final Instant connected;
    /// The place of the stream among all streams, in the order they were opened.
    final long order;
    final Mailbox<Work> mailbox;

    /// The plan in use. Owner: the mailbox's handler.
    @Nullable
    CompiledProxy compiled;

    /// What was offered last. Written by the mailbox's handler, read by anybody.
    volatile @Nullable ProxyConfig offered;

    private final Map<TypeUrl, Long> acknowledged = new EnumMap<>(TypeUrl.class);
    private final TreeMap<Long, Facts> offers = new TreeMap<>();
    private final Deque<Wave> waves = new ArrayDeque<>();
    SortedSet<String> clusters = new TreeSet<>();
    Facts running = Facts.NONE;
    /// Whether any whole configuration was acknowledged.
    boolean settled;
    private final Map<TypeUrl, String> refusals = new EnumMap<>(TypeUrl.class);

    @Nullable
    String trouble;

    ConnectedProxy(
            ResourceKey key,
            ProxyStream stream,
            ProxyTraits traits,
            String peer,
            boolean registered,
            Instant connected,
            long order,
            Function<ConnectedProxy, Mailbox<Work>> mailbox) {
        this.key = key;
        this.stream = stream;
        this.traits = traits;
        this.peer = peer;
        this.registered = registered;
        this.connected = connected;
        this.order = order;
        this.mailbox = mailbox.apply(this);
    }

    void concernedBy(Wave wave) {
        waves.add(wave);
    }

    void offered(long generation, Facts facts) {
        offers.put(generation, facts);
    }

    /// Everything the proxy may run by now: what it acknowledged, and whatever was offered since.
    Collection<Facts> possible() {
        List<Facts> all = new ArrayList<>(offers.values());
        all.add(running);
        return all;
    }

    /// A type was acknowledged. True if that makes the proxy run another configuration.
    boolean acknowledge(TypeUrl type, long generation, Instant now) {
        acknowledged.merge(type, generation, Math::max);
        refusals.remove(type);
        if (acknowledged.size() < TypeUrl.values().length) {
            return false;
        }
        long all =
                acknowledged.values().stream().mapToLong(Long::longValue).min().orElse(0);
        while (!waves.isEmpty() && waves.getFirst().generation <= all) {
            waves.removeFirst().running(key, now);
        }
        Map.Entry<Long, Facts> reached = offers.floorEntry(all);
        if (reached == null) {
            return false;
        }
        offers.headMap(all, true).clear();
        boolean changed = !settled || !running.equals(reached.getValue());
        settled = true;
        running = reached.getValue();
        return changed;
    }

    void refuse(TypeUrl type, String words) {
        refusals.put(type, words);
        waves.forEach(wave -> wave.refused(key, words));
    }

    void troubled(long generation, String words) {
        trouble = words;
        waves.stream().filter(wave -> wave.generation <= generation).forEach(wave -> wave.refused(key, words));
        waves.removeIf(wave -> wave.generation <= generation);
    }

    void gone() {
        waves.forEach(wave -> wave.gone(key));
        waves.clear();
    }

    /// Why the proxy does not run what it should; empty if it does.
    Optional<String> problem() {
        return Optional.ofNullable(trouble).or(() -> refusals.values().stream().findFirst());
    }
}
