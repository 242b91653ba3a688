/// The operations O1 to O13: what is done to a loaded control plane, and what is measured while it is done.
@NullMarked
package io.higuma.bench.operation;

import org.jspecify.annotations.NullMarked;
