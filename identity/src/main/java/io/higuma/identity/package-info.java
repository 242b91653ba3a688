/// Who is who: certificate authorities, SVIDs, trust bundles, and which MeshIdentity speaks for which proxy
/// (contract 9).
///
/// Pure but for randomness: no store, no threads, no clock of its own.
@NullMarked
package io.higuma.identity;

import org.jspecify.annotations.NullMarked;
