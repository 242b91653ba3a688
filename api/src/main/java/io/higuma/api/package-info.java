/// The REST API of the control plane (contract 3), in layers: `http` is requests and answers as
/// values and the router, `auth` who asks and what they may, `resources` reading and writing them.
/// The servers stand in `controlplane`.
@NullMarked
package io.higuma.api;

import org.jspecify.annotations.NullMarked;
