/// Delta and state-of-the-world ADS as pure state machines over bytes, and their gRPC adapter.
@NullMarked
package io.higuma.xds;

import org.jspecify.annotations.NullMarked;
