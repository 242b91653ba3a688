/// The resource store: an append-only log of revisions, in memory, and the conformance kit every store passes.
@NullMarked
package io.higuma.store;

import org.jspecify.annotations.NullMarked;
