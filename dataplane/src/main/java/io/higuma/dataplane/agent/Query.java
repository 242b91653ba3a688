package io.higuma.dataplane.agent;

import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/// One DNS question as it came in (RFC 1035 4.1): a message of kind QUERY with one question and nothing answered.
///
/// @param message all of it
/// @param end where its question ends
/// @param name in lower case, without a dot at the end; empty for the root. A dot within a label is written `\.`
/// @param type such as A, see below
/// @param kind the class; IN nearly always
/// @param payload how long an answer over UDP may be, if the asker speaks EDNS (RFC 6891)
@SuppressWarnings("ArrayRecordComponent") // made for one reader, never compared
record Query(byte[] message, int end, String name, int type, int kind, OptionalInt payload) {

    static final int A = 1;
    static final int TXT = 16;
    static final int AAAA = 28;
    static final int ANY = 255;
    static final int INTERNET = 1;
    static final int CHAOS = 3;

    static final int HEAD = 12;
    private static final int OPT = 41;
    private static final int LONGEST_NAME = 255;
    private static final int LONGEST_LABEL = 63;
    private static final int POINTER = 0xc0;
    /// Of a record behind its name: type, class, time to live, length.
    private static final int BEHIND_NAME = 10;
    private static final int RESPONSE_OR_OPCODE = 0xf8;

    /// Whether the message can be sent on to a resolver: it has a head, and is no answer.
    static boolean isAsked(byte[] message) {
        return message.length >= HEAD && (message[2] & 0x80) == 0;
    }

    /// Empty if the message is anything but one plain question: that is the resolver's to judge.
    static Optional<Query> read(byte[] message) {
        ByteBuffer in = ByteBuffer.wrap(message);
        if (message.length < HEAD
                || (message[2] & RESPONSE_OR_OPCODE) != 0
                || in.getShort(4) != 1
                || in.getShort(6) != 0
                || in.getShort(8) != 0) {
            return Optional.empty();
        }
        int additional = Short.toUnsignedInt(in.getShort(10));
        in.position(HEAD);
        Optional<String> name = name(in);
        if (name.isEmpty() || in.remaining() < 4) {
            return Optional.empty();
        }
        int type = Short.toUnsignedInt(in.getShort());
        int kind = Short.toUnsignedInt(in.getShort());
        int end = in.position();
        OptionalInt payload = OptionalInt.empty();
        for (int i = 0; i < additional; i++) {
            boolean ofRoot = in.hasRemaining() && in.get(in.position()) == 0;
            if (!skipName(in) || in.remaining() < BEHIND_NAME) {
                return Optional.empty();
            }
            int recordType = Short.toUnsignedInt(in.getShort());
            int size = Short.toUnsignedInt(in.getShort());
            in.getInt();
            int length = Short.toUnsignedInt(in.getShort());
            if (length > in.remaining()) {
                return Optional.empty();
            }
            in.position(in.position() + length);
            if (recordType == OPT && ofRoot) {
                payload = OptionalInt.of(size);
            }
        }
        return Optional.of(new Query(message, end, name.get(), type, kind, payload));
    }

    /// A question's name stands there in full: nothing comes before it that could be pointed to.
    private static Optional<String> name(ByteBuffer in) {
        int begin = in.position();
        StringBuilder name = new StringBuilder();
        while (in.hasRemaining()) {
            int length = Byte.toUnsignedInt(in.get());
            if (in.position() - begin > LONGEST_NAME) {
                return Optional.empty();
            }
            if (length == 0) {
                return Optional.of(name.toString().toLowerCase(Locale.ROOT));
            }
            if (length > LONGEST_LABEL || length > in.remaining()) {
                return Optional.empty();
            }
            name.append(name.isEmpty() ? "" : ".");
            for (int i = 0; i < length; i++) {
                char letter = (char) Byte.toUnsignedInt(in.get());
                name.append(letter == '.' ? "\\." : letter < 0x80 ? letter : '\ufffd');
            }
        }
        return Optional.empty();
    }

    private static boolean skipName(ByteBuffer in) {
        while (in.hasRemaining()) {
            int length = Byte.toUnsignedInt(in.get());
            if (length == 0) {
                return true;
            }
            if (length >= POINTER) {
                if (!in.hasRemaining()) {
                    return false;
                }
                in.get();
                return true;
            }
            if (length > LONGEST_LABEL || length > in.remaining()) {
                return false;
            }
            in.position(in.position() + length);
        }
        return false;
    }
}
