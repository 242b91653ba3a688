/// The servers: certificates, ports, and who holds a port that is taken.
@NullMarked
package io.higuma.controlplane.server;

import org.jspecify.annotations.NullMarked;
