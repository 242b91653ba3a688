/// The constraints that Envoy's messages carry, checked before a message can leave.
@NullMarked
package io.higuma.envoy.check;

import org.jspecify.annotations.NullMarked;
