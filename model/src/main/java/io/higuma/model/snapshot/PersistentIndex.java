package io.higuma.model.snapshot;

import io.higuma.model.collect.PersistentMap;
import java.util.Collection;
import java.util.Set;

/// An immutable map from a term to the names filed under it; changed copies share what did not change.
record PersistentIndex(PersistentMap<Term, PersistentMap<String, Boolean>> entries) {

    static final PersistentIndex EMPTY = new PersistentIndex(PersistentMap.empty());

    PersistentIndex with(Collection<Term> terms, String name) {
        PersistentMap<Term, PersistentMap<String, Boolean>> next = entries;
        for (Term term : terms) {
            PersistentMap<String, Boolean> names = next.getOrDefault(term, PersistentMap.empty());
            next = next.with(term, names.with(name, Boolean.TRUE));
        }
        return next == entries ? this : new PersistentIndex(next);
    }

    PersistentIndex without(Collection<Term> terms, String name) {
        PersistentMap<Term, PersistentMap<String, Boolean>> next = entries;
        for (Term term : terms) {
            PersistentMap<String, Boolean> names =
                    next.getOrDefault(term, PersistentMap.empty()).without(name);
            next = names.isEmpty() ? next.without(term) : next.with(term, names);
        }
        return next == entries ? this : new PersistentIndex(next);
    }

    Set<String> names(Term term) {
        return entries.getOrDefault(term, PersistentMap.empty()).keys();
    }
}
