/// Reading and writing resources.
@NullMarked
package io.higuma.api.resources;

import org.jspecify.annotations.NullMarked;
