package io.higuma.xds.grpc;

import io.higuma.xds.Node;
import java.util.Optional;

/// A method of ours: what to do when somebody calls it.
@FunctionalInterface
interface GrpcMethod {

    /// On the event loop of the connection; must not block.
    ///
    /// @param credential of the caller; empty if it showed none
    GrpcCall open(GrpcStream stream, Optional<Node.Credential> credential);
}
