package io.higuma.xds.grpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.higuma.xds.Node;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Turns Envoy's `Node` message into plain values.
final class NodeReader {

    /// Structs nest through lists and maps; nobody's metadata goes this deep.
    private static final int MAX_DEPTH = 32;

    private NodeReader() {}

    static Node read(ByteString bytes, Optional<Node.Credential> credential, String peer)
            throws InvalidProtocolBufferException {
        io.envoyproxy.envoy.config.core.v3.Node node = io.envoyproxy.envoy.config.core.v3.Node.parseFrom(bytes);
        return new Node(
                node.getId(), node.getCluster(), node.getUserAgentName(), map(node.getMetadata(), 0), credential, peer);
    }

    private static Map<String, Object> map(Struct struct, int depth) throws InvalidProtocolBufferException {
        if (depth > MAX_DEPTH) {
            throw new InvalidProtocolBufferException("metadata nested deeper than " + MAX_DEPTH);
        }
        Map<String, Object> map = new TreeMap<>();
        for (Map.Entry<String, Value> entry : struct.getFieldsMap().entrySet()) {
            Optional<Object> value = value(entry.getValue(), depth + 1);
            if (value.isPresent()) {
                map.put(entry.getKey(), value.get());
            }
        }
        return Collections.unmodifiableMap(map);
    }

    private static Optional<Object> value(Value value, int depth) throws InvalidProtocolBufferException {
        return switch (value.getKindCase()) {
            case STRING_VALUE -> Optional.of(value.getStringValue());
            case NUMBER_VALUE -> Optional.of(value.getNumberValue());
            case BOOL_VALUE -> Optional.of(value.getBoolValue());
            case STRUCT_VALUE -> Optional.of(map(value.getStructValue(), depth));
            case LIST_VALUE -> Optional.of(list(value, depth));
            case NULL_VALUE, KIND_NOT_SET -> Optional.empty();
        };
    }

    private static List<Object> list(Value value, int depth) throws InvalidProtocolBufferException {
        if (depth > MAX_DEPTH) {
            throw new InvalidProtocolBufferException("metadata nested deeper than " + MAX_DEPTH);
        }
        List<Object> list = new ArrayList<>();
        for (Value each : value.getListValue().getValuesList()) {
            value(each, depth + 1).ifPresent(list::add);
        }
        return List.copyOf(list);
    }
}
