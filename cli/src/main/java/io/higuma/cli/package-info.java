/// The higuma command.
@NullMarked
package io.higuma.cli;

import org.jspecify.annotations.NullMarked;
