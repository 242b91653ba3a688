package io.higuma.controlplane;

import com.linecorp.armeria.client.ClientFactory;
import com.linecorp.armeria.client.Endpoint;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpObject;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpRequestWriter;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.SessionProtocol;
import com.linecorp.armeria.common.stream.SubscriptionOption;
import io.higuma.model.wire.TypeUrl;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/// A proxy that asks for everything, acknowledges everything, and says what it holds when it comes back. It knows just
/// enough of the protocol for [Training].
final class TrainingProxy implements Subscriber<HttpObject>, AutoCloseable {

    private static final String METHOD =
            "/envoy.service.discovery.v3.AggregatedDiscoveryService/DeltaAggregatedResources";
    private static final int HEADER = 5;

    private final String id;
    private final String token;
    private final WebClient client;
    private final Map<TypeUrl, Map<String, String>> held = new TreeMap<>();
    private byte[] rest = new byte[0];
    private @Nullable HttpRequestWriter out;

    TrainingProxy(ClientFactory factory, int port, String name, String token) {
        this.id = "default." + name;
        this.token = token;
        // A host name of its own gives every proxy a connection of its own.
        this.client = WebClient.builder(
                        SessionProtocol.H2, Endpoint.of(name + ".test", port).withIpAddr("127.0.0.1"))
                .factory(factory)
                .responseTimeout(Duration.ZERO)
                .writeTimeout(Duration.ZERO)
                .maxResponseLength(0)
                .build();
    }

    private Map<String, String> held(TypeUrl type) {
        return held.computeIfAbsent(type, first -> new TreeMap<>());
    }

    void connect() {
        HttpRequestWriter request = HttpRequest.streaming(
                RequestHeaders.of(HttpMethod.POST, METHOD, "content-type", "application/grpc", "authorization", token));
        out = request;
        rest = new byte[0];
        client.execute(request).subscribe(this, SubscriptionOption.WITH_POOLED_OBJECTS);
        for (TypeUrl type : TypeUrl.values()) {
            Message message = new Message();
            if (type == TypeUrl.CLUSTER) {
                message.bytes(1, new Message().text(1, id).text(6, "envoy").encoded());
            }
            message.text(2, type.url());
            if (!type.wildcard()) {
                message.text(3, "*");
            }
            held(type)
                    .forEach((name, version) -> message.bytes(
                            5, new Message().text(1, name).text(2, version).encoded()));
            send(request, message);
        }
    }

    private static void send(HttpRequestWriter request, Message message) {
        byte[] body = message.encoded();
        request.write(HttpData.wrap(ByteBuffer.allocate(HEADER + body.length)
                .put((byte) 0)
                .putInt(body.length)
                .put(body)
                .array()));
    }

    @Override
    public void onSubscribe(Subscription subscription) {
        subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(HttpObject object) {
        if (!(object instanceof HttpData data)) {
            return;
        }
        try (data) {
            ByteBuffer bytes = ByteBuffer.allocate(rest.length + data.length())
                    .put(rest)
                    .put(data.array())
                    .flip();
            while (bytes.remaining() >= HEADER && bytes.remaining() - HEADER >= bytes.getInt(bytes.position() + 1)) {
                int length = bytes.position(bytes.position() + 1).getInt();
                received(bytes.slice(bytes.position(), length));
                bytes.position(bytes.position() + length);
            }
            rest = new byte[bytes.remaining()];
            bytes.get(rest);
        }
    }

    private void received(ByteBuffer response) {
        Map<String, String> brought = new TreeMap<>();
        String type = "";
        String nonce = "";
        while (response.hasRemaining()) {
            int tag = response.get();
            ByteBuffer field = next(response);
            switch (tag >>> 3) {
                case 2 -> resource(field, brought);
                case 4 -> type = text(field);
                case 5 -> nonce = text(field);
                default -> {}
            }
        }
        TypeUrl.of(type).ifPresent(known -> held(known).putAll(brought));
        HttpRequestWriter request = out;
        if (request != null) {
            send(request, new Message().text(2, type).text(6, nonce));
        }
    }

    private static void resource(ByteBuffer resource, Map<String, String> brought) {
        String name = "";
        String version = "";
        while (resource.hasRemaining()) {
            int tag = resource.get();
            ByteBuffer field = next(resource);
            switch (tag >>> 3) {
                case 1 -> version = text(field);
                case 3 -> name = text(field);
                default -> {}
            }
        }
        brought.put(name, version);
    }

    /// The bytes of a field, behind its tag; all fields that are looked at begin with a length.
    private static ByteBuffer next(ByteBuffer message) {
        int length = 0;
        byte part = -1;
        for (int shift = 0; part < 0; shift += 7) {
            part = message.get();
            length |= (part & 0x7f) << shift;
        }
        ByteBuffer field = message.slice(message.position(), length);
        message.position(message.position() + length);
        return field;
    }

    private static String text(ByteBuffer field) {
        return StandardCharsets.UTF_8.decode(field).toString();
    }

    @Override
    public void onError(Throwable broken) {
        out = null;
    }

    @Override
    public void onComplete() {
        out = null;
    }

    @Override
    public void close() {
        HttpRequestWriter request = out;
        if (request != null) {
            request.close();
        }
    }

    /// Writes a protobuf message whose fields are texts and messages with numbers below 16.
    private static final class Message {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        Message text(int field, String text) {
            return bytes(field, text.getBytes(StandardCharsets.UTF_8));
        }

        Message bytes(int field, byte[] value) {
            bytes.write((field << 3) | 2);
            int length = value.length;
            for (; length > 0x7f; length >>>= 7) {
                bytes.write((length & 0x7f) | 0x80);
            }
            bytes.write(length);
            bytes.writeBytes(value);
            return this;
        }

        byte[] encoded() {
            return bytes.toByteArray();
        }
    }
}
