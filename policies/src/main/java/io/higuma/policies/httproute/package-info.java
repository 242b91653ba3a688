/// MeshHTTPRoute: where requests to a destination go, and what happens to them on the way.
///
/// Sets the routes of the destination's RouteConfiguration (`match`, `route`, `redirect`,
/// `direct_response`, headers to add and remove, `request_mirror_policies`) and brings the
/// clusters they name, so that a changed weight moves one RouteConfiguration and nothing else.
/// A destination of another protocol than HTTP gets an HTTP connection manager. What no rule
/// matches goes to the destination itself; what leads nowhere is answered 500 with the reason.
@NullMarked
package io.higuma.policies.httproute;

import org.jspecify.annotations.NullMarked;
