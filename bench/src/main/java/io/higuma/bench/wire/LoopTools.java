package io.higuma.bench.wire;

import java.util.zip.CRC32C;

/// What all streams of one event loop share, because only one of them runs at a time.
final class LoopTools {

    static final byte[] NOTHING = new byte[0];

    final ResponseReader reader = new ResponseReader();
    final RequestWriter writer = new RequestWriter();
    final Slices slices = new Slices();
    final CRC32C crc = new CRC32C();
    private byte[] scratch = new byte[1 << 16];

    /// When a message came last, by `System.nanoTime`. Written by the loop, read by anyone.
    volatile long lastMessage = System.nanoTime();

    byte[] scratch(int size) {
        if (scratch.length < size) {
            scratch = new byte[Math.max(size, 2 * scratch.length)];
        }
        return scratch;
    }
}
