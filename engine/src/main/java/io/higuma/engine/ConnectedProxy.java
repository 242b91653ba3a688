package io.higuma.engine;

import io.higuma.engine.Planner.Facts;
import io.higuma.engine.Troubles.Cause;
import io.higuma.engine.measure.PushReason;
import io.higuma.envoy.CompiledProxy;
import io.higuma.envoy.Origins;
import io.higuma.model.ResourceKey;
import io.higuma.model.wire.ProxyConfig;
import io.higuma.model.wire.TypeUrl;
import io.higuma.policy.ProxyTraits;
import io.higuma.xds.ConfigSource.ProxyStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
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
    final Age age;
    final Mailbox<Work> mailbox;

    /// The plan in use. Owner: the mailbox's handler.
    @Nullable
    CompiledProxy compiled;

    /// What was offered last. Written by the mailbox's handler, read by anybody.
    volatile @Nullable ProxyConfig offered;

    /// Why. Written by the mailbox's handler, read by anybody.
    volatile PushReason reason = PushReason.CONNECT;

    /// Whether another stream, or none, is in its place.
    boolean gone;

    /// What the batch of events at hand has for it.
    private @Nullable Work due;

    /// With whom it shares its clusters.
    EndpointDesk.@Nullable Audience audience;

    /// Plans that are not acknowledged, by generation. Most of the time there is none, and no map for it: what a wave
    /// of a thousand proxies looks at shall be little.
    private NavigableMap<Long, Facts> offers = Collections.emptyNavigableMap();

    final OpenWaves waves = new OpenWaves();
    Facts running = Facts.NONE;
    /// Whether any whole configuration was acknowledged.
    boolean settled;
    private Map<TypeUrl, Refusal> refusals = Map.of();
    /// Which policies had a hand in what.
    Origins origins = Origins.NONE;

    @Nullable
    Cause trouble;

    /// Why a certificate does not come that was promised.
    private @Nullable Cause withheld;

    /// Whether a plan waits for the proxy's certificate.
    boolean awaitsCertificate;

    /// What Envoy said of a generation.
    private record Refusal(long generation, Cause cause) {}

    ConnectedProxy(
            ResourceKey key,
            ProxyStream stream,
            ProxyTraits traits,
            String peer,
            boolean registered,
            Instant connected,
            Age age,
            Function<ConnectedProxy, Mailbox<Work>> mailbox) {
        this.key = key;
        this.stream = stream;
        this.traits = traits;
        this.peer = peer;
        this.registered = registered;
        this.connected = connected;
        this.age = age;
        this.mailbox = mailbox.apply(this);
    }

    /// Notes work of the batch of events at hand. True if there was none so far.
    boolean isFirstDue(Work work) {
        Work before = due;
        due = before == null ? work : before.and(work);
        return before == null;
    }

    /// The work of the batch, which is over for the proxy.
    Work take() {
        Work mine = due;
        due = null;
        return mine == null ? Work.DELIVER : mine;
    }

    void offered(long generation, Facts facts) {
        if (offers.isEmpty()) {
            offers = new TreeMap<>();
        }
        offers.put(generation, facts);
        awaitsCertificate = false;
        waves.made();
    }

    /// Everything the proxy may run by now: what it acknowledged, and whatever was offered since.
    Collection<Facts> possible() {
        List<Facts> all = new ArrayList<>(offers.values());
        all.add(running);
        return all;
    }

    /// Everything of a generation is acknowledged. True if that makes the proxy run another configuration.
    ///
    /// @param took told for each wave that it runs now how long that took from the write
    boolean settled(long generation, Instant now, Consumer<Duration> took) {
        if (!refusals.isEmpty()) {
            refusals = Map.of();
            waves.taken();
        }
        waves.acknowledged(generation, now, took);
        Map.Entry<Long, Facts> reached = offers.floorEntry(generation);
        if (reached == null) {
            return false;
        }
        NavigableMap<Long, Facts> newer = offers.tailMap(generation, false);
        offers = newer.isEmpty() ? Collections.emptyNavigableMap() : new TreeMap<>(newer);
        boolean changed = !settled || !running.equals(reached.getValue());
        settled = true;
        running = reached.getValue();
        return changed;
    }

    /// A type is refused. What an older generation was refused for may be mended by now.
    ///
    /// @param resources names of what the refused response held
    void refuse(TypeUrl type, long generation, List<String> resources, String words) {
        Map<TypeUrl, Refusal> standing = new EnumMap<>(TypeUrl.class);
        standing.putAll(refusals);
        standing.values().removeIf(refusal -> refusal.generation() < generation);
        standing.put(type, new Refusal(generation, Cause.of(words, resources, origins)));
        refusals = standing;
        waves.refused(generation);
    }

    /// The plan of a generation waits for the proxy's certificate. True if none did before.
    boolean awaits(long generation) {
        boolean first = !awaitsCertificate;
        awaitsCertificate = true;
        waves.held(generation);
        return first;
    }

    /// What was promised up to a generation does not come unless somebody does something.
    void withheld(long generation, Cause cause) {
        withheld = cause;
        waves.withheld(generation);
    }

    /// What was promised is on its way.
    void unhindered() {
        withheld = null;
        waves.unhindered();
    }

    /// A state brings what was promised.
    void kept(EngineState state, Instant now) {
        withheld = null;
        waves.keep(state, now);
    }

    void troubled(long generation, Cause cause) {
        trouble = cause;
        waves.unmade(generation);
    }

    /// Why the proxy does not run what it should; empty if it does.
    Optional<String> problem() {
        return causes().stream().findFirst().map(Cause::message);
    }

    /// Why the proxy does not run a wave that it refuses.
    Optional<String> problem(Wave wave) {
        return waves.isWithheld(wave) ? Optional.ofNullable(withheld).map(Cause::message) : problem();
    }

    /// All reasons, each once.
    Set<Cause> causes() {
        Set<Cause> all = new LinkedHashSet<>();
        if (trouble != null) {
            all.add(trouble);
        }
        if (withheld != null) {
            all.add(withheld);
        }
        refusals.values().forEach(refusal -> all.add(refusal.cause()));
        return all;
    }
}
