/// xDS clients for tests and load: they ask, acknowledge and follow references as Envoy does, without being
/// one.
@NullMarked
package io.higuma.testkit.xds;

import org.jspecify.annotations.NullMarked;
