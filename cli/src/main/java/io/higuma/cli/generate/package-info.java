/// What can be made without a control plane: signing keys, tokens signed with them, TLS certificates. Only the JDK's
/// cryptography is used; the few DER structures are written by hand, because the client's class path stays small.
@NullMarked
package io.higuma.cli.generate;

import org.jspecify.annotations.NullMarked;
