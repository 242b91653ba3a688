package io.higuma.model.snapshot;

import io.higuma.model.Resource;
import io.higuma.model.core.DataplaneSpec;
import io.higuma.model.core.MeshMultiZoneServiceSpec;
import io.higuma.model.core.MeshServiceSpec;
import io.higuma.model.core.ServiceSpec;
import io.higuma.model.target.TopTargetRef;
import java.util.HashSet;
import java.util.Set;

/// What makes "who sees this?" a lookup.
///
/// @param dataplanes dataplanes by every label and by name
/// @param selectors services by the leading term of their selector
/// @param services `Kind/name` of services by every label and by name
/// @param groups services of several zones by the leading term of their selector
/// @param policies `Type/name` by the leading term of the policy's target
/// @param routes `Type/name` of policies by the leading terms of the services they send traffic to
record MeshIndexes(
        PersistentIndex dataplanes,
        PersistentIndex selectors,
        PersistentIndex services,
        PersistentIndex groups,
        PersistentIndex policies,
        PersistentIndex routes) {

    static final MeshIndexes EMPTY = new MeshIndexes(
            PersistentIndex.EMPTY,
            PersistentIndex.EMPTY,
            PersistentIndex.EMPTY,
            PersistentIndex.EMPTY,
            PersistentIndex.EMPTY,
            PersistentIndex.EMPTY);

    MeshIndexes with(Resource resource, PolicyTargets targets) {
        return update(resource, targets, PersistentIndex::with);
    }

    MeshIndexes without(Resource resource, PolicyTargets targets) {
        return update(resource, targets, PersistentIndex::without);
    }

    private interface Step {
        PersistentIndex take(PersistentIndex index, Set<Term> terms, String name);
    }

    private MeshIndexes update(Resource resource, PolicyTargets targets, Step step) {
        return switch (resource.spec()) {
            case DataplaneSpec ignored ->
                new MeshIndexes(
                        step.take(dataplanes, new HashSet<>(Term.of(resource)), resource.name()),
                        selectors,
                        services,
                        groups,
                        policies,
                        routes);
            case MeshServiceSpec service ->
                new MeshIndexes(
                        dataplanes,
                        step.take(selectors, selector(service), resource.name()),
                        step.take(services, new HashSet<>(Term.of(resource)), filed(resource)),
                        group(resource, step),
                        policies,
                        routes);
            case ServiceSpec ignored ->
                new MeshIndexes(
                        dataplanes,
                        selectors,
                        step.take(services, new HashSet<>(Term.of(resource)), filed(resource)),
                        group(resource, step),
                        policies,
                        routes);
            default ->
                targets.of(resource)
                        .map(ref -> policy(resource, ref, targets, step))
                        .orElse(this);
        };
    }

    private MeshIndexes policy(Resource resource, TopTargetRef ref, PolicyTargets targets, Step step) {
        Set<Term> named = new HashSet<>();
        targets.backends(resource).forEach(backend -> named.add(Term.leading(backend.labels())));
        return new MeshIndexes(
                dataplanes,
                selectors,
                services,
                groups,
                step.take(policies, Set.of(Term.leading(ref.labels())), filed(resource)),
                named.isEmpty() ? routes : step.take(routes, named, filed(resource)));
    }

    private PersistentIndex group(Resource resource, Step step) {
        return resource.spec() instanceof MeshMultiZoneServiceSpec spec
                ? step.take(
                        groups,
                        Set.of(Term.leading(spec.selector().meshService().matchLabels())),
                        resource.name())
                : groups;
    }

    private static Set<Term> selector(MeshServiceSpec service) {
        return service.selector()
                .flatMap(selector -> selector.dataplaneRef()
                        .flatMap(MeshServiceSpec.DataplaneRef::name)
                        .map(Term::name)
                        .or(() -> selector.dataplaneLabels().map(labels -> Term.leading(labels.matchLabels()))))
                .map(Set::of)
                .orElse(Set.of());
    }

    /// Under which name a resource is filed where several types are.
    static String filed(Resource resource) {
        return resource.key().type() + "/" + resource.name();
    }
}
