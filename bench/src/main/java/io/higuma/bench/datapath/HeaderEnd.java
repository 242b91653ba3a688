package io.higuma.bench.datapath;

import java.nio.ByteBuffer;

/// Finds the empty lines that end headers, in bytes that come in pieces.
final class HeaderEnd {

    private static final byte[] END = {'\r', '\n', '\r', '\n'};

    private int matched;

    /// Reads until the next end of headers.
    ///
    /// @return whether it was found; the buffer then stands behind it, else it has been read to its end
    boolean find(ByteBuffer bytes) {
        while (bytes.hasRemaining()) {
            byte next = bytes.get();
            matched = next == END[matched] ? matched + 1 : next == END[0] ? 1 : 0;
            if (matched == END.length) {
                matched = 0;
                return true;
            }
        }
        return false;
    }

    /// How many headers end in these bytes. Reads them to their end.
    int count(ByteBuffer bytes) {
        int count = 0;
        while (find(bytes)) {
            count++;
        }
        return count;
    }
}
