/// Tests of the transparent proxy: rules as text, and rules in real networks.
@NullMarked
package io.higuma.dataplane.tproxy;

import org.jspecify.annotations.NullMarked;
