/// Flight Recorder events of encoding. On in every recording; without one, nothing is allocated.
@NullMarked
package io.higuma.envoy.flight;

import org.jspecify.annotations.NullMarked;
