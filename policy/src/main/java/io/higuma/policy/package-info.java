/// The policy SPI: matching, ordering, merging, proxy views and contributions.
@NullMarked
package io.higuma.policy;

import org.jspecify.annotations.NullMarked;
