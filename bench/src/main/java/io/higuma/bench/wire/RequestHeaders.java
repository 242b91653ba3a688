package io.higuma.bench.wire;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/// The header block of the one request of a stream (RFC 7541, nothing indexed, so that no state is needed).
final class RequestHeaders {

    private static final String PATH =
            "/envoy.service.discovery.v3.AggregatedDiscoveryService/DeltaAggregatedResources";

    private final ByteArrayOutputStream out = new ByteArrayOutputStream(512);

    private RequestHeaders() {}

    /// @param authority host and port
    /// @param token for `authorization`; empty: none
    static byte[] of(String authority, String token) {
        RequestHeaders block = new RequestHeaders();
        block.out.write(0x80 | 3); // :method POST
        block.out.write(0x80 | 7); // :scheme https
        block.named(4, 0, PATH);
        block.named(1, 0, authority);
        block.named(31, 0, "application/grpc"); // content-type
        block.out.write(0);
        block.string("te");
        block.string("trailers");
        block.named(58, 0, "higuma-bench"); // user-agent
        if (!token.isEmpty()) {
            block.named(23, 0x10, token); // authorization, never to be indexed
        }
        return block.out.toByteArray();
    }

    /// A header whose name is in the static table.
    private void named(int index, int pattern, String value) {
        if (index < 15) {
            out.write(pattern | index);
        } else {
            out.write(pattern | 15);
            out.write(index - 15);
        }
        string(value);
    }

    private void string(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length < 127) {
            out.write(bytes.length);
        } else {
            out.write(127);
            int rest = bytes.length - 127;
            while (rest > 127) {
                out.write((rest & 127) | 128);
                rest >>>= 7;
            }
            out.write(rest);
        }
        out.writeBytes(bytes);
    }
}
