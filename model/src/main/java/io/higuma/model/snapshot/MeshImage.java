package io.higuma.model.snapshot;

import io.higuma.model.Resource;
import io.higuma.model.collect.PersistentMap;
import io.higuma.model.core.MeshMultiZoneServiceSpec;
import io.higuma.model.core.MeshServiceSpec;
import io.higuma.model.target.RouteBackendRef;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// The resources of one mesh and the lookups over them. All lists are in order of names.
public final class MeshImage {

    private static final String DATAPLANE = "Dataplane";
    private static final String SERVICE = "MeshService";
    private static final String GROUP = "MeshMultiZoneService";

    private final String name;
    private final PersistentMap<String, PersistentMap<String, Resource>> byType;
    private final MeshIndexes indexes;

    private MeshImage(String name, PersistentMap<String, PersistentMap<String, Resource>> byType, MeshIndexes indexes) {
        this.name = name;
        this.byType = byType;
        this.indexes = indexes;
    }

    /// A mesh without any resource.
    public static MeshImage empty(String name) {
        return new MeshImage(name, PersistentMap.empty(), MeshIndexes.EMPTY);
    }

    public String name() {
        return name;
    }

    public Optional<Resource> get(String type, String resource) {
        return Optional.ofNullable(
                byType.getOrDefault(type, PersistentMap.empty()).get(resource));
    }

    public List<Resource> all(String type) {
        return List.copyOf(
                new TreeMap<>(byType.getOrDefault(type, PersistentMap.empty()).asMap()).values());
    }

    public int count(String type) {
        return byType.getOrDefault(type, PersistentMap.empty()).size();
    }

    /// The dataplanes that carry every label of the selector; all of them for an empty one.
    public List<Resource> dataplanes(Map<String, String> selector) {
        return resolve(DATAPLANE, indexes.dataplanes().names(Term.leading(selector))).stream()
                .filter(dataplane -> Term.matches(dataplane, selector))
                .toList();
    }

    /// The dataplanes behind a service.
    public List<Resource> members(Resource service) {
        return service.spec(MeshServiceSpec.class)
                .selector()
                .map(selector -> selector.dataplaneRef()
                        .flatMap(MeshServiceSpec.DataplaneRef::name)
                        .map(wanted -> get(DATAPLANE, wanted).stream().toList())
                        .or(() -> selector.dataplaneLabels().map(labels -> dataplanes(labels.matchLabels())))
                        .orElse(List.of()))
                .orElse(List.of());
    }

    /// The services that a dataplane stands behind.
    public List<Resource> servicesOf(Resource dataplane) {
        TreeMap<String, Resource> found = new TreeMap<>();
        for (Term term : Term.of(dataplane)) {
            for (Resource service : resolve(SERVICE, indexes.selectors().names(term))) {
                if (selects(service.spec(MeshServiceSpec.class), dataplane)) {
                    found.put(service.name(), service);
                }
            }
        }
        return List.copyOf(found.values());
    }

    /// Whether a service selects a dataplane.
    private static boolean selects(MeshServiceSpec service, Resource dataplane) {
        return service.selector()
                .filter(selector -> selector.dataplaneRef()
                        .flatMap(MeshServiceSpec.DataplaneRef::name)
                        .map(dataplane.name()::equals)
                        .or(() ->
                                selector.dataplaneLabels().map(labels -> Term.matches(dataplane, labels.matchLabels())))
                        .orElse(false))
                .isPresent();
    }

    /// The services that a reference leads to: one by name, any number by labels.
    public List<Resource> services(ServiceRef ref) {
        if (ref.name().isPresent()) {
            return get(ref.kind(), ref.name().get()).filter(ref::leadsTo).stream()
                    .toList();
        }
        return filed(ref.kind(), ref.leading()).stream().filter(ref::leadsTo).toList();
    }

    /// The services of several zones that a MeshService is a part of.
    public List<Resource> groups(Resource service) {
        if (!service.key().type().equals(SERVICE)) {
            return List.of();
        }
        TreeMap<String, Resource> found = new TreeMap<>();
        for (Term term : Term.of(service)) {
            for (Resource group : resolve(GROUP, indexes.groups().names(term))) {
                if (Term.matches(
                        service,
                        group.spec(MeshMultiZoneServiceSpec.class)
                                .selector()
                                .meshService()
                                .matchLabels())) {
                    found.put(group.name(), group);
                }
            }
        }
        return List.copyOf(found.values());
    }

    /// All resources of a type, as they are kept: the same object until one of them changes. In no order.
    public PersistentMap<String, Resource> named(String type) {
        return byType.getOrDefault(type, PersistentMap.empty());
    }

    private List<Resource> filed(String kind, Term term) {
        String prefix = kind + "/";
        return resolve(
                kind,
                indexes.services().names(term).stream()
                        .filter(key -> key.startsWith(prefix))
                        .map(key -> key.substring(prefix.length()))
                        .toList());
    }

    /// The policies of a type whose labels do not rule a dataplane out: what a matcher has to
    /// look at.
    public List<Resource> policies(String type, Resource dataplane) {
        TreeMap<String, Resource> found = new TreeMap<>();
        String prefix = type + "/";
        for (Term term : Term.of(dataplane)) {
            for (String key : indexes.policies().names(term)) {
                if (key.startsWith(prefix)) {
                    get(type, key.substring(prefix.length())).ifPresent(policy -> found.put(policy.name(), policy));
                }
            }
        }
        return List.copyOf(found.values());
    }

    /// The services that a route may mean: all that carry the labels of its reference.
    public List<Resource> candidates(RouteBackendRef ref) {
        return ref.labels().isEmpty()
                ? List.of()
                : services(new ServiceRef(ref.kind().text(), Optional.empty(), ref.labels()));
    }

    /// The policies that may send traffic to a service: one of their references is about labels
    /// that it carries.
    public List<Resource> routesTo(Resource service) {
        TreeMap<String, Resource> found = new TreeMap<>();
        for (Term term : Term.of(service)) {
            for (String key : indexes.routes().names(term)) {
                int slash = key.indexOf('/');
                get(key.substring(0, slash), key.substring(slash + 1)).ifPresent(policy -> found.put(key, policy));
            }
        }
        return List.copyOf(found.values());
    }

    private List<Resource> resolve(String type, Collection<String> names) {
        PersistentMap<String, Resource> resources = byType.getOrDefault(type, PersistentMap.empty());
        TreeMap<String, Resource> found = new TreeMap<>();
        for (String each : names) {
            Resource resource = resources.get(each);
            if (resource != null) {
                found.put(each, resource);
            }
        }
        return List.copyOf(found.values());
    }

    MeshImage with(Resource resource, PolicyTargets targets) {
        Optional<Resource> old = get(resource.key().type(), resource.name());
        if (old.isPresent() && filedAlike(old.get(), resource, targets)) {
            PersistentMap<String, Resource> all =
                    byType.getOrDefault(resource.key().type(), PersistentMap.empty());
            return new MeshImage(
                    name, byType.with(resource.key().type(), all.with(resource.name(), resource)), indexes);
        }
        MeshImage without = without(resource.key().type(), resource.name(), targets);
        PersistentMap<String, Resource> same =
                without.byType.getOrDefault(resource.key().type(), PersistentMap.empty());
        return new MeshImage(
                name,
                without.byType.with(resource.key().type(), same.with(resource.name(), resource)),
                without.indexes.with(resource, targets));
    }

    /// Whether the indexes find two versions of a resource by the same terms, as after a change
    /// of an address.
    private static boolean filedAlike(Resource old, Resource now, PolicyTargets targets) {
        boolean selector = switch (now.spec()) {
            case MeshServiceSpec spec ->
                spec.selector().equals(old.spec(MeshServiceSpec.class).selector());
            case MeshMultiZoneServiceSpec spec ->
                spec.selector().equals(old.spec(MeshMultiZoneServiceSpec.class).selector());
            default -> true;
        };
        return selector
                && old.labels().equals(now.labels())
                && targets.of(old).equals(targets.of(now))
                && targets.backends(old).equals(targets.backends(now));
    }

    MeshImage without(String type, String resource, PolicyTargets targets) {
        Optional<Resource> old = get(type, resource);
        if (old.isEmpty()) {
            return this;
        }
        PersistentMap<String, Resource> rest =
                byType.getOrDefault(type, PersistentMap.empty()).without(resource);
        return new MeshImage(
                name,
                rest.isEmpty() ? byType.without(type) : byType.with(type, rest),
                indexes.without(old.get(), targets));
    }

    boolean isEmpty() {
        return byType.isEmpty();
    }

    List<Resource> everything() {
        return byType.asMap().values().stream()
                .flatMap(map -> map.asMap().values().stream())
                .toList();
    }

    @Override
    public boolean equals(@org.jspecify.annotations.Nullable Object other) {
        return this == other
                || (other instanceof MeshImage that
                        && name.equals(that.name)
                        && byType.equals(that.byType)
                        && indexes.equals(that.indexes));
    }

    @Override
    public int hashCode() {
        return name.hashCode() * 31 + byType.hashCode();
    }

    /// The name only: resources may hold secrets.
    @Override
    public String toString() {
        return "mesh " + name;
    }
}
