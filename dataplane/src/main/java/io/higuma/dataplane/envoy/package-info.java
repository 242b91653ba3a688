/// Envoy as a program: where it is, which version, how it is started, how it is asked to drain.
@NullMarked
package io.higuma.dataplane.envoy;

import org.jspecify.annotations.NullMarked;
