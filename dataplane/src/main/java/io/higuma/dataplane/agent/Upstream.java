package io.higuma.dataplane.agent;

import io.higuma.dataplane.tproxy.ResolvConf;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// The host's resolvers: they get messages as they came, and what they say is said as it is.
final class Upstream {

    private static final int PORT = 53;
    /// An answer over UDP that is longer than this is asked for over TCP.
    private static final int MOST_UDP = 8192;
    private static final long REREAD_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Path resolvConf;
    private final Semaphore room;
    private volatile ResolvConf resolvers;
    private volatile long read;

    /// @param room how many questions may wait for an answer at once
    Upstream(Path resolvConf, int room) {
        this.resolvConf = resolvConf;
        this.room = new Semaphore(room);
        this.resolvers = ResolvConf.of(resolvConf);
        this.read = System.nanoTime();
    }

    /// Sends the message on, to one resolver after the other until one answers.
    ///
    /// @return empty if none does in time, or too many wait already
    Optional<byte[]> ask(byte[] message, boolean udp) {
        if (!room.tryAcquire()) {
            return Optional.empty();
        }
        try {
            ResolvConf now = resolvers();
            Duration patience = now.timeout().dividedBy(now.servers().size());
            for (InetAddress server : now.servers()) {
                Optional<byte[]> answer = ask(message, server, patience, udp);
                if (answer.isPresent()) {
                    return answer;
                }
            }
            return Optional.empty();
        } finally {
            room.release();
        }
    }

    private static Optional<byte[]> ask(byte[] message, InetAddress server, Duration patience, boolean udp) {
        try {
            return Optional.of(udp ? overUdp(message, server, patience) : overTcp(message, server, patience));
        } catch (IOException silent) {
            return Optional.empty();
        }
    }

    /// A host that moves to another network gets other resolvers.
    private ResolvConf resolvers() {
        long now = System.nanoTime();
        if (now - read > REREAD_NANOS) {
            read = now;
            resolvers = ResolvConf.of(resolvConf);
        }
        return resolvers;
    }

    /// From a port that the kernel draws for this one question: who would forge an answer has to guess it.
    private static byte[] overUdp(byte[] message, InetAddress server, Duration patience) throws IOException {
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.connect(new InetSocketAddress(server, PORT));
            socket.send(new DatagramPacket(message, message.length));
            Optional<Query> query = Query.read(message);
            int most = Math.min(
                    MOST_UDP,
                    Math.max(512, query.map(q -> q.payload().orElse(0)).orElse(MOST_UDP)));
            DatagramPacket answer = new DatagramPacket(new byte[most + 1], most + 1);
            long end = System.nanoTime() + patience.toNanos();
            while (true) {
                long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
                if (left <= 0) {
                    throw new IOException("no answer");
                }
                socket.setSoTimeout((int) left);
                answer.setLength(most + 1);
                socket.receive(answer);
                byte[] bytes = Arrays.copyOf(answer.getData(), answer.getLength());
                if (isAnswerTo(message, bytes)) {
                    return bytes.length > most && query.isPresent() ? Reply.askOverTcp(query.get()) : bytes;
                }
            }
        }
    }

    private static byte[] overTcp(byte[] message, InetAddress server, Duration patience) throws IOException {
        try (Socket socket = new Socket()) {
            int millis = (int) patience.toMillis();
            socket.connect(new InetSocketAddress(server, PORT), millis);
            socket.setSoTimeout(millis);
            socket.setTcpNoDelay(true);
            write(new DataOutputStream(socket.getOutputStream()), message);
            byte[] answer = read(new DataInputStream(socket.getInputStream()));
            if (!isAnswerTo(message, answer)) {
                throw new IOException("an answer to something else");
            }
            return answer;
        }
    }

    /// The same id and, where a question is repeated, the same question; letters may have changed their case.
    private static boolean isAnswerTo(byte[] message, byte[] answer) {
        if (answer.length < Query.HEAD || answer[0] != message[0] || answer[1] != message[1] || Query.isAsked(answer)) {
            return false;
        }
        boolean repeated = answer[4] != 0 || answer[5] != 0;
        int end = Query.read(message).map(Query::end).orElse(Query.HEAD);
        if (!repeated || end == Query.HEAD) {
            return true;
        }
        return answer.length >= end && text(message, end).equalsIgnoreCase(text(answer, end));
    }

    private static String text(byte[] message, int end) {
        return new String(message, Query.HEAD, end - Query.HEAD, StandardCharsets.ISO_8859_1);
    }

    /// A message over TCP comes behind its length (RFC 1035 4.2.2).
    static byte[] read(DataInputStream in) throws IOException {
        byte[] message = new byte[in.readUnsignedShort()];
        in.readFully(message);
        return message;
    }

    static void write(DataOutputStream out, byte[] message) throws IOException {
        byte[] framed = new byte[message.length + 2];
        framed[0] = (byte) (message.length >> 8);
        framed[1] = (byte) message.length;
        System.arraycopy(message, 0, framed, 2, message.length);
        out.write(framed);
        out.flush();
    }
}
