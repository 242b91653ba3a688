/// The validators of the core types, with the texts of contract 1.5 and 1.6.
@NullMarked
package io.higuma.schema.core;

import org.jspecify.annotations.NullMarked;
