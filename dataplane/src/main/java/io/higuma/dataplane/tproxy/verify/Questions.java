package io.higuma.dataplane.tproxy.verify;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// DNS questions (RFC 1035), asked one after the other from one socket, at an address where nobody answers: an answer
/// can only come from this host.
final class Questions {

    private static final int PATIENCE_MILLIS = 2000;
    private static final int DATAGRAM = 2048;

    private Questions() {}

    /// @return which of the names were answered, by their index, when the last one was or time was over
    static Set<Integer> answered(InetSocketAddress server, List<String> names) throws IOException {
        try (DatagramChannel channel = DatagramChannel.open();
                Selector selector = Selector.open()) {
            channel.configureBlocking(false);
            channel.connect(server);
            channel.register(selector, SelectionKey.OP_READ);
            for (int i = 0; i < names.size(); i++) {
                channel.write(ByteBuffer.wrap(question(i, names.get(i))));
            }
            Set<Integer> answered = new HashSet<>();
            ByteBuffer answer = ByteBuffer.allocate(DATAGRAM);
            long end = System.nanoTime() + PATIENCE_MILLIS * 1_000_000L;
            while (!answered.contains(names.size() - 1) && System.nanoTime() < end) {
                selector.select(PATIENCE_MILLIS / 4);
                selector.selectedKeys().clear();
                answer.clear();
                if (channel.read(answer) >= 2) {
                    answered.add((int) answer.getShort(0));
                }
            }
            return answered;
        }
    }

    private static byte[] question(int id, String name) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        // Recursion desired, one question.
        bytes.writeBytes(new byte[] {0, (byte) id, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0});
        for (String label : name.split("\\.", -1)) {
            bytes.write(label.length());
            bytes.writeBytes(label.getBytes(StandardCharsets.US_ASCII));
        }
        // The root, type A, class IN.
        bytes.writeBytes(new byte[] {0, 0, 1, 0, 1});
        return bytes.toByteArray();
    }
}
