/// MeshTCPRoute: where connections to a destination go.
///
/// Sets cluster or `weighted_clusters` of the destination's TCP proxy and brings the clusters
/// they name. A MeshHTTPRoute for the same destination wins. Without one, a destination that
/// speaks HTTP is handled as TCP.
@NullMarked
package io.higuma.policies.tcproute;

import org.jspecify.annotations.NullMarked;
