package io.higuma.bench.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
import io.higuma.model.wire.TypeUrl;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

/// The client's hand-written readers and writers against the real messages.
class WireFormatTest {

    private final Marks marks = new Marks();
    private final Contents contents = new Contents(marks);

    @Test
    void whatIsWrittenIsWhatProtobufReads() throws Exception {
        Node node = Node.newBuilder().setId("default.web").build();
        String longName = "n".repeat(300);

        RequestWriter writer = new RequestWriter()
                .begin(TypeUrl.ENDPOINT)
                .subscribe(List.of("a", longName))
                .unsubscribe(List.of("b"))
                .node(node.toByteArray())
                .initialVersion("a", "v1")
                .initialVersion(longName, "v2")
                .nonce(new byte[] {'x', '7', 'y'}, 1, 1);
        int size = writer.finish();

        DeltaDiscoveryRequest read = DeltaDiscoveryRequest.parseFrom(Arrays.copyOfRange(writer.array(), 5, size));
        assertThat(read.getTypeUrl()).isEqualTo(TypeUrl.ENDPOINT.url());
        assertThat(read.getNode()).isEqualTo(node);
        assertThat(read.getResourceNamesSubscribeList()).containsExactly("a", longName);
        assertThat(read.getResourceNamesUnsubscribeList()).containsExactly("b");
        assertThat(read.getInitialResourceVersionsMap())
                .containsEntry("a", "v1")
                .containsEntry(longName, "v2");
        assertThat(read.getResponseNonce()).isEqualTo("7");
        assertThat(java.nio.ByteBuffer.wrap(writer.array(), 1, 4).getInt()).isEqualTo(size - 5);
    }

    @Test
    void whatProtobufWritesIsWhatIsRead() {
        byte[] bytes = DeltaDiscoveryResponse.newBuilder()
                .setSystemVersionInfo("ignored")
                .setTypeUrl(TypeUrl.CLUSTER.url())
                .setNonce("n-1")
                .addResources(resource("one", "v1", "first"))
                .addResources(resource("two", "v2", ""))
                .addRemovedResources("three")
                .build()
                .toByteArray();
        byte[] shifted = new byte[bytes.length + 3];
        System.arraycopy(bytes, 0, shifted, 3, bytes.length);

        ResponseReader reader = new ResponseReader();
        reader.read(shifted, 3, bytes.length);
        Slices slices = new Slices();
        reader.resource(0, slices);

        assertThat(reader.type()).isEqualTo(TypeUrl.CLUSTER);
        assertThat(new String(shifted, reader.nonce(), reader.nonceLength(), java.nio.charset.StandardCharsets.UTF_8))
                .isEqualTo("n-1");
        assertThat(reader.resourceCount()).isEqualTo(2);
        assertThat(reader.removedCount()).isEqualTo(1);
        assertThat(reader.removedName(0)).isEqualTo("three");
        assertThat(Arrays.copyOfRange(shifted, slices.name, slices.nameEnd)).isEqualTo("one".getBytes());
        assertThat(Arrays.copyOfRange(shifted, slices.value, slices.valueEnd)).isEqualTo("first".getBytes());
    }

    private static Resource resource(String name, String version, String value) {
        return Resource.newBuilder()
                .setName(name)
                .setVersion(version)
                .setResource(
                        Any.newBuilder().setTypeUrl(TypeUrl.CLUSTER.url()).setValue(ByteString.copyFromUtf8(value)))
                .build();
    }

    @Test
    void equalContentIsKeptOnceAndAnotherVersionIsNotMistakenForIt() {
        Content first = intern("web", "1", "same bytes");
        Content again = intern("web", "1", "same bytes");
        Content renamed = intern("cart", "1", "same bytes");
        Content newer = intern("web", "2", "same bytes");

        assertThat(again).isSameAs(first);
        assertThat(renamed).isNotSameAs(first);
        assertThat(newer.version()).isEqualTo("2");
        assertThat(newer.bytes()).isSameAs(first.bytes());
    }

    private Content intern(String name, String version, String value) {
        byte[] all = (name + version + value).getBytes(java.nio.charset.StandardCharsets.UTF_8);
        Slices at = new Slices();
        at.nameEnd = name.length();
        at.version = at.nameEnd;
        at.versionEnd = at.version + version.length();
        at.value = at.versionEnd;
        at.valueEnd = all.length;
        return contents.intern(TypeUrl.SECRET, all, at, new CRC32C());
    }

    @Test
    void aMarkIsFoundAmongOtherAddressesAndTheHighestCounts() {
        String text = "10.100.100.100 " + Marks.address(7) + " 10.127.199.199 " + Marks.address(123_456) + " 10.1";

        assertThat(Marks.number(text.getBytes())).isEqualTo(123_456);
        assertThat(Marks.number("10.100.128.128 110.12.3".getBytes())).isZero();
        assertThat(Marks.address(1)).hasSameSizeAs(Marks.address(719_999));
    }

    @Test
    void aTimeoutIsFoundByItsBytes() {
        byte[] duration =
                Duration.newBuilder().setSeconds(20).setNanos(7_000_000).build().toByteArray();

        marks.lookForTimeout(3, java.time.Duration.ofMillis(20_007));

        assertThat(marks.of(TypeUrl.ROUTE, duration)).isEqualTo(3);
        marks.lookForTimeout(4, java.time.Duration.ofMillis(20_008));
        assertThat(marks.of(TypeUrl.ROUTE, duration)).isZero();
    }

    @Test
    void theRequestsHeadersAreWhatGrpcAsksFor() throws Exception {
        String token = "t".repeat(700);

        Http2Headers read = new DefaultHttp2HeadersDecoder(true)
                .decodeHeaders(1, Unpooled.wrappedBuffer(RequestHeaders.of("localhost:5678", token)));

        assertThat(read.method()).hasToString("POST");
        assertThat(read.scheme()).hasToString("https");
        assertThat(read.authority()).hasToString("localhost:5678");
        assertThat(read.path().toString()).endsWith("/DeltaAggregatedResources");
        assertThat(read.get("content-type")).hasToString("application/grpc");
        assertThat(read.get("te")).hasToString("trailers");
        assertThat(read.get("authorization")).hasToString(token);
    }
}
