/// The policies, one package each.
@NullMarked
package io.higuma.policies;

import org.jspecify.annotations.NullMarked;
