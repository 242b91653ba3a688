package io.higuma.envoy.build;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import com.google.protobuf.Message;
import com.google.protobuf.UInt32Value;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.AggregatedConfigSource;
import io.envoyproxy.envoy.config.core.v3.ApiVersion;
import io.envoyproxy.envoy.config.core.v3.CidrRange;
import io.envoyproxy.envoy.config.core.v3.ConfigSource;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.higuma.envoy.CompileException;
import io.higuma.envoy.check.Encoding;
import io.higuma.model.core.Protocol;

/// Small pieces that many messages are made of.
final class Protos {

    /// "From the same stream": aggregated discovery.
    static final ConfigSource ADS = ConfigSource.newBuilder()
            .setAds(AggregatedConfigSource.getDefaultInstance())
            .setResourceApiVersion(ApiVersion.V3)
            .build();

    private Protos() {}

    /// Packs deterministically: the bytes inside an `Any` are not sorted by whoever writes the
    /// message around it. Its constraints are checked here, because a check of the message around
    /// it does not look inside.
    ///
    /// @throws CompileException if Envoy would refuse it
    static Any pack(Message message) {
        byte[] bytes = Encoding.sound(message.getDescriptorForType().getName(), message);
        return Any.newBuilder()
                .setTypeUrl(
                        "type.googleapis.com/" + message.getDescriptorForType().getFullName())
                .setValue(ByteString.copyFrom(bytes))
                .build();
    }

    static Duration duration(java.time.Duration duration) {
        return Duration.newBuilder()
                .setSeconds(duration.getSeconds())
                .setNanos(duration.getNano())
                .build();
    }

    static Duration seconds(long seconds) {
        return Duration.newBuilder().setSeconds(seconds).build();
    }

    static UInt32Value uint(int value) {
        return UInt32Value.of(value);
    }

    static Address address(String host, int port) {
        return Address.newBuilder()
                .setSocketAddress(SocketAddress.newBuilder().setAddress(host).setPortValue(port))
                .build();
    }

    static CidrRange cidr(String prefix, int length) {
        return CidrRange.newBuilder()
                .setAddressPrefix(prefix)
                .setPrefixLen(uint(length))
                .build();
    }

    /// Whether the protocol is carried in HTTP/2 frames.
    static boolean isHttp2(Protocol protocol) {
        return protocol == Protocol.HTTP2 || protocol == Protocol.GRPC;
    }
}
