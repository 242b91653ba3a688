/// One builder per kind of Envoy resource. Each takes one record, its whole input, and makes one
/// message: the record is the key under which the message is interned, so there is no input that is
/// not in the key.
@NullMarked
package io.higuma.envoy.build;

import org.jspecify.annotations.NullMarked;
