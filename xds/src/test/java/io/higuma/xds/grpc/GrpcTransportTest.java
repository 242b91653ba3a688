package io.higuma.xds.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Settings;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// HTTP/2 as a client sees it that keeps to it, and as one that does not.
class GrpcTransportTest {

    private static final int FUZZ_ROUNDS = 1_000;
    private static final int LONG_WINDOW = 1 << 20;

    @Test
    void aCallIsAnsweredHoweverItsBytesAreCut() throws Exception {
        for (int seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            try (Peer peer = new Peer()) {
                // Given a call with two messages, its bytes in pieces
                byte[] all = joined(
                        peer.greeting(),
                        peer.call(1, "/echo", false),
                        peer.data(1, "hello ", false),
                        peer.data(1, "world", true));

                // When they come one after the other
                for (int from = 0; from < all.length; ) {
                    int to = Math.min(all.length, from + 1 + random.nextInt(random.nextBoolean() ? 3 : 60));
                    peer.send(Arrays.copyOfRange(all, from, to));
                    from = to;
                }

                // Then all of it is answered, in order
                assertThat(peer.heard())
                        .containsExactly(
                                "0 window 983041",
                                "settings taken",
                                "1 status 200",
                                "1 data 6",
                                "1 data 5",
                                "1 grpc-status 0 end");
                assertThat(peer.echo()).isEqualTo("hello world");
                assertThat(peer.ended).hasSize(1);
            }
        }
    }

    @Test
    void whatTheWindowsDoNotTakeWaitsInOrder() throws Exception {
        try (Peer peer = new Peer()) {
            // Given a client that takes ten bytes of a stream
            peer.calling()
                    .send((frames, to) ->
                            frames.writeSettings(to, new Http2Settings().initialWindowSize(10), to.newPromise()));
            peer.heard();

            // When it is to hear more, and the call ends
            peer.send(peer.data(1, "0123456789", false)).send(peer.data(1, "abcdefghij", true));

            // Then it hears the rest, and of the end, as it takes it
            assertThat(peer.heard()).containsExactly("1 data 10");
            peer.send((frames, to) -> frames.writeWindowUpdate(to, 1, 4, to.newPromise()));
            assertThat(peer.heard()).containsExactly("1 data 4");
            peer.send((frames, to) ->
                    frames.writeSettings(to, new Http2Settings().initialWindowSize(16), to.newPromise()));
            assertThat(peer.heard()).containsExactly("1 data 6", "1 grpc-status 0 end", "settings taken");
            assertThat(peer.echo()).isEqualTo("0123456789abcdefghij");
        }
    }

    @Test
    void theWindowOfTheConnectionCountsForAllStreams() throws Exception {
        try (Peer peer = new Peer()) {
            // Given two calls of a client whose streams take anything, and whose connection does not
            peer.send(peer.greeting())
                    .send((frames, to) -> frames.writeSettings(
                            to, new Http2Settings().initialWindowSize(LONG_WINDOW), to.newPromise()))
                    .send(peer.call(1, "/echo", false))
                    .send(peer.call(3, "/echo", false));
            String much = "x".repeat(16_000);
            for (int i = 0; i < 5; i++) {
                peer.send(peer.data(1, much, false));
            }
            assertThat(sizes(peer.heard())).isEqualTo(65_535);

            // When the other has something to say
            peer.send(peer.data(3, "short", false));
            assertThat(sizes(peer.heard())).isZero();

            // Then both go on when the connection takes more
            peer.send((frames, to) -> frames.writeWindowUpdate(to, 0, LONG_WINDOW, to.newPromise()));
            List<String> rest = peer.heard();
            assertThat(sizes(rest)).isEqualTo(5 * 16_000 + 5 - 65_535);
            assertThat(rest).contains("3 data 5");
        }
    }

    private static int sizes(List<String> heard) {
        return heard.stream()
                .filter(line -> line.contains("data"))
                .mapToInt(line -> Integer.parseInt(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    @Test
    void windowsAreGivenBackAsBytesAreRead() throws Exception {
        try (Peer peer = new Peer()) {
            peer.calling().send((frames, to) -> frames.writeWindowUpdate(to, 0, 10 * LONG_WINDOW, to.newPromise()));
            peer.send((frames, to) -> frames.writeWindowUpdate(to, 1, 10 * LONG_WINDOW, to.newPromise()));

            // When a client sends more than its windows take at once
            String part = "x".repeat(16_384);
            int given = 0;
            for (int i = 0; i < 200; i++) {
                peer.send(peer.data(1, part, false));
                given += (int)
                        peer.heard().stream().filter("1 window 524288"::equals).count();
            }

            // Then it is let go on each time half of it is read
            assertThat(given).isEqualTo(200 * 16_384 / 524_288);
        }
    }

    @Test
    void whatACallDidNotReadIsGivenBackToTheOthersWhenItIsOver() throws Exception {
        try (Peer peer = new Peer()) {
            // Given a call that reads nothing, and as much as its window takes
            peer.calling().send(peer.call(3, "/deaf", false));
            peer.heard();
            for (int i = 0; i < LONG_WINDOW / 16_384; i++) {
                peer.send(peer.data(3, "x".repeat(16_384), false));
            }
            assertThat(peer.heard()).isEmpty();

            // When the client ends it
            peer.send((frames, to) -> frames.writeRstStream(to, 3, Http2Error.CANCEL.code(), to.newPromise()));

            // Then the connection has its window back
            assertThat(peer.heard()).containsExactly("0 window " + LONG_WINDOW);
        }
    }

    @Test
    void otherRequestsAndUnknownMethodsAreToldSo() throws Exception {
        try (Peer peer = new Peer()) {
            peer.calling();
            peer.heard();
            peer.send(peer.call(3, "/nothing", true));
            peer.send((frames, to) -> frames.writeHeaders(
                    to,
                    5,
                    new DefaultHttp2Headers().method("GET").path("/").scheme("https"),
                    0,
                    true,
                    to.newPromise()));
            peer.send((frames, to) -> frames.writeHeaders(
                    to,
                    7,
                    new DefaultHttp2Headers().method("POST").path("/echo").scheme("https"),
                    0,
                    false,
                    to.newPromise()));

            assertThat(peer.heard())
                    .containsExactly(
                            "3 grpc-status 12 end", "5 status 421 end", "7 status 415 end", "7 reset NO_ERROR");

            // So is one with two credentials, of which nobody could say which counts
            peer.send((frames, to) -> frames.writeHeaders(
                    to,
                    9,
                    new DefaultHttp2Headers()
                            .method("POST")
                            .path("/echo")
                            .scheme("https")
                            .set("content-type", "application/grpc")
                            .add("authorization", "one")
                            .add("authorization", "other"),
                    0,
                    true,
                    to.newPromise()));
            assertThat(peer.heard()).containsExactly("9 grpc-status 16 end");

            // And the call goes on
            peer.send(peer.data(1, "still there", false));
            assertThat(peer.heard()).containsExactly("1 data 11");
        }
    }

    @Test
    void aCallBeyondTheHundredthIsRefusedAndTheOthersGoOn() throws Exception {
        try (Peer peer = new Peer()) {
            peer.send(peer.greeting());
            for (int i = 0; i < 101; i++) {
                peer.send(peer.call(2 * i + 1, "/echo", false));
            }
            assertThat(peer.heard()).endsWith("199 status 200", "201 reset REFUSED_STREAM");

            // When one of them is over, there is room again
            peer.send((frames, to) -> frames.writeRstStream(to, 1, Http2Error.CANCEL.code(), to.newPromise()));
            peer.send(peer.call(203, "/echo", false));

            assertThat(peer.heard()).containsExactly("203 status 200");
            assertThat(peer.ended).hasSize(1);
        }
    }

    static Stream<Arguments> faults() {
        return Stream.of(
                Arguments.of(
                        "data on a stream that was never opened",
                        "go away PROTOCOL_ERROR",
                        frame((frames, to) -> frames.writeData(
                                to, 9, Unpooled.copiedBuffer(new byte[1]), 0, false, to.newPromise()))),
                Arguments.of(
                        "a reset of a stream that was never opened",
                        "go away PROTOCOL_ERROR",
                        frame((frames, to) -> frames.writeRstStream(to, 9, Http2Error.CANCEL.code(), to.newPromise()))),
                Arguments.of(
                        "a call with a server's number",
                        "go away PROTOCOL_ERROR",
                        frame((frames, to) -> frames.writeHeaders(
                                to, 4, new DefaultHttp2Headers().path("/echo"), 0, false, to.newPromise()))),
                Arguments.of(
                        "a pushed request",
                        "go away PROTOCOL_ERROR",
                        frame((frames, to) ->
                                frames.writePushPromise(to, 1, 2, new DefaultHttp2Headers(), 0, to.newPromise()))),
                Arguments.of(
                        "a window of the connection beyond all bounds",
                        "go away FLOW_CONTROL_ERROR",
                        frame((frames, to) -> frames.writeWindowUpdate(to, 0, Integer.MAX_VALUE, to.newPromise()))),
                Arguments.of(
                        "a window of a stream beyond all bounds",
                        "1 reset FLOW_CONTROL_ERROR",
                        frame((frames, to) -> frames.writeWindowUpdate(to, 1, Integer.MAX_VALUE, to.newPromise()))),
                Arguments.of(
                        "headers in the middle of a call",
                        "1 reset PROTOCOL_ERROR",
                        frame((frames, to) -> frames.writeHeaders(
                                to, 1, new DefaultHttp2Headers().add("a", "b"), 0, false, to.newPromise()))),
                Arguments.of(
                        "a frame that is too long",
                        "go away FRAME_SIZE_ERROR",
                        frame((frames, to) -> frames.writeFrame(
                                to,
                                (byte) 0,
                                1,
                                new io.netty.handler.codec.http2.Http2Flags(),
                                Unpooled.wrappedBuffer(new byte[16_385]),
                                to.newPromise()))));
    }

    private static Peer.Frame frame(Peer.Frame writing) {
        return writing;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("faults")
    void aClientThatBreaksTheProtocolIsToldHowAndItsCallsEnd(String what, String answer, Peer.Frame fault)
            throws Exception {
        try (Peer peer = new Peer()) {
            peer.calling();
            peer.heard();

            peer.send(fault);

            assertThat(peer.heard()).as(what).containsExactly(answer);
            assertThat(peer.server.isOpen()).isEqualTo(!answer.startsWith("go away"));
            assertThat(peer.ended).hasSize(1);
        }
    }

    @Test
    void whatComesBehindAFaultOfOneStreamIsReadAtOnce() throws Exception {
        try (Peer peer = new Peer()) {
            peer.calling();
            peer.heard();

            peer.send(joined(
                    peer.bytes((frames, to) -> frames.writeWindowUpdate(to, 1, Integer.MAX_VALUE, to.newPromise())),
                    peer.call(3, "/echo", false),
                    peer.data(3, "hello", false)));

            assertThat(peer.heard()).containsExactly("1 reset FLOW_CONTROL_ERROR", "3 status 200", "3 data 5");
        }
    }

    static Stream<Arguments> floods() {
        return Stream.of(
                Arguments.of("pings", frame((frames, to) -> frames.writePing(to, false, 1, to.newPromise()))),
                Arguments.of(
                        "settings",
                        frame((frames, to) -> frames.writeSettings(to, new Http2Settings(), to.newPromise()))),
                Arguments.of(
                        "empty data",
                        frame((frames, to) ->
                                frames.writeData(to, 1, Unpooled.EMPTY_BUFFER, 0, false, to.newPromise()))),
                Arguments.of(
                        "faults of one stream",
                        frame((frames, to) -> frames.writeWindowUpdate(to, 1, 0, to.newPromise()))),
                Arguments.of(
                        "priorities",
                        frame((frames, to) -> frames.writePriority(to, 1, 0, (short) 16, false, to.newPromise()))),
                Arguments.of(
                        "resets",
                        frame((frames, to) ->
                                frames.writeRstStream(to, 1, Http2Error.CANCEL.code(), to.newPromise()))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("floods")
    void aFloodOfFramesWithoutUseEndsTheConnection(String what, Peer.Frame useless) throws Exception {
        try (Peer peer = new Peer()) {
            peer.calling();
            for (int i = 0; i < 1_001; i++) {
                peer.send(useless);
            }
            assertThat(peer.heard()).as(what).endsWith("go away ENHANCE_YOUR_CALM");
            assertThat(peer.server.isOpen()).isFalse();
        }
    }

    @Test
    void aSilentClientIsAskedForASignOfLifeAndClosedIfItGivesNone() throws Exception {
        try (Peer peer = new Peer()) {
            // Given a client that talks
            peer.calling();
            peer.heard();
            pass(peer);
            assertThat(peer.heard()).as("it spoke a moment ago").isEmpty();

            // When it is silent, and answers
            pass(peer);
            assertThat(peer.heard()).containsExactly("ping");
            peer.send((frames, to) -> frames.writePing(to, true, 0, to.newPromise()));
            pass(peer);
            assertThat(peer.server.isOpen()).isTrue();

            // And when it is silent and does not
            pass(peer);
            assertThat(peer.heard()).containsExactly("ping");
            pass(peer);

            // Then it is sent away
            assertThat(peer.server.isOpen()).isFalse();
            assertThat(peer.ended).hasSize(1);
        }
    }

    /// As much time as lies between two looks.
    private static void pass(Peer peer) {
        peer.server.advanceTimeBy(Peer.LIMITS.ping().toMillis() + 1, TimeUnit.MILLISECONDS);
        peer.server.runScheduledPendingTasks();
    }

    @Test
    void whateverComesNothingEscapesAndNothingIsKept() throws Exception {
        for (int seed = 0; seed < FUZZ_ROUNDS; seed++) {
            Random random = new Random(seed);
            try (Peer peer = new Peer()) {
                // Given a call, and bytes that look like frames or like nothing
                peer.calling();
                for (int i = 0; i < 20; i++) {
                    ByteBuf frame = Unpooled.buffer();
                    byte[] payload = new byte[random.nextInt(4) == 0 ? random.nextInt(300) : random.nextInt(12)];
                    random.nextBytes(payload);
                    int claimed = random.nextInt(10) == 0 ? random.nextInt(20_000) : payload.length;
                    frame.writeMedium(claimed)
                            .writeByte(random.nextInt(11))
                            .writeByte(random.nextInt(64))
                            .writeInt(random.nextInt(4))
                            .writeBytes(payload);

                    // When they come
                    peer.send(ByteBufUtil.getBytes(frame));
                }

                // Then the connection stands or is closed, and no exception got out
                peer.server.checkException();
                var _ = peer.server.close();
                assertThat(peer.ended).as("seed %d", seed).hasSizeGreaterThanOrEqualTo(1);
            }
        }
    }

    private static byte[] joined(byte[]... parts) {
        return ByteBufUtil.getBytes(Unpooled.wrappedBuffer(parts));
    }
}
