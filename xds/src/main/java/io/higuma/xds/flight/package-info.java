/// Flight Recorder events of what streams send. On in every recording; without one, nothing is allocated.
@NullMarked
package io.higuma.xds.flight;

import org.jspecify.annotations.NullMarked;
