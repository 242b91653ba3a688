package io.higuma.store;

import io.higuma.model.Resource;
import io.higuma.model.ResourceKey;

/// One wish of a writer. The store decides on all changes of one commit together: all are taken or none.
public sealed interface Change {

    ResourceKey key();

    Expectation expected();

    /// Writes a resource. Its meta's times and revision are set by the store; labels are kept.
    record Put(Resource resource, Expectation expected) implements Change {
        @Override
        public ResourceKey key() {
            return resource.key();
        }
    }

    /// Removes a resource; nothing happens, and no revision is made, if there is none.
    record Delete(ResourceKey key, Expectation expected) implements Change {}
}
