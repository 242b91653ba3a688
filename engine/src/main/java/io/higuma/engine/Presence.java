package io.higuma.engine;

import io.higuma.model.ResourceKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// When callers are told of a dataplane: from the moment its Envoy has acknowledged, until its stream breaks. Owner:
/// the loop.
///
/// A crowd is another matter. When many streams break at once, the network or a control plane broke, not the proxies;
/// what they serve stays announced for [#CROWD_GRACES] graces, and longer while some of them come back, but not for
/// ever. The same after a start: who was connected to the process before has time to return.
///
/// A dataplane that callers know already, because it was written before its proxy came, is not taken away and given
/// back for the moment that the proxy needs to acknowledge: a thousand that come would tell a thousand others each
/// time.
final class Presence {

    /// From here on it is a crowd.
    private static final int CROWD = 16;

    private static final int CROWD_GRACES = 20;
    private static final int RESTART_STEPS = 6;
    private static final int LONGEST = 10;

    private final MeshCore core;
    private final HealthDesk health;
    /// Dataplanes that had a stream, in this process or an earlier one.
    private final Set<ResourceKey> seen = new HashSet<>();
    /// Connected just now, and have not acknowledged everything yet.
    private final Set<ResourceKey> arriving = new HashSet<>();
    /// How often one connected, or had acknowledged everything after that.
    private long arrivals;
    /// Without a stream, and announced still.
    private final Map<ResourceKey, Absence> away = new HashMap<>();
    /// Those who are announced when the crowd has arrived.
    private final Map<ResourceKey, ConnectedProxy> later = new HashMap<>();
    /// Whose stream was over before this process began; until the first state of the store is there.
    private final List<ResourceKey> gone = new ArrayList<>();

    private final Crowd restarted = new Crowd();
    private final Crowd broken = new Crowd();

    /// One time of being away.
    private static final class Absence {
        private final Crowd crowd;
        private boolean overdue;

        Absence(Crowd crowd, boolean overdue) {
            this.crowd = crowd;
            this.overdue = overdue;
        }
    }

    /// Those whose streams broke for one reason that is not theirs.
    private final class Crowd {
        private boolean waits;
        /// Whether one came back since somebody looked last.
        private boolean returned;

        /// @param least how many steps it is waited for them, even if nobody comes back
        void await(Duration step, int least) {
            if (!waits) {
                waits = true;
                core.timers().after(step, () -> look(step, 1, least));
            }
        }

        private void look(Duration step, int count, int least) {
            boolean some = returned;
            returned = false;
            boolean any = away.values().stream().anyMatch(absence -> absence.crowd == this);
            if (any && (count < least || (some && count < LONGEST * least))) {
                core.timers().after(step, () -> look(step, count + 1, least));
                return;
            }
            waits = false;
            Map.copyOf(away).forEach((key, absence) -> {
                if (absence.crowd == this && absence.overdue) {
                    withdraw(key, absence);
                }
            });
        }
    }

    Presence(MeshCore core, HealthDesk health) {
        this.core = core;
        this.health = health;
    }

    /// An earlier process saw it.
    ///
    /// @param online whether its stream was open when that process ended
    void restored(ResourceKey key, boolean online) {
        seen.add(key);
        if (!online) {
            gone.add(key);
            return;
        }
        away.put(key, new Absence(restarted, true));
        restarted.await(core.settings().timing().restartGrace().dividedBy(RESTART_STEPS), RESTART_STEPS);
    }

    /// After every batch.
    void advance() {
        if (!gone.isEmpty() && core.state().snapshot().revision() > 0) {
            gone.forEach(key -> {
                if (core.connected(key) == null) {
                    core.announce(key, Announcement.NOTHING);
                }
            });
            gone.clear();
        }
    }

    /// How much is kept of proxies.
    int kept() {
        return seen.size() + arriving.size() + away.size() + later.size() + gone.size();
    }

    /// @param stood whether callers may know its Dataplane already
    void entered(ConnectedProxy proxy, boolean stood) {
        ResourceKey key = proxy.key;
        Absence absence = away.remove(key);
        if (absence != null) {
            absence.crowd.returned = true;
        }
        arriving.add(key);
        arrivals++;
        boolean first = seen.add(key);
        boolean held = first && stood && !health.awaits(proxy);
        if (first && !held) {
            core.announce(key, Announcement.NOTHING);
        }
        expect(proxy, held, 1);
    }

    /// Waits for its acknowledgement, and longer while others connect or acknowledge: so many come that their turn
    /// takes time, and none may be through when the first wait is over.
    ///
    /// @param held whether callers are told of it meanwhile
    private void expect(ConnectedProxy proxy, boolean held, int times) {
        long before = arrivals;
        core.timers().after(grace().multipliedBy(CROWD_GRACES), () -> {
            if (core.connected(proxy.key) != proxy || !arriving.contains(proxy.key)) {
                return;
            }
            if (arrivals > before && times < LONGEST) {
                expect(proxy, held, times + 1);
                return;
            }
            arriving.remove(proxy.key);
            if (held) {
                core.announce(proxy.key, Announcement.NOTHING);
            }
        });
    }

    /// The proxy runs a configuration with these ports.
    void settled(ConnectedProxy proxy) {
        if (arriving.remove(proxy.key)) {
            arrivals++;
        }
        if (!crowded()) {
            later.remove(proxy.key);
            core.announce(proxy.key, health.announced(proxy));
            tellLater();
        } else if (later.put(proxy.key, proxy) == null && later.size() == 1) {
            core.timers().after(grace(), this::tellLater);
        }
    }

    private void tellLater() {
        Map<ResourceKey, ConnectedProxy> all = Map.copyOf(later);
        later.clear();
        all.forEach((key, proxy) -> {
            if (core.connected(key) == proxy) {
                core.announce(key, health.announced(proxy));
            }
        });
    }

    /// Its stream is over.
    void left(ResourceKey key) {
        arriving.remove(key);
        Absence absence = new Absence(broken, false);
        away.put(key, absence);
        core.timers().after(grace(), () -> {
            if (away.get(key) != absence) {
                return;
            }
            absence.overdue = true;
            if (away.size() > CROWD && 4 * away.size() > core.connections()) {
                broken.await(grace(), CROWD_GRACES);
            }
            if (!broken.waits) {
                withdraw(key, absence);
            }
        });
    }

    private void withdraw(ResourceKey key, Absence absence) {
        away.remove(key);
        core.announce(key, Announcement.NOTHING);
        if (absence.crowd == restarted) {
            core.insights().closed(key, core.now());
        }
    }

    /// Its Dataplane is about to be removed, because the stream that brought it is over.
    void forget(ResourceKey key) {
        seen.remove(key);
    }

    /// Its Dataplane is gone.
    void removed(ResourceKey key) {
        seen.remove(key);
        arriving.remove(key);
        away.remove(key);
        later.remove(key);
    }

    private boolean crowded() {
        return arriving.size() > CROWD;
    }

    private Duration grace() {
        return core.settings().timing().endpointGrace();
    }
}
