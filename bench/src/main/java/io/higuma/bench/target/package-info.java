/// The control plane under load: our own as a process of its own, or any other, and what the kernel says of it.
@NullMarked
package io.higuma.bench.target;

import org.jspecify.annotations.NullMarked;
