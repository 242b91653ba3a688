/// Tokens issued over REST (contract 3.9).
@NullMarked
package io.higuma.api.token;

import org.jspecify.annotations.NullMarked;
