/// How a policy says whom it means: references to proxies, services and callers (contract 1.4 and 2).
@NullMarked
package io.higuma.model.target;

import org.jspecify.annotations.NullMarked;
