package io.higuma.xds.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class FirstRequestTest {

    private static final int TOO_MUCH = 5_000;

    private final EmbeddedChannel channel = new EmbeddedChannel(new ChannelInboundHandlerAdapter());
    private final ChannelHandlerContext context = channel.pipeline().firstContext();

    @Test
    void thePathIsSeenWithTheLastByteOfTheHeadersAndAllBytesAreKept() throws Exception {
        // Given a client that calls a method, and has sent a message already
        try (Peer peer = new Peer()) {
            byte[] before = joined(peer.greeting(), peer.call(1, "/package.Service/Method", false));
            byte[] all = joined(before, peer.data(1, "hello", false));
            FirstRequest first = new FirstRequest();

            // When its bytes come one by one
            for (int i = 0; i < before.length - 1; i++) {
                assertThat(add(first, before[i])).isEqualTo(new FirstRequest.Seen.Nothing());
            }

            // Then it is known as soon as it can be
            assertThat(add(first, before[before.length - 1]))
                    .isInstanceOfSatisfying(
                            FirstRequest.Seen.Request.class,
                            seen -> assertThat(seen.path()).hasToString("/package.Service/Method"));
            for (int i = before.length; i < all.length; i++) {
                add(first, all[i]);
            }
            ByteBuf kept = first.bytes();
            assertThat(ByteBufUtil.getBytes(kept)).isEqualTo(all);
            kept.release();
            first.release();
        }
    }

    @Test
    void whoSpeaksAnotherProtocolIsSeenAtOnce() {
        FirstRequest first = new FirstRequest();
        assertThat(first.add(context, Unpooled.copiedBuffer("POST /bootstrap", StandardCharsets.US_ASCII)))
                .isEqualTo(new FirstRequest.Seen.Unclear());
        first.release();
    }

    @Test
    void whoSendsMuchAndAsksForNothingIsLeftToTheServer() throws Exception {
        try (Peer peer = new Peer()) {
            FirstRequest first = new FirstRequest();
            first.add(context, Unpooled.copiedBuffer(peer.greeting()));
            byte[] ping = peer.bytes((frames, to) -> frames.writePing(to, false, 1, to.newPromise()));
            FirstRequest.Seen seen = new FirstRequest.Seen.Nothing();
            for (int i = 0; i < TOO_MUCH; i++) {
                seen = first.add(context, Unpooled.copiedBuffer(ping));
            }
            assertThat(seen).isEqualTo(new FirstRequest.Seen.Unclear());
            first.release();
        }
    }

    @Test
    void aRequestWithoutAPathHasAnEmptyOne() throws Exception {
        try (Peer peer = new Peer()) {
            FirstRequest first = new FirstRequest();
            Http2Headers none = new DefaultHttp2Headers().method("POST").scheme("https");
            byte[] headers = peer.bytes((frames, to) -> frames.writeHeaders(to, 1, none, 0, true, to.newPromise()));
            assertThat(first.add(context, Unpooled.wrappedBuffer(joined(peer.greeting(), headers))))
                    .isEqualTo(new FirstRequest.Seen.Request(""));
            first.release();
        }
    }

    private FirstRequest.Seen add(FirstRequest first, byte one) {
        return first.add(context, Unpooled.copiedBuffer(new byte[] {one}));
    }

    private static byte[] joined(byte[]... parts) {
        return ByteBufUtil.getBytes(Unpooled.wrappedBuffer(parts));
    }
}
