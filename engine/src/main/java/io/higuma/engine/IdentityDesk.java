package io.higuma.engine;

import io.higuma.engine.ConnectedProxy.Work;
import io.higuma.engine.EngineState.Grant;
import io.higuma.engine.Troubles.Cause;
import io.higuma.identity.CertificateAuthority;
import io.higuma.identity.MeshIdentities;
import io.higuma.identity.Svid;
import io.higuma.identity.TrustBundles;
import io.higuma.model.Kri;
import io.higuma.model.Resource;
import io.higuma.model.ResourceKey;
import io.higuma.model.core.CoreTypes;
import io.higuma.model.core.DataplaneInsightSpec.Mtls;
import io.higuma.model.core.MeshIdentitySpec;
import io.higuma.model.snapshot.MeshImage;
import io.higuma.model.snapshot.MeshSnapshot;
import io.higuma.model.wire.Bytes;
import io.higuma.model.wire.WireResource;
import io.higuma.policy.InboundView.Acceptance;
import io.higuma.policy.ProxyIdentity;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Certificates: which authority issues, who holds which SVID, and when it is renewed. Owner: the loop.
///
/// A new authority issues nothing before every connected proxy of the mesh has acknowledged the bundle with its
/// root, so nobody meets a certificate it does not trust.
final class IdentityDesk {

    private static final Logger log = LoggerFactory.getLogger(IdentityDesk.class);
    private static final Duration LIFETIME = Duration.ofDays(5);
    private static final Duration LONGEST_NAP = Duration.ofHours(1);
    /// When a certificate could not be issued.
    private static final Duration AGAIN = Duration.ofSeconds(10);

    private final MeshCore core;
    private final Authorities authorities;
    private final Map<ResourceKey, Issued> issued = new HashMap<>();
    private final Set<ResourceKey> underWay = new HashSet<>();
    /// Why no certificate could be issued the last time it was tried.
    private final Map<ResourceKey, String> failed = new HashMap<>();
    private final Map<ResourceKey, CertificateAuthority> active = new HashMap<>();
    /// The wave in which a mesh's newest bundle went out; no entry while it has not been published.
    private final Map<String, Wave> distributed = new HashMap<>();
    private final Set<String> unpublished = new HashSet<>();
    /// Proxies to which the batch at hand promises a certificate that they get in a later one.
    private final Set<ConnectedProxy> promises = new HashSet<>();
    /// Proxies that may have got what was promised to them, in the batch at hand.
    private final Set<ConnectedProxy> handed = new HashSet<>();

    IdentityDesk(MeshCore core, Authorities authorities) {
        this.core = core;
        this.authorities = authorities;
    }

    /// @param number how many certificates the proxy got from this process, this one included
    private record Issued(Svid svid, ResourceKey identity, String authority, Instant renewAt, int number) {}

    /// What a dataplane shall be, whether or not it is connected.
    record Planned(Resource identity, MeshIdentities.SpiffeId id) {}

    /// Who a dataplane shall be; empty if no identity selects it, or its id cannot be made.
    static Optional<Planned> planned(MeshImage mesh, Resource dataplane, String zone) {
        return MeshIdentities.select(mesh.all(CoreTypes.MESH_IDENTITY.name()), dataplane.labels())
                .flatMap(identity -> {
                    try {
                        return Optional.of(
                                new Planned(identity, MeshIdentities.spiffeId(identity, zone, dataplane.labels())));
                    } catch (IllegalArgumentException e) {
                        return Optional.empty();
                    }
                });
    }

    private Optional<Planned> planned(EngineState state, ResourceKey key) {
        return state.snapshot()
                .get(key)
                .flatMap(dataplane -> planned(
                        state.snapshot().mesh(key.mesh()),
                        dataplane,
                        core.planner().zone()));
    }

    /// Whether certificates are issued for it: an identity without a provider only names.
    static boolean certified(Planned planned) {
        return planned.identity().spec(MeshIdentitySpec.class).provider().isPresent();
    }

    /// Authorities, trust and bundle of a mesh are brought up to date, then the proxies'.
    void settleMesh(String name) {
        MeshImage mesh = core.state().snapshot().mesh(name);
        authorities.ensure(mesh);
        SortedMap<String, Bytes> union = TrustBundles.union(mesh.all(CoreTypes.MESH_TRUST.name()));
        if (!union.isEmpty()) {
            WireResource bundle = core.planner().compiler().trustBundle(union);
            if (!bundle.equals(core.state().bundles().get(name))) {
                core.state(core.state().withBundles(core.state().bundles().with(name, bundle)));
                Wave before = distributed.remove(name);
                if (before != null) {
                    before.forgotten = true;
                }
                unpublished.add(name);
                holders(name).forEach(proxy -> core.dirty().proxy(proxy, Work.DELIVER));
            }
        }
        for (ConnectedProxy proxy : core.connectedIn(name)) {
            settle(proxy.key);
            if (proxy.awaitsCertificate) {
                core.dirty().proxy(proxy, Work.PLAN); // perhaps it shall have none any more
            }
        }
    }

    /// MeshIdentities were written, or Secrets that their authorities are read from: that concerns those who get
    /// another certificate for it, though that takes a while.
    void promise(Set<ResourceKey> issuers) {
        issuers.stream()
                .map(ResourceKey::mesh)
                .distinct()
                .flatMap(mesh -> core.connectedIn(mesh).stream())
                .filter(proxy -> Stream.of(core.published(), core.state())
                        .flatMap(state -> planned(state, proxy.key).stream())
                        .anyMatch(planned -> issuers.contains(planned.identity().key())))
                .filter(proxy -> lacks(proxy.key))
                .forEach(proxy -> {
                    promises.add(proxy);
                    core.dirty().proxy(proxy, Work.DELIVER);
                });
    }

    /// Whom the batch at hand, which is over, concerns by what they get later.
    Set<ConnectedProxy> promised(EngineState state) {
        if (promises.isEmpty()) {
            return Set.of();
        }
        Set<ConnectedProxy> all = Set.copyOf(promises);
        promises.clear();
        expect(all, state.generation());
        return all;
    }

    /// A proxy came back, perhaps without what was promised to it before.
    void back(ConnectedProxy proxy) {
        if (proxy.waves.isPromised()) {
            expect(Set.of(proxy), core.published().generation());
        }
    }

    /// What is promised up to a generation counts as refused if after a while something is still in its way. Not at
    /// once: the Secret may be written right after the MeshIdentity.
    private void expect(Set<ConnectedProxy> proxies, long generation) {
        core.timers()
                .after(core.settings().timing().patience(), () -> proxies.forEach(proxy -> doubt(proxy, generation)));
    }

    private void doubt(ConnectedProxy proxy, long generation) {
        if (!proxy.gone && proxy.waves.isPromised()) {
            obstacle(proxy.key).ifPresent(cause -> proxy.withheld(generation, cause));
        }
    }

    /// What was promised to a proxy may be there, or nothing may be in its way any more.
    private void honour(ConnectedProxy proxy) {
        if (!proxy.waves.isPromised()) {
            return;
        }
        if (!lacks(proxy.key)) {
            handed.add(proxy);
            core.dirty().proxy(proxy, Work.DELIVER);
        } else if (obstacle(proxy.key).isEmpty()) {
            proxy.unhindered();
        }
    }

    /// Whether a dataplane does not have the certificate yet that it shall have.
    private boolean lacks(ResourceKey key) {
        return planned(core.state(), key)
                .filter(IdentityDesk::certified)
                .filter(planned -> {
                    CertificateAuthority newest = authorities.of(planned.identity());
                    return newest == null
                            || authorities.problem(planned.identity()).isPresent()
                            || !core.state().grants().containsKey(key)
                            || !holds(issued.get(key), planned, newest);
                })
                .isPresent();
    }

    /// The connected proxies that have an identity, and so a bundle.
    private List<ConnectedProxy> holders(String mesh) {
        return core.connectedIn(mesh).stream()
                .filter(proxy -> core.state().grants().containsKey(proxy.key))
                .toList();
    }

    /// How much is kept of proxies.
    int kept() {
        return issued.size() + underWay.size() + failed.size();
    }

    /// A state went out: it carries the bundles that were new.
    void published(EngineState state) {
        for (ConnectedProxy proxy : handed) {
            if (proxy.waves.isPromised() && !lacks(proxy.key)) {
                proxy.kept(state, core.now());
            }
        }
        handed.clear();
        for (String mesh : unpublished) {
            Wave wave = Wave.unlisted(state, core.now());
            holders(mesh).forEach(proxy -> proxy.waves.add(wave));
            distributed.put(mesh, wave);
            core.loop().post("bundle", () -> acknowledged(mesh));
        }
        unpublished.clear();
    }

    /// Proxies acknowledged something: an authority may have become trusted everywhere.
    void acknowledged(String mesh) {
        Wave wave = distributed.get(mesh);
        if (wave != null && wave.complete() && authorities.waiting(mesh, active)) {
            core.dirty().identities.add(mesh);
        }
    }

    /// The authority that may issue now: the newest that everybody trusts.
    private @Nullable CertificateAuthority authority(Resource identity) {
        MeshImage mesh = core.state().snapshot().mesh(identity.mesh());
        CertificateAuthority newest = authorities.of(identity);
        CertificateAuthority current = active.get(identity.key());
        if (newest == null || (current != null && same(current, newest))) {
            return newest == null ? null : current;
        }
        Wave wave = distributed.get(identity.mesh());
        if (Authorities.isTrusted(mesh, newest) && wave != null && wave.complete()) {
            active.put(identity.key(), newest);
            return newest;
        }
        return current;
    }

    private static boolean same(CertificateAuthority one, CertificateAuthority other) {
        return one.certificatePem().equals(other.certificatePem());
    }

    /// Issues or renews what a connected proxy needs.
    void settle(ResourceKey key) {
        ConnectedProxy proxy = core.connected(key);
        if (proxy == null) {
            return;
        }
        honour(proxy);
        if (underWay.contains(key)) {
            return;
        }
        planned(core.state(), key).ifPresent(planned -> {
            CertificateAuthority authority = authority(planned.identity());
            Issued mine = issued.get(key);
            if (authority != null && !holds(mine, planned, authority)) {
                issue(key, planned, authority);
            } else if (mine != null && core.state().grants().get(key) == null) {
                hand(key, planned, mine.svid());
            }
        });
    }

    private boolean holds(@Nullable Issued mine, Planned planned, CertificateAuthority authority) {
        return mine != null
                && mine.svid().spiffeId().equals(planned.id().text())
                && mine.identity().equals(planned.identity().key())
                && mine.authority().equals(authority.certificatePem())
                && core.now().isBefore(mine.renewAt());
    }

    private void issue(ResourceKey key, Planned planned, CertificateAuthority authority) {
        Duration life = planned.identity()
                .spec(MeshIdentitySpec.class)
                .provider()
                .flatMap(MeshIdentitySpec.Provider::bundled)
                .flatMap(MeshIdentitySpec.Bundled::certificateParameters)
                .flatMap(MeshIdentitySpec.CertificateParameters::expiry)
                .filter(Duration::isPositive)
                .orElse(LIFETIME);
        underWay.add(key);
        Instant now = core.now();
        core.work("issue a certificate", () -> {
            Svid svid;
            try {
                svid = authority.issue(planned.id().text(), life, now, core.random());
            } catch (RuntimeException e) {
                core.loop().post("no certificate", () -> {
                    underWay.remove(key);
                    if (isGone(key)) {
                        return;
                    }
                    failed.put(key, String.valueOf(e.getMessage()));
                    ConnectedProxy proxy = core.connected(key);
                    if (proxy != null) {
                        doubt(proxy, core.published().generation());
                    }
                    core.timers().after(AGAIN, () -> core.dirty().identified.add(key));
                });
                throw e;
            }
            Instant renewAt = svid.renewAt(core.random());
            core.loop().post("certificate", () -> {
                underWay.remove(key);
                failed.remove(key);
                if (isGone(key)) {
                    return;
                }
                Issued before = issued.get(key);
                issued.put(
                        key,
                        new Issued(
                                svid,
                                planned.identity().key(),
                                authority.certificatePem(),
                                renewAt,
                                before == null ? 1 : before.number() + 1));
                hand(key, planned, svid);
                remind(key, renewAt);
                core.dirty().identified.add(key); // the plan may have changed meanwhile
            });
        });
    }

    /// Whether the dataplane was removed; nothing is kept of it then, and nobody would take it away.
    private boolean isGone(ResourceKey key) {
        return core.state().snapshot().get(key).isEmpty();
    }

    /// Timers and the clock do not run alike, and hosts sleep: it is the clock that decides whether the time
    /// has come, and it is looked at every hour.
    private void remind(ResourceKey key, Instant renewAt) {
        Duration left = Duration.between(core.now(), renewAt);
        core.timers().after(left.compareTo(LONGEST_NAP) < 0 ? left : LONGEST_NAP, () -> {
            if (core.now().isBefore(renewAt)) {
                remind(key, renewAt);
            } else {
                core.dirty().identified.add(key);
            }
        });
    }

    private void hand(ResourceKey key, Planned planned, Svid svid) {
        if (!core.state().bundles().containsKey(key.mesh())) {
            return; // a config that asks for a bundle waits for one
        }
        String secret = Kri.of(planned.identity()).toString();
        ProxyIdentity identity = new ProxyIdentity(svid.spiffeId(), secret);
        Grant before = core.state().grants().get(key);
        Acceptance acceptance = before == null ? core.transitions().acceptance(key) : before.acceptance();
        grant(
                key,
                new Grant(
                        identity, acceptance, core.planner().compiler().certificate(secret, svid.chain(), svid.key())));
        ConnectedProxy proxy = core.connected(key);
        if (proxy != null) {
            handed.add(proxy);
        }
        boolean same = before != null && before.identity().equals(identity);
        core.dirty().proxy(key, same ? Work.DELIVER : Work.PLAN);
        core.changed(key);
    }

    /// A plan waits for a certificate: what takes longer than others wait for is said on the proxy and on the
    /// receipts.
    void awaited(ConnectedProxy proxy, long generation) {
        if (proxy.awaits(generation)) {
            core.timers().after(core.settings().timing().patience(), () -> {
                if (core.connected(proxy.key) == proxy && proxy.awaitsCertificate) {
                    missing(proxy);
                }
            });
        }
    }

    private void missing(ConnectedProxy proxy) {
        EngineState state = core.state();
        planned(state, proxy.key).map(Planned::identity).ifPresent(identity -> {
            String reason = why(proxy.key, identity);
            log.atWarn()
                    .addKeyValue("proxy", proxy.key.name())
                    .addKeyValue("mesh", proxy.key.mesh())
                    .addKeyValue("reason", reason)
                    .log("a proxy waits for its certificate");
            proxy.troubled(state.generation(), waits(identity, reason));
        });
    }

    private static Cause waits(Resource identity, String reason) {
        return Cause.waits(identity.key(), "waits for its certificate and keeps what it runs until then: " + reason);
    }

    private String why(ResourceKey key, Resource identity) {
        return obstacle(key, identity)
                .orElseGet(() -> authority(identity) == null
                        ? "not every proxy of the mesh trusts its authority yet"
                        : "it is being issued");
    }

    private Optional<Cause> obstacle(ResourceKey key) {
        return planned(core.state(), key)
                .map(Planned::identity)
                .flatMap(identity -> obstacle(key, identity).map(why -> waits(identity, why)));
    }

    /// What keeps a certificate from being issued until somebody does something; empty while it is on its way.
    private Optional<String> obstacle(ResourceKey key, Resource identity) {
        return Optional.ofNullable(failed.get(key))
                .map(words -> "none could be issued, " + words)
                .or(() -> authorities.problem(identity));
    }

    private void grant(ResourceKey key, Grant grant) {
        core.state(core.state().withGrants(core.state().grants().with(key, grant)));
    }

    /// The stream of a proxy is over: a certificate with more than half of its life left is kept for its
    /// return.
    void left(ResourceKey key) {
        Issued mine = issued.get(key);
        if (mine != null && !mine.svid().isFresh(core.now())) {
            forget(key);
        }
    }

    void forget(ResourceKey key) {
        issued.remove(key);
        failed.remove(key);
        core.state(core.state().withGrants(core.state().grants().without(key)));
    }

    /// The certificate a proxy holds, as insights show it (contract 1.5).
    Optional<Mtls> mtls(ResourceKey key) {
        Issued mine = issued.get(key);
        if (mine == null) {
            return Optional.empty();
        }
        MeshSnapshot snapshot = core.state().snapshot();
        return Optional.of(new Mtls(
                Optional.of(mine.svid().notAfter().toString()),
                Optional.of(mine.svid().issued().toString()),
                mine.number(),
                snapshot.get(mine.identity()).map(identity -> Kri.of(identity).toString()),
                snapshot.mesh(key.mesh()).all(CoreTypes.MESH_TRUST.name()).stream()
                        .map(trust -> Kri.of(trust).toString())
                        .sorted()
                        .toList()));
    }
}
