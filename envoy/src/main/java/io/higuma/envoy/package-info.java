/// From a proxy view and policies to Envoy resources.
@NullMarked
package io.higuma.envoy;

import org.jspecify.annotations.NullMarked;
