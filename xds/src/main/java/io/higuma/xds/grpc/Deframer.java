package io.higuma.xds.grpc;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Cuts gRPC messages (flag, four bytes of length, message) out of a stream of bytes. Owner: the stream's
/// event loop.
final class Deframer {

    /// Bytes before each message: a flag and the length.
    static final int HEADER = 5;

    /// The client does not keep to the framing or to the limit.
    static final class BadFrame extends Exception {
        private static final long serialVersionUID = 1L;

        BadFrame(String message) {
            super(message);
        }
    }

    private final int maxMessage;
    private byte[] buffer = new byte[0];
    private int start;
    private int end;

    Deframer(int maxMessage) {
        this.maxMessage = maxMessage;
    }

    void add(byte[] bytes) {
        if (start == end) {
            buffer = bytes;
            start = 0;
            end = bytes.length;
            return;
        }
        int size = end - start;
        if (end + bytes.length > buffer.length || start > 0) {
            int room = Math.max(size + bytes.length, Math.min(2 * size, maxMessage + HEADER));
            byte[] larger = room <= buffer.length && start >= bytes.length ? buffer : new byte[room];
            System.arraycopy(buffer, start, larger, 0, size);
            buffer = larger;
            start = 0;
            end = size;
        }
        System.arraycopy(bytes, 0, buffer, end, bytes.length);
        end += bytes.length;
    }

    /// The next whole message, or null if more bytes are needed. Valid until the next call of [#add].
    @Nullable
    ByteBuffer next() throws BadFrame {
        if (end - start < HEADER) {
            return rest();
        }
        if (buffer[start] != 0) {
            throw new BadFrame("compressed messages are not accepted");
        }
        int length = ByteBuffer.wrap(buffer, start + 1, 4).getInt();
        if (length < 0 || length > maxMessage) {
            throw new BadFrame("a message of " + Integer.toUnsignedString(length) + " bytes; at most " + maxMessage
                    + " are accepted");
        }
        if (end - start - HEADER < length) {
            return rest();
        }
        ByteBuffer message =
                ByteBuffer.wrap(buffer, start + HEADER, length).slice().asReadOnlyBuffer();
        start += HEADER + length;
        return message;
    }

    /// What is left belongs to us from here on: the array it came in may be the caller's.
    private @Nullable ByteBuffer rest() {
        if (start > 0 || end < buffer.length) {
            buffer = Arrays.copyOfRange(buffer, start, end);
            end -= start;
            start = 0;
        }
        return null;
    }
}
