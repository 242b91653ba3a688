/// The sidecar launcher: bootstrap, then becomes Envoy.
@NullMarked
package io.higuma.dataplane;

import org.jspecify.annotations.NullMarked;
