/// The specs and statuses of the core types: everything that is not a policy.
@NullMarked
package io.higuma.model.core;

import org.jspecify.annotations.NullMarked;
