/// What every store must do, as tests that each implementation runs.
@NullMarked
package io.higuma.store.conformance;

import org.jspecify.annotations.NullMarked;
