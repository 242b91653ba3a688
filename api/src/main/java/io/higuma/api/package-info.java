/// The REST API, tokens, overviews, bootstrap.
@NullMarked
package io.higuma.api;

import org.jspecify.annotations.NullMarked;
