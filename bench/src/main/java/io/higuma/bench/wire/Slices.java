package io.higuma.bench.wire;

/// Where the parts of one `Resource` lie in a message. Reused for every resource.
final class Slices {
    int name;
    int nameEnd;
    int version;
    int versionEnd;
    int value;
    int valueEnd;

    void clear() {
        name = 0;
        nameEnd = 0;
        version = 0;
        versionEnd = 0;
        value = 0;
        valueEnd = 0;
    }
}
