/// Proves with real connections and real questions what is captured and what is not. Addresses that are tried belong
/// to nobody: they are set apart for documentation (RFC 5737, RFC 3849) and for benchmarks (RFC 2544).
@NullMarked
package io.higuma.dataplane.tproxy.verify;

import org.jspecify.annotations.NullMarked;
