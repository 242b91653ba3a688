/// Golden harness, xDS test client, real-Envoy runner, fixtures, fake clock.
@NullMarked
package io.higuma.testkit;

import org.jspecify.annotations.NullMarked;
