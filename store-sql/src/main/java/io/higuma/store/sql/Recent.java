package io.higuma.store.sql;

import io.higuma.model.Resource;
import io.higuma.model.ResourceKey;
import io.higuma.store.Revision;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The resources that were read or written last, as they are stored now: who changes one has just read it, the commit
/// looks at it again, and every request asks for its mesh. Bounded. Safe for all threads.
final class Recent {

    private static final int KEPT = 256;

    // guarded by this
    private final Map<ResourceKey, Resource> kept = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<ResourceKey, Resource> eldest) {
            return size() > KEPT;
        }
    };
    private long commits;

    /// What is stored under a key; empty if that is not known here.
    synchronized Optional<Resource> get(ResourceKey key) {
        return Optional.ofNullable(kept.get(key));
    }

    /// How many commits were told of; to be asked before something is read.
    synchronized long commits() {
        return commits;
    }

    /// A resource was read. It is kept unless something was committed meanwhile, which might have been another one.
    ///
    /// @param before [#commits] when the reading began
    synchronized void read(Resource resource, long before) {
        if (commits == before) {
            kept.put(resource.key(), resource);
        }
    }

    /// A transaction failed: what is in the file shall be read there.
    synchronized void forget() {
        commits++;
        kept.clear();
    }

    /// What a transaction made. To be called in the order of transactions, each before its commits are answered.
    synchronized void committed(List<Revision> revisions) {
        commits++;
        for (Revision revision : revisions) {
            revision.resource()
                    .ifPresentOrElse(resource -> kept.put(revision.key(), resource), () -> kept.remove(revision.key()));
        }
    }
}
