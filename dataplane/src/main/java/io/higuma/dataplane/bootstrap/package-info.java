/// The exchange by which a control plane gives a proxy its first configuration: `POST /bootstrap` on its dataplane
/// port.
@NullMarked
package io.higuma.dataplane.bootstrap;

import org.jspecify.annotations.NullMarked;
