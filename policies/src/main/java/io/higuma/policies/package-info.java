/// The policies, one package each: a spec, what makes one invalid, and what it does to a proxy. No policy
/// knows another.
@NullMarked
package io.higuma.policies;

import org.jspecify.annotations.NullMarked;
