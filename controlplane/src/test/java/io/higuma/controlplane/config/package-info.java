/// Stories about settings.
@NullMarked
package io.higuma.controlplane.config;

import org.jspecify.annotations.NullMarked;
