/// Certificate authorities, SVIDs, trust bundles, tokens, secrets at rest.
@NullMarked
package io.higuma.identity;

import org.jspecify.annotations.NullMarked;
