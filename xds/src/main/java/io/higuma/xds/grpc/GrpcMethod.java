package io.higuma.xds.grpc;

import java.util.List;

/// A method of ours: what to do when somebody calls it.
@FunctionalInterface
interface GrpcMethod {

    /// On the event loop of the connection; must not block.
    ///
    /// @param authorization the headers of that name
    GrpcCall open(GrpcStream stream, List<String> authorization);
}
