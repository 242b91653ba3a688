/// Secrets at rest.
@NullMarked
package io.higuma.identity.secret;

import org.jspecify.annotations.NullMarked;
