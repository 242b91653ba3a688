package io.higuma.engine;

import io.higuma.engine.ConnectedProxy.Work;
import io.higuma.identity.Keys;
import io.higuma.identity.Pem;
import io.higuma.model.Kri;
import io.higuma.model.Resource;
import io.higuma.model.ResourceKey;
import io.higuma.model.collect.PersistentMap;
import io.higuma.model.core.Condition;
import io.higuma.model.core.CoreTypes;
import io.higuma.model.core.MeshExternalServiceSpec;
import io.higuma.model.core.MeshExternalServiceSpec.Tls;
import io.higuma.model.core.MeshExternalServiceSpec.Verification;
import io.higuma.model.core.SecretSpec;
import io.higuma.model.core.SecureDataSource;
import io.higuma.model.core.SecureDataSource.SecretRef;
import io.higuma.model.snapshot.MeshImage;
import io.higuma.model.wire.Bytes;
import io.higuma.model.wire.WireResource;
import io.higuma.policy.Backend;
import io.higuma.policy.Destination;
import io.higuma.policy.Outside;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/// Services outside of the mesh: where they are, and the authorities, certificates and keys with which they are called.
/// These travel by SDS, so that no cluster holds them. Owner: the loop.
final class OutsideDesk {

    static final String CONDITION = "Callable";

    private final MeshCore core;
    private final Map<ResourceKey, Kept> kept = new HashMap<>();

    /// @param from the sources it was read from
    /// @param secrets by name; empty if one of the sources cannot be used
    private record Kept(List<SecureDataSource> from, Map<String, WireResource> secrets) {}

    OutsideDesk(MeshCore core) {
        this.core = core;
    }

    /// The destinations as they can be called in a state: one that lacks a secret has no members, since it may not
    /// be called without.
    static List<Destination> callable(List<Destination> destinations, EngineState state) {
        return destinations.stream().allMatch(to -> isWhole(to.outside(), state))
                ? destinations
                : destinations.stream()
                        .map(to -> isWhole(to.outside(), state)
                                ? to
                                : Destination.of(to.backend().at(Outside.NOBODY), to.place()))
                        .toList();
    }

    /// As [#callable], for what a route names.
    static Backend callable(Backend backend, EngineState state) {
        return isWhole(backend.outside(), state) ? backend : backend.at(Outside.NOBODY);
    }

    private static boolean isWhole(Optional<Outside> outside, EngineState state) {
        return outside.isEmpty() || outside.get().secrets().stream().allMatch(state.outside()::containsKey);
    }

    /// The services that use a Secret.
    static List<ResourceKey> users(MeshImage mesh, String secret) {
        return mesh.named(CoreTypes.MESH_EXTERNAL_SERVICE.name()).asMap().values().stream()
                .filter(service -> sources(service).stream()
                        .flatMap(source -> source.secretRef().stream())
                        .map(SecretRef::name)
                        .anyMatch(secret::equals))
                .map(Resource::key)
                .toList();
    }

    private static List<SecureDataSource> sources(Resource service) {
        return service.spec(MeshExternalServiceSpec.class)
                .tls()
                .filter(Tls::enabled)
                .flatMap(Tls::verification)
                .map(given -> Stream.of(given.caCert(), given.clientCert(), given.clientKey())
                        .flatMap(Optional::stream)
                        .toList())
                .orElse(List.of());
    }

    /// Brings the secrets of services up to date and marks those who have to hear of it.
    void settle(Set<ResourceKey> services) {
        for (ResourceKey key : services) {
            if (key.type().equals(CoreTypes.MESH_EXTERNAL_SERVICE.name())) {
                Optional<Resource> service = core.state().snapshot().get(key);
                Kept before = kept.get(key);
                Map<String, WireResource> old = before == null ? Map.of() : before.secrets();
                Map<String, WireResource> now = service.map(this::secrets).orElse(Map.of());
                if (service.isEmpty() || sources(service.get()).isEmpty()) {
                    kept.remove(key);
                } else {
                    kept.put(key, new Kept(sources(service.get()), now));
                }
                if (!now.equals(old)) {
                    replace(old, now);
                    Work work = now.keySet().equals(old.keySet()) ? Work.DELIVER : Work.PLAN;
                    service.ifPresent(present -> core.routes()
                            .callers(present)
                            .forEach(caller -> core.dirty().proxy(caller, work)));
                }
            }
        }
    }

    private void replace(Map<String, WireResource> old, Map<String, WireResource> now) {
        PersistentMap<String, WireResource> all = core.state().outside();
        for (String name : old.keySet()) {
            all = all.without(name);
        }
        for (Map.Entry<String, WireResource> secret : now.entrySet()) {
            all = all.with(secret.getKey(), secret.getValue());
        }
        core.state(core.state().withOutside(all));
    }

    /// What a service needs. A source that cannot be read any more keeps what was read from it; one that never
    /// could leaves the service without.
    private Map<String, WireResource> secrets(Resource service) {
        List<String> problems = new ArrayList<>();
        Map<String, WireResource> read = read(service, problems);
        Kept before = kept.get(service.key());
        return problems.isEmpty()
                ? read
                : before != null && before.from().equals(sources(service)) ? before.secrets() : Map.of();
    }

    private Map<String, WireResource> read(Resource service, List<String> problems) {
        Map<String, WireResource> secrets = new TreeMap<>();
        String name = Kri.of(service).toString();
        MeshImage mesh = core.state().snapshot().mesh(service.mesh());
        Optional<Verification> given = service.spec(MeshExternalServiceSpec.class)
                .tls()
                .filter(Tls::enabled)
                .flatMap(Tls::verification);
        given.flatMap(Verification::caCert)
                .flatMap(source -> text(mesh, "caCert", source, problems))
                .filter(pem -> isReadable("caCert", () -> Pem.certificates(pem), problems))
                .ifPresent(pem -> secrets.put(
                        name + Outside.AUTHORITY,
                        core.planner().compiler().authority(name + Outside.AUTHORITY, bytes(pem))));
        Optional<String> certificate =
                given.flatMap(Verification::clientCert).flatMap(source -> text(mesh, "clientCert", source, problems));
        Optional<String> key =
                given.flatMap(Verification::clientKey).flatMap(source -> text(mesh, "clientKey", source, problems));
        if (certificate.isPresent()
                && key.isPresent()
                && isReadable("clientCert", () -> Pem.certificates(certificate.get()), problems)
                && isReadable("clientKey", () -> Pem.privateKey(key.get()), problems)) {
            if (Keys.belongTogether(Pem.certificates(certificate.get()).getFirst(), Pem.privateKey(key.get()))) {
                secrets.put(
                        name + Outside.CERTIFICATE,
                        core.planner()
                                .compiler()
                                .certificate(name + Outside.CERTIFICATE, bytes(certificate.get()), bytes(key.get())));
            } else {
                problems.add("clientKey is not the key of clientCert");
            }
        }
        return secrets;
    }

    private static Bytes bytes(String text) {
        return Bytes.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    private static boolean isReadable(String field, Runnable reading, List<String> problems) {
        try {
            reading.run();
            return true;
        } catch (IllegalArgumentException e) {
            problems.add(field + ": " + e.getMessage());
            return false;
        }
    }

    private static Optional<String> text(MeshImage mesh, String field, SecureDataSource source, List<String> problems) {
        return switch (source.type()) {
            case INSECURE_INLINE -> source.insecureInline().map(SecureDataSource.InsecureInline::value);
            case SECRET -> {
                String name = source.secretRef().map(SecretRef::name).orElse("");
                Optional<String> found = mesh.get(CoreTypes.SECRET.name(), name)
                        .map(secret ->
                                new String(secret.spec(SecretSpec.class).data().array(), StandardCharsets.UTF_8));
                if (found.isEmpty()) {
                    problems.add(field + ": there is no Secret " + name + " in the mesh");
                }
                yield found;
            }
            case FILE, ENV_VAR -> {
                problems.add(field + ": only a Secret or an inline value can be used");
                yield Optional.empty();
            }
        };
    }

    /// What keeps a service from being called, for its status.
    List<Condition> conditions(Resource service) {
        MeshExternalServiceSpec spec = service.spec(MeshExternalServiceSpec.class);
        if (spec.extension().isPresent()) {
            return List.of(condition(
                    "UnknownExtension",
                    "nobody here knows the extension " + spec.extension().get().type()
                            + "; calls are answered with 503"));
        }
        if (spec.endpoints().isEmpty()) {
            return List.of(condition("NoEndpoints", "no endpoint is given; calls are answered with 503"));
        }
        List<String> problems = new ArrayList<>();
        read(service, problems);
        return problems.isEmpty() ? List.of() : List.of(condition("InvalidTLS", String.join("; ", problems)));
    }

    private static Condition condition(String reason, String message) {
        return new Condition(CONDITION, "False", reason, message);
    }
}
