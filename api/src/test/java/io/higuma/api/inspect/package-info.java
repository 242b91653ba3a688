/// Shapes of inspections that need no control plane.
@NullMarked
package io.higuma.api.inspect;

import org.jspecify.annotations.NullMarked;
