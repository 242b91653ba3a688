/// Tests with real Envoys and real traffic, and the rules of the house.
@NullMarked
package io.higuma.e2e;

import org.jspecify.annotations.NullMarked;
