package io.higuma.dataplane.agent;

import java.nio.ByteBuffer;
import java.util.List;

/// Makes answers to questions (RFC 1035 4.1).
final class Reply {

    static final int NO_ERROR = 0;
    static final int SERVER_FAILURE = 2;
    static final int NAME_ERROR = 3;

    /// What an asker takes over UDP that does not say anything else.
    private static final int PLAIN_UDP = 512;
    private static final int MOST = 65535;
    /// What we take over UDP; the size that goes through every network.
    private static final int OUR_UDP = 1232;
    private static final int OPT_BYTES = 11;
    private static final int OPT = 41;
    private static final int RECORD_HEAD = 12;
    private static final int TO_QUESTION = 0xc000 | Query.HEAD;

    private static final int RESPONSE = 0x8000;
    private static final int AUTHORITATIVE = 0x0400;
    private static final int TRUNCATED = 0x0200;
    private static final int RECURSION_AVAILABLE = 0x0080;
    /// Of the question's head: recursion desired, checking disabled.
    private static final int KEPT = 0x0110;

    private Reply() {}

    /// One record for the name that was asked for.
    ///
    /// @param data in the form of its type
    @SuppressWarnings("ArrayRecordComponent") // made for one reader, never compared
    record Answer(int type, byte[] data) {}

    /// An answer that knows.
    ///
    /// @param ttl seconds for which it holds
    /// @param udp whether it has to fit into a datagram: if it does not, the asker is told to ask over TCP
    static byte[] known(Query query, List<Answer> answers, int ttl, boolean udp) {
        int room = udp ? Math.max(PLAIN_UDP, query.payload().orElse(PLAIN_UDP)) : MOST;
        int size = query.end() + (query.payload().isPresent() ? OPT_BYTES : 0);
        for (Answer answer : answers) {
            size += RECORD_HEAD + answer.data().length;
        }
        return size > room
                ? write(query, AUTHORITATIVE | TRUNCATED, NO_ERROR, List.of(), ttl)
                : write(query, AUTHORITATIVE, NO_ERROR, answers, ttl);
    }

    /// An answer without a record.
    static byte[] empty(Query query, int code) {
        return write(query, code == SERVER_FAILURE ? 0 : AUTHORITATIVE, code, List.of(), 0);
    }

    /// That no resolver answered; for messages of any kind, which get their head back.
    static byte[] failure(byte[] message) {
        return Query.read(message)
                .map(query -> empty(query, SERVER_FAILURE))
                .orElseGet(() -> ByteBuffer.allocate(Query.HEAD)
                        .put(message, 0, 2)
                        .putShort((short) (RESPONSE
                                | RECURSION_AVAILABLE
                                | (ByteBuffer.wrap(message).getShort(2) & (0x7800 | KEPT))
                                | SERVER_FAILURE))
                        .array());
    }

    /// The same question back with the mark to ask over TCP.
    static byte[] askOverTcp(Query query) {
        return write(query, TRUNCATED, NO_ERROR, List.of(), 0);
    }

    private static byte[] write(Query query, int flags, int code, List<Answer> answers, int ttl) {
        boolean edns = query.payload().isPresent();
        int size = query.end()
                + (edns ? OPT_BYTES : 0)
                + answers.stream()
                        .mapToInt(answer -> RECORD_HEAD + answer.data().length)
                        .sum();
        ByteBuffer out = ByteBuffer.allocate(size);
        int asked = ByteBuffer.wrap(query.message()).getShort(2) & KEPT;
        out.put(query.message(), 0, 2)
                .putShort((short) (RESPONSE | RECURSION_AVAILABLE | flags | asked | code))
                .putShort((short) 1)
                .putShort((short) answers.size())
                .putShort((short) 0)
                .putShort((short) (edns ? 1 : 0))
                .put(query.message(), Query.HEAD, query.end() - Query.HEAD);
        for (Answer answer : answers) {
            out.putShort((short) TO_QUESTION)
                    .putShort((short) answer.type())
                    .putShort((short) query.kind())
                    .putInt(ttl)
                    .putShort((short) answer.data().length)
                    .put(answer.data());
        }
        if (edns) {
            out.put((byte) 0)
                    .putShort((short) OPT)
                    .putShort((short) OUR_UDP)
                    .putInt(0)
                    .putShort((short) 0);
        }
        return out.array();
    }
}
