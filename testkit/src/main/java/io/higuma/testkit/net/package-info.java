/// The two ends of a request: services that answer, and a steady load that counts what happened to each call.
@NullMarked
package io.higuma.testkit.net;

import org.jspecify.annotations.NullMarked;
