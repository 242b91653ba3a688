/// The client's wire formats against the real ones.
@NullMarked
package io.higuma.bench.wire;

import org.jspecify.annotations.NullMarked;
