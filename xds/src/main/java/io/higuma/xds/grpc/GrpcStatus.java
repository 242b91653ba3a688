package io.higuma.xds.grpc;

import io.higuma.xds.Refusal;
import java.nio.charset.StandardCharsets;

/// Status codes and messages as gRPC over HTTP/2 writes them.
final class GrpcStatus {

    static final String UNIMPLEMENTED = "12";
    static final String UNAVAILABLE = "14";
    static final String UNAUTHENTICATED = "16";

    private GrpcStatus() {}

    static int code(Refusal.Code code) {
        return switch (code) {
            case INVALID_ARGUMENT -> 3;
            case NOT_FOUND -> 5;
            case PERMISSION_DENIED -> 7;
            case RESOURCE_EXHAUSTED -> 8;
            case ABORTED -> 10;
            case INTERNAL -> 13;
            case UNAVAILABLE -> 14;
            case UNAUTHENTICATED -> 16;
        };
    }

    static String percentEncoded(String message) {
        StringBuilder text = new StringBuilder();
        for (byte b : message.getBytes(StandardCharsets.UTF_8)) {
            if (b >= 0x20 && b < 0x7f && b != '%') {
                text.append((char) b);
            } else {
                text.append('%')
                        .append(Character.toUpperCase(Character.forDigit((b >> 4) & 15, 16)))
                        .append(Character.toUpperCase(Character.forDigit(b & 15, 16)));
            }
        }
        return text.toString();
    }
}
