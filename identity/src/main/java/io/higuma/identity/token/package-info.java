/// Tokens of dataplanes, users and zones, and the keys that sign them (contract 8).
@NullMarked
package io.higuma.identity.token;

import org.jspecify.annotations.NullMarked;
