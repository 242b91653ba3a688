/// Stories about the API, told to a real server on a real store.
@NullMarked
package io.higuma.api;

import org.jspecify.annotations.NullMarked;
