package io.higuma.bench.wire;

import io.higuma.model.wire.TypeUrl;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumMap;
import java.util.Map;

/// Writes `DeltaDiscoveryRequest`s with their gRPC head into one buffer that is used again. Owner: an event loop.
final class RequestWriter {

    private static final int NODE = 1;
    private static final int TYPE = 2;
    private static final int SUBSCRIBE = 3;
    private static final int UNSUBSCRIBE = 4;
    private static final int INITIAL_VERSIONS = 5;
    private static final int NONCE = 6;
    private static final int HEAD = 5;

    private static final Map<TypeUrl, byte[]> URLS = urls();

    private byte[] buffer = new byte[1024];
    private int end;

    private static Map<TypeUrl, byte[]> urls() {
        Map<TypeUrl, byte[]> urls = new EnumMap<>(TypeUrl.class);
        for (TypeUrl type : TypeUrl.values()) {
            urls.put(type, type.url().getBytes(StandardCharsets.UTF_8));
        }
        return urls;
    }

    static byte[] url(TypeUrl type) {
        return java.util.Objects.requireNonNull(URLS.get(type));
    }

    /// Begins a message; [#finish] ends it.
    RequestWriter begin(TypeUrl type) {
        end = HEAD;
        byte[] url = url(type);
        field(TYPE, url, 0, url.length);
        return this;
    }

    RequestWriter node(byte[] node) {
        field(NODE, node, 0, node.length);
        return this;
    }

    RequestWriter subscribe(Collection<String> names) {
        return names(SUBSCRIBE, names);
    }

    RequestWriter unsubscribe(Collection<String> names) {
        return names(UNSUBSCRIBE, names);
    }

    private RequestWriter names(int field, Collection<String> names) {
        for (String name : names) {
            byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
            field(field, bytes, 0, bytes.length);
        }
        return this;
    }

    RequestWriter initialVersion(String name, String version) {
        byte[] key = name.getBytes(StandardCharsets.UTF_8);
        byte[] value = version.getBytes(StandardCharsets.UTF_8);
        int size = 1 + sizeOf(key.length) + key.length + 1 + sizeOf(value.length) + value.length;
        room(size + 10);
        varint((INITIAL_VERSIONS << 3) | 2);
        varint(size);
        field(1, key, 0, key.length);
        field(2, value, 0, value.length);
        return this;
    }

    RequestWriter nonce(byte[] from, int at, int length) {
        field(NONCE, from, at, length);
        return this;
    }

    /// Writes the length into the head. The array is [#array] up to the returned size.
    int finish() {
        int length = end - HEAD;
        buffer[0] = 0;
        buffer[1] = (byte) (length >>> 24);
        buffer[2] = (byte) (length >>> 16);
        buffer[3] = (byte) (length >>> 8);
        buffer[4] = (byte) length;
        return end;
    }

    byte[] array() {
        return buffer;
    }

    private void field(int number, byte[] from, int at, int length) {
        room(length + 10);
        varint((number << 3) | 2);
        varint(length);
        System.arraycopy(from, at, buffer, end, length);
        end += length;
    }

    private void varint(int value) {
        int rest = value;
        while (rest > 0x7f) {
            buffer[end++] = (byte) ((rest & 0x7f) | 0x80);
            rest >>>= 7;
        }
        buffer[end++] = (byte) rest;
    }

    private static int sizeOf(int length) {
        return length < 1 << 7 ? 1 : length < 1 << 14 ? 2 : length < 1 << 21 ? 3 : 4;
    }

    private void room(int more) {
        if (buffer.length - end < more) {
            buffer = Arrays.copyOf(buffer, Math.max(2 * buffer.length, end + more));
        }
    }
}
