/// The gRPC adapter: reads and writes gRPC messages on HTTP/2 streams and carries out what the state machine of
/// a stream wants.
@NullMarked
package io.higuma.xds.grpc;

import org.jspecify.annotations.NullMarked;
