/// The smoke alarm of the build.
@NullMarked
package io.higuma.bench;

import org.jspecify.annotations.NullMarked;
