/// What an Envoy is told before it opens its first stream (`reference/dataplane.md` 1.3 and 1.4): the request of the
/// launcher, the checks, and the bootstrap document.
@NullMarked
package io.higuma.api.bootstrap;

import org.jspecify.annotations.NullMarked;
