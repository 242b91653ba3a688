/// What a control plane is loaded with: workloads as data, the documents they become, and the REST client that
/// writes them.
@NullMarked
package io.higuma.bench.load;

import org.jspecify.annotations.NullMarked;
