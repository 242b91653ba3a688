/// The control plane process: configuration, wiring, servers.
@NullMarked
package io.higuma.controlplane;

import org.jspecify.annotations.NullMarked;
