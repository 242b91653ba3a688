/// Stories about the process: how it starts, what it refuses, what it survives.
@NullMarked
package io.higuma.controlplane;

import org.jspecify.annotations.NullMarked;
