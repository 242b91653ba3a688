/// Real Envoys for tests: find the binary, run one, ask its admin interface, load a configuration in validate mode.
@NullMarked
package io.higuma.testkit.envoy;

import org.jspecify.annotations.NullMarked;
