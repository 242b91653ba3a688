/// Who asks, and what they may.
@NullMarked
package io.higuma.api.auth;

import org.jspecify.annotations.NullMarked;
