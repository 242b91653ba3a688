package io.higuma.bench.wire;

import io.higuma.model.wire.TypeUrl;

/// What came over streams, counted by type.
///
/// @param messages responses, by [TypeUrl#ordinal]
/// @param bytes of responses with their gRPC head, before TLS
/// @param resources in them
/// @param repeated resources that the client held already with the same bytes: waste
public record Traffic(long[] messages, long[] bytes, long[] resources, long[] repeated) {

    static final int TYPES = TypeUrl.values().length;

    /// Nothing.
    public static Traffic none() {
        return new Traffic(new long[TYPES], new long[TYPES], new long[TYPES], new long[TYPES]);
    }

    /// Adds another to this.
    void add(Traffic other) {
        for (int i = 0; i < TYPES; i++) {
            messages[i] += other.messages[i];
            bytes[i] += other.bytes[i];
            resources[i] += other.resources[i];
            repeated[i] += other.repeated[i];
        }
    }

    /// What came since an earlier count.
    public Traffic since(Traffic earlier) {
        Traffic difference = none();
        for (int i = 0; i < TYPES; i++) {
            difference.messages[i] = messages[i] - earlier.messages[i];
            difference.bytes[i] = bytes[i] - earlier.bytes[i];
            difference.resources[i] = resources[i] - earlier.resources[i];
            difference.repeated[i] = repeated[i] - earlier.repeated[i];
        }
        return difference;
    }

    public long messages(TypeUrl type) {
        return messages[type.ordinal()];
    }

    public long bytes(TypeUrl type) {
        return bytes[type.ordinal()];
    }

    public long resources(TypeUrl type) {
        return resources[type.ordinal()];
    }

    public long allMessages() {
        return java.util.Arrays.stream(messages).sum();
    }

    public long allBytes() {
        return java.util.Arrays.stream(bytes).sum();
    }

    public long allResources() {
        return java.util.Arrays.stream(resources).sum();
    }

    public long allRepeated() {
        return java.util.Arrays.stream(repeated).sum();
    }
}
