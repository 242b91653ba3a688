package io.higuma.dataplane.tproxy.verify;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/// DNS questions (RFC 1035), asked one after the other from one socket.
final class Questions {

    private static final int PATIENCE_MILLIS = 2000;
    private static final int DATAGRAM = 2048;

    private Questions() {}

    /// @param type such as A
    /// @param kind the class
    record Asked(String name, int type, int kind) {

        static Asked address(String name) {
            return new Asked(name, 1, 1);
        }

        /// Who answers (RFC 4892): TXT, in the class CHAOS.
        static Asked whoAnswers() {
            return new Asked("id.server", 16, 3);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    /// @param unanswered how many of them, from the first, are not to be waited for
    /// @return which of them were answered and with what, by their index, when the others were or time was over
    static Map<Integer, String> answers(InetSocketAddress server, List<Asked> questions, int unanswered)
            throws IOException {
        try (DatagramChannel channel = DatagramChannel.open();
                Selector selector = Selector.open()) {
            channel.configureBlocking(false);
            channel.connect(server);
            channel.register(selector, SelectionKey.OP_READ);
            for (int i = 0; i < questions.size(); i++) {
                channel.write(ByteBuffer.wrap(message(i, questions.get(i))));
            }
            Map<Integer, String> answers = new HashMap<>();
            ByteBuffer answer = ByteBuffer.allocate(DATAGRAM);
            long end = System.nanoTime() + PATIENCE_MILLIS * 1_000_000L;
            List<Integer> awaited =
                    IntStream.range(unanswered, questions.size()).boxed().toList();
            while (!answers.keySet().containsAll(awaited) && System.nanoTime() < end) {
                selector.select(PATIENCE_MILLIS / 4);
                selector.selectedKeys().clear();
                answer.clear();
                if (channel.read(answer) >= 2) {
                    String bytes = new String(answer.array(), 0, answer.position(), StandardCharsets.ISO_8859_1);
                    answers.put((int) answer.getShort(0), bytes);
                }
            }
            return answers;
        }
    }

    private static byte[] message(int id, Asked asked) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        // Recursion desired, one question.
        bytes.writeBytes(new byte[] {0, (byte) id, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0});
        for (String label : asked.name().split("\\.", -1)) {
            bytes.write(label.length());
            bytes.writeBytes(label.getBytes(StandardCharsets.US_ASCII));
        }
        bytes.writeBytes(new byte[] {0, 0, (byte) asked.type(), 0, (byte) asked.kind()});
        return bytes.toByteArray();
    }
}
