/// MeshTrafficPermission: who may call whom.
///
/// Becomes Envoy's RBAC with a matcher tree over the caller's SPIFFE id and the server name: first
/// every deny, then every allow, then deny. For HTTP it is per-route configuration of the HTTP
/// filter, so that a changed permission moves a RouteConfiguration only; for TCP it is a network
/// filter. Only connections with mutual TLS are checked.
@NullMarked
package io.higuma.policies.trafficpermission;

import org.jspecify.annotations.NullMarked;
