package io.higuma.bench.datapath;

import io.higuma.bench.report.Samples;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// A client of HTTP/1.1 over connections that stay, one request at a time on each: one thread, and one that sends what
/// is due, so that it costs little beside what is measured.
///
/// Without a rate, each connection asks again as soon as it has its answer. With one, requests are due at random times,
/// as those of many callers are ([Arrivals]), the same ones on every way: at equal distances the medians of two ways
/// that cost nearly the same differ by a tenth and more (`docs/performance.md`). The time of a request counts from when
/// it was due: one that waits for a free connection is not forgotten.
final class Calling implements AutoCloseable {

    private static final int OK = 200;
    private static final byte[] CONTENT_LENGTH = "content-length: ".getBytes(StandardCharsets.US_ASCII);

    private final Selector selector = Selector.open();
    private final List<Line> lines = new ArrayList<>();
    private final ByteBuffer in = ByteBuffer.allocateDirect(16 << 10);
    private final byte[] request;
    private final BlockingQueue<Line> free = new LinkedBlockingQueue<>();
    private Samples samples = new Samples();
    private long counts;
    private int requests;
    private int answered;
    private long failures;

    /// @param host of the URL
    Calling(InetSocketAddress address, String host, int connections) throws IOException {
        request = ("GET / HTTP/1.1\r\nhost: " + host + "\r\nuser-agent: bench\r\naccept: */*\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i < connections; i++) {
            SocketChannel channel = SocketChannel.open(address);
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            Line line = new Line(channel);
            channel.register(selector, SelectionKey.OP_READ, line);
            lines.add(line);
        }
    }

    /// What a time of calling came to.
    ///
    /// @param samples time of each request that was due when it counted, also of those on their way at the end
    /// @param seconds how long it counted
    /// @param answered requests that were answered then
    /// @param requests all that were answered, before that and at the end too
    /// @param failures among all
    record Outcome(Samples samples, double seconds, int answered, int requests, long failures) {}

    /// Calls for a time.
    ///
    /// @param rate requests per second; 0 for as many as there can be
    /// @param lead ns of calling before it counts, without a break in between
    /// @param nanos that count
    /// @param seed of the times at which they are due
    Outcome call(int rate, long lead, long nanos, long seed) throws IOException, InterruptedException {
        samples = new Samples();
        requests = 0;
        answered = 0;
        failures = 0;
        free.clear();
        free.addAll(lines);
        long begin = System.nanoTime();
        counts = begin + lead;
        long end = counts + nanos;
        Thread sender = Thread.ofPlatform().unstarted(() -> send(new Arrivals(begin, rate, seed), end));
        if (rate > 0) {
            sender.start();
        }
        for (long now = begin; now < end; now = System.nanoTime()) {
            while (rate == 0 && !free.isEmpty()) {
                free.remove().ask(now);
            }
            selector.select(this::read, 1 + TimeUnit.NANOSECONDS.toMillis(end - now));
        }
        double seconds = (System.nanoTime() - counts) / 1e9;
        int inTime = answered;
        sender.join();
        long patience = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (free.size() < lines.size() && System.nanoTime() < patience) {
            selector.select(this::read, 100);
        }
        failures += lines.size() - free.size();
        return new Outcome(samples, seconds, inTime, requests, failures);
    }

    /// Sends what is due, each as soon as a connection is free. Sleeps in between: a thread that looks for answers and
    /// for the next time in turns wakes twenty thousand times a second, on processors that the Envoys need.
    private void send(Arrivals arrivals, long end) {
        try {
            for (long due = arrivals.take(); due < end; due = arrivals.take()) {
                for (long early = due - System.nanoTime(); early > 0; early = due - System.nanoTime()) {
                    LockSupport.parkNanos(early);
                }
                Line line = free.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
                if (line == null) {
                    return;
                }
                line.ask(due);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    private void read(SelectionKey key) {
        if (key.attachment() instanceof Line line) {
            try {
                line.read();
            } catch (IOException broken) {
                // It is never free again, and counted as that
                key.cancel();
            }
        }
    }

    @Override
    public void close() throws IOException {
        for (Line line : lines) {
            line.channel.close();
        }
        selector.close();
    }

    /// One connection.
    private final class Line {
        private final SocketChannel channel;
        private final HeaderEnd ends = new HeaderEnd();
        private final ByteBuffer head = ByteBuffer.allocate(8 << 10);
        /// Written by who asks, read by who gets the answer.
        private volatile long since;
        private int body;
        private boolean inBody;

        private Line(SocketChannel channel) {
            this.channel = channel;
        }

        private void ask(long now) throws IOException {
            since = now;
            ByteBuffer bytes = ByteBuffer.wrap(request);
            while (bytes.hasRemaining()) {
                int _ = channel.write(bytes);
            }
        }

        private void read() throws IOException {
            in.clear();
            if (channel.read(in) < 0) {
                throw new IOException("closed");
            }
            in.flip();
            if (!inBody) {
                int from = in.position();
                boolean whole = ends.find(in);
                head.put(in.slice(from, in.position() - from));
                if (!whole) {
                    return;
                }
                body = length();
                inBody = true;
            }
            body -= in.remaining();
            if (body <= 0) {
                done();
            }
        }

        private void done() {
            long now = System.nanoTime();
            requests++;
            if (now >= counts) {
                answered++;
            }
            if (since >= counts) {
                samples.add(now - since);
            }
            // "HTTP/1.1 200"
            int status = Integer.parseInt(new String(head.array(), 9, 3, StandardCharsets.US_ASCII));
            if (status != OK) {
                failures++;
            }
            head.clear();
            inBody = false;
            free.add(this);
        }

        private int length() throws IOException {
            byte[] text = head.array();
            for (int i = 0; i + CONTENT_LENGTH.length < head.position(); i++) {
                if (startsAt(text, i)) {
                    int value = 0;
                    for (int at = i + CONTENT_LENGTH.length; text[at] != '\r'; at++) {
                        value = 10 * value + text[at] - '0';
                    }
                    return value;
                }
            }
            throw new IOException("an answer without content-length");
        }

        private static boolean startsAt(byte[] text, int at) {
            for (int i = 0; i < CONTENT_LENGTH.length; i++) {
                if ((text[at + i] | 0x20) != (CONTENT_LENGTH[i] | 0x20)) {
                    return false;
                }
            }
            return true;
        }
    }
}
