package io.higuma.model.snapshot;

import io.higuma.model.Resource;
import io.higuma.model.core.DataplaneSpec;
import io.higuma.model.core.MeshServiceSpec;
import io.higuma.model.target.TopTargetRef;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What makes "who sees this?" a lookup.
///
/// @param dataplanes dataplanes by every label and by name
/// @param selectors services by the leading term of their selector
/// @param consumers dataplanes by the services their outbounds lead to
/// @param policies `Type/name` by the leading term of the policy's target
record MeshIndexes(
        PersistentIndex dataplanes, PersistentIndex selectors, PersistentIndex consumers, PersistentIndex policies) {

    static final MeshIndexes EMPTY =
            new MeshIndexes(PersistentIndex.EMPTY, PersistentIndex.EMPTY, PersistentIndex.EMPTY, PersistentIndex.EMPTY);

    MeshIndexes with(Resource resource, Optional<TopTargetRef> target) {
        return update(resource, target, PersistentIndex::with);
    }

    MeshIndexes without(Resource resource, Optional<TopTargetRef> target) {
        return update(resource, target, PersistentIndex::without);
    }

    private interface Step {
        PersistentIndex take(PersistentIndex index, Set<Term> terms, String name);
    }

    private MeshIndexes update(Resource resource, Optional<TopTargetRef> target, Step step) {
        return switch (resource.spec()) {
            case DataplaneSpec dataplane ->
                new MeshIndexes(
                        step.take(dataplanes, new HashSet<>(Term.of(resource)), resource.name()),
                        selectors,
                        step.take(consumers, called(dataplane), resource.name()),
                        policies);
            case MeshServiceSpec service ->
                new MeshIndexes(
                        dataplanes, step.take(selectors, selector(service), resource.name()), consumers, policies);
            default ->
                target.map(ref -> new MeshIndexes(
                                dataplanes,
                                selectors,
                                consumers,
                                step.take(
                                        policies,
                                        Set.of(Term.leading(ref.labels())),
                                        resource.key().type() + "/" + resource.name())))
                        .orElse(this);
        };
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

    /// Under which terms the outbounds of a dataplane are filed.
    private static Set<Term> called(DataplaneSpec dataplane) {
        Set<Term> terms = new HashSet<>();
        List<DataplaneSpec.Outbound> outbounds = dataplane.networking().outbound();
        for (DataplaneSpec.Outbound outbound : outbounds) {
            terms.add(outbound.backendRef()
                    .name()
                    .filter(name -> !name.isEmpty())
                    .map(Term::name)
                    .orElseGet(() -> Term.leading(outbound.backendRef().labels())));
        }
        return terms;
    }
}
