/// Requests and answers as values, errors, and the router.
@NullMarked
package io.higuma.api.http;

import org.jspecify.annotations.NullMarked;
