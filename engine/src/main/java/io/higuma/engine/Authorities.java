package io.higuma.engine;

import io.higuma.identity.CertificateAuthority;
import io.higuma.identity.MeshIdentities;
import io.higuma.identity.TrustBundles;
import io.higuma.model.ComputedLabels;
import io.higuma.model.Kri;
import io.higuma.model.Labels;
import io.higuma.model.Problems;
import io.higuma.model.Resource;
import io.higuma.model.ResourceKey;
import io.higuma.model.ResourceMeta;
import io.higuma.model.ResourceType;
import io.higuma.model.Spec;
import io.higuma.model.core.Condition;
import io.higuma.model.core.CoreTypes;
import io.higuma.model.core.MeshIdentitySpec;
import io.higuma.model.core.MeshIdentityStatus;
import io.higuma.model.core.MeshTrustSpec;
import io.higuma.model.core.MeshTrustStatus;
import io.higuma.model.core.SecretSpec;
import io.higuma.model.core.SecureDataSource;
import io.higuma.model.snapshot.MeshImage;
import io.higuma.model.wire.Bytes;
import io.higuma.store.Change;
import io.higuma.store.Expectation;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The authority of each MeshIdentity: made, or read from where its author says. Owner: the loop.
final class Authorities {

    static final String AUTHOR = "higuma:identity";

    private final MeshCore core;
    private final Function<SecureDataSource, Optional<String>> localSources;
    private final Map<ResourceKey, Known> known = new HashMap<>();
    /// What stands in the status of an identity that is not ready, though it shall issue.
    private final Map<ResourceKey, String> problems = new HashMap<>();

    /// An authority with the texts it was read from, so that it is parsed once.
    private record Known(String certificate, String key, CertificateAuthority authority) {
        @Override
        public String toString() {
            return authority.toString();
        }
    }

    Authorities(MeshCore core, Function<SecureDataSource, Optional<String>> localSources) {
        this.core = core;
        this.localSources = localSources;
    }

    /// The newest authority of an identity, issuing or not.
    @Nullable
    CertificateAuthority of(Resource identity) {
        Known found = known.get(identity.key());
        return found == null ? null : found.authority();
    }

    /// Why an identity does not issue as its author says; empty if nothing is wrong with it.
    Optional<String> problem(Resource identity) {
        return Optional.ofNullable(problems.get(identity.key()));
    }

    /// The identities whose authority is read from a Secret.
    static List<ResourceKey> users(MeshImage mesh, String secret) {
        return mesh.named(CoreTypes.MESH_IDENTITY.name()).asMap().values().stream()
                .filter(identity -> secrets(identity).contains(secret))
                .map(Resource::key)
                .toList();
    }

    private static List<String> secrets(Resource identity) {
        Optional<MeshIdentitySpec.Bundled> bundled =
                identity.spec(MeshIdentitySpec.class).provider().flatMap(MeshIdentitySpec.Provider::bundled);
        return bundled.filter(Authorities::isMade).isPresent()
                ? List.of(rootName(identity), keyName(identity))
                : bundled.flatMap(MeshIdentitySpec.Bundled::ca).stream()
                        .flatMap(ca -> Stream.of(ca.certificate(), ca.privateKey()))
                        .flatMap(source -> source.flatMap(SecureDataSource::secretRef).stream())
                        .map(SecureDataSource.SecretRef::name)
                        .toList();
    }

    private static boolean isMade(MeshIdentitySpec.Bundled bundled) {
        return bundled.autogenerate()
                .flatMap(MeshIdentitySpec.Autogenerate::enabled)
                .orElse(false);
    }

    /// Whether some identity of the mesh has a newer authority than the one that issues.
    boolean waiting(String mesh, Map<ResourceKey, CertificateAuthority> active) {
        return known.entrySet().stream().anyMatch(entry -> {
            CertificateAuthority current = active.get(entry.getKey());
            return entry.getKey().mesh().equals(mesh)
                    && (current == null
                            || !current.certificatePem()
                                    .equals(entry.getValue().authority().certificatePem()));
        });
    }

    /// Reads, makes and publishes the authorities of a mesh; says in the status of each identity what is
    /// missing.
    void ensure(MeshImage mesh) {
        Predicate<ResourceKey> gone = key -> key.mesh().equals(mesh.name())
                && mesh.get(key.type(), key.name()).isEmpty();
        known.keySet().removeIf(gone);
        problems.keySet().removeIf(gone);
        for (Resource identity : mesh.all(CoreTypes.MESH_IDENTITY.name())) {
            Problems found = new Problems();
            identity.spec(MeshIdentitySpec.class).provider().ifPresent(provider -> {
                if (provider.bundled().isPresent()) {
                    bundled(mesh, identity, provider.bundled().get(), found);
                } else {
                    found.add("spec.provider", "only provider Bundled issues certificates here");
                }
            });
            problems.remove(identity.key());
            found.found().stream()
                    .findFirst()
                    .ifPresent(first -> problems.put(identity.key(), first.path() + ": " + first.message()));
            status(identity);
        }
    }

    private void bundled(MeshImage mesh, Resource identity, MeshIdentitySpec.Bundled bundled, Problems problems) {
        boolean make = isMade(bundled);
        if (make && !bundled.insecureAllowSelfSigned().orElse(false)) {
            problems.add("spec.provider.bundled.insecureAllowSelfSigned", "self-signed certificates are not allowed");
            return;
        }
        Optional<String> certificate = make
                ? secret(mesh, rootName(identity))
                : bundled.ca().flatMap(MeshIdentitySpec.Ca::certificate).flatMap(source -> value(mesh, source));
        Optional<String> key = make
                ? secret(mesh, keyName(identity))
                : bundled.ca().flatMap(MeshIdentitySpec.Ca::privateKey).flatMap(source -> value(mesh, source));
        if (certificate.isEmpty() || key.isEmpty()) {
            if (make) {
                make(identity, problems);
            } else {
                problems.add("spec.provider.bundled.ca", "the certificate or the private key cannot be read");
            }
            return;
        }
        Known before = known.get(identity.key());
        if (before == null
                || !before.certificate().equals(certificate.get())
                || !before.key().equals(key.get())) {
            CertificateAuthority.provided(certificate.get(), key.get(), core.now(), problems)
                    .ifPresent(
                            authority -> known.put(identity.key(), new Known(certificate.get(), key.get(), authority)));
        }
        CertificateAuthority authority = of(identity);
        if (authority == null) {
            return;
        }
        if (bundled.meshTrustCreation().orElse(MeshIdentitySpec.MeshTrustCreation.ENABLED)
                == MeshIdentitySpec.MeshTrustCreation.ENABLED) {
            trust(mesh, identity, authority, problems);
        } else if (!isTrusted(mesh, authority)) {
            problems.add(
                    "spec.provider.bundled.meshTrustCreation", "Disabled, and no MeshTrust holds the root certificate");
        }
    }

    /// Whether a MeshTrust of the mesh has the root of an authority.
    static boolean isTrusted(MeshImage mesh, CertificateAuthority authority) {
        return mesh.all(CoreTypes.MESH_TRUST.name()).stream()
                .anyMatch(t -> TrustBundles.contains(t.spec(MeshTrustSpec.class), authority.certificatePem()));
    }

    private static String rootName(Resource identity) {
        return identity.name() + "-root-ca";
    }

    private static String keyName(Resource identity) {
        return identity.name() + "-private-key";
    }

    private static Optional<String> secret(MeshImage mesh, String name) {
        return mesh.get(CoreTypes.SECRET.name(), name)
                .map(secret -> new String(secret.spec(SecretSpec.class).data().array(), StandardCharsets.UTF_8));
    }

    private Optional<String> value(MeshImage mesh, SecureDataSource source) {
        return switch (source.type()) {
            case SECRET -> source.secretRef().flatMap(ref -> secret(mesh, ref.name()));
            case INSECURE_INLINE -> source.insecureInline().map(SecureDataSource.InsecureInline::value);
            case FILE, ENV_VAR -> localSources.apply(source);
        };
    }

    private void make(Resource identity, Problems problems) {
        ResourceKey root = CoreTypes.SECRET.key(identity.mesh(), rootName(identity));
        if (core.writer().busy(root)) {
            return;
        }
        String domain;
        try {
            domain = MeshIdentities.trustDomain(identity, core.planner().zone(), Labels.NONE);
        } catch (IllegalArgumentException e) {
            problems.add("spec.spiffeID.trustDomain", String.valueOf(e.getMessage()));
            return;
        }
        CertificateAuthority made = CertificateAuthority.generate(domain, core.now(), core.random());
        core.writer()
                .write(
                        List.of(
                                put(CoreTypes.SECRET, root, bytes(made.certificatePem()), Expectation.ANYTHING),
                                put(
                                        CoreTypes.SECRET,
                                        CoreTypes.SECRET.key(identity.mesh(), keyName(identity)),
                                        bytes(made.keyPem()),
                                        Expectation.ANYTHING)),
                        AUTHOR,
                        () -> core.dirty().identities.add(identity.mesh()));
    }

    private static SecretSpec bytes(String text) {
        return new SecretSpec(Bytes.wrap(text.getBytes(StandardCharsets.UTF_8)));
    }

    private Change put(ResourceType<?> type, ResourceKey key, Spec spec, Expectation expected) {
        return new Change.Put(
                new Resource(type, key, ResourceMeta.unstored(labels(type, key)), spec, Optional.empty()), expected);
    }

    private Labels labels(ResourceType<?> type, ResourceKey key) {
        return new ComputedLabels(core.settings().zone(), core.settings().global())
                .of(type, key.mesh(), key.name(), Labels.NONE);
    }

    /// The MeshTrust of the identity's name gets the authority; nothing is ever taken out of it.
    private void trust(MeshImage mesh, Resource identity, CertificateAuthority authority, Problems problems) {
        ResourceKey key = CoreTypes.MESH_TRUST.key(mesh.name(), identity.name());
        Optional<Resource> old = mesh.get(CoreTypes.MESH_TRUST.name(), identity.name());
        List<MeshTrustSpec.CaBundle> bundles = new ArrayList<>(
                old.map(trust -> trust.spec(MeshTrustSpec.class).caBundles()).orElse(List.of()));
        if (core.writer().busy(key)
                || old.filter(t -> TrustBundles.contains(t.spec(MeshTrustSpec.class), authority.certificatePem()))
                        .isPresent()) {
            return;
        }
        String domain;
        try {
            domain = old.map(trust -> trust.spec(MeshTrustSpec.class).trustDomain())
                    .orElseGet(() ->
                            MeshIdentities.trustDomain(identity, core.planner().zone(), Labels.NONE));
        } catch (IllegalArgumentException e) {
            problems.add("spec.spiffeID.trustDomain", "a MeshTrust has to be written by hand: " + e.getMessage());
            return;
        }
        bundles.add(new MeshTrustSpec.CaBundle(
                MeshTrustSpec.BundleType.PEM, Optional.of(new MeshTrustSpec.Pem(authority.certificatePem()))));
        Resource trust = new Resource(
                CoreTypes.MESH_TRUST,
                key,
                ResourceMeta.unstored(old.map(Resource::labels).orElseGet(() -> labels(CoreTypes.MESH_TRUST, key))),
                new MeshTrustSpec(bundles, domain),
                Optional.of(new MeshTrustStatus(Optional.of(
                        new MeshTrustStatus.Origin(Optional.of(Kri.of(identity).toString()))))));
        Expectation expected = old.<Expectation>map(
                        t -> new Expectation.At(t.meta().revision()))
                .orElse(Expectation.ABSENT);
        core.writer()
                .write(
                        List.of(new Change.Put(trust, expected)),
                        AUTHOR,
                        () -> core.dirty().identities.add(mesh.name()));
    }

    private void status(Resource identity) {
        Optional<String> problem = problem(identity);
        boolean issues = identity.spec(MeshIdentitySpec.class).provider().isPresent();
        boolean initialized = of(identity) != null;
        Condition ready;
        if (!issues) {
            ready = new Condition("Ready", "False", "PartiallyReady", "there is no provider: ids, but no certificates");
        } else if (problem.isPresent()) {
            ready = new Condition("Ready", "False", "Failure", problem.get());
        } else if (initialized) {
            ready = new Condition("Ready", "True", "Ready", "certificates are issued");
        } else {
            return; // its authority is being written
        }
        Resource wanted = identity.withStatus(new MeshIdentityStatus(List.of(ready)));
        if (!wanted.sameContent(identity) && !core.writer().busy(identity.key())) {
            core.writer()
                    .write(
                            List.of(new Change.Put(
                                    wanted, new Expectation.At(identity.meta().revision()))),
                            AUTHOR,
                            () -> core.dirty().identities.add(identity.mesh()));
        }
    }
}
