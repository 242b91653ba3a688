package io.higuma.xds;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// A discovery request of either protocol variant, read by hand: an acknowledgement costs two strings.
///
/// @param typeUrl as the client wrote it, known to us or not
/// @param node the node's message, still encoded; absent in all but the first request of a stream
/// @param subscribe names to subscribe to (delta), or all names the client wants (state of the world)
/// @param unsubscribe names no longer wanted; delta only
/// @param versions what the client holds from an earlier stream, by name; delta only
/// @param version the `version_info` the client holds; state of the world only
/// @param nonce of the response that is answered; empty if none is
/// @param error why that response is refused
public record Request(
        String typeUrl,
        Optional<ByteString> node,
        List<String> subscribe,
        List<String> unsubscribe,
        Map<String, String> versions,
        String version,
        String nonce,
        Optional<String> error) {

    /// Reads `envoy.service.discovery.v3.DeltaDiscoveryRequest`.
    ///
    /// @throws IOException if the bytes are no such message
    public static Request delta(ByteBuffer bytes) throws IOException {
        return read(bytes, true);
    }

    /// Reads `envoy.service.discovery.v3.DiscoveryRequest`.
    ///
    /// @throws IOException if the bytes are no such message
    public static Request stateOfTheWorld(ByteBuffer bytes) throws IOException {
        return read(bytes, false);
    }

    private static Request read(ByteBuffer bytes, boolean delta) throws IOException {
        CodedInputStream in = CodedInputStream.newInstance(bytes);
        Fields fields = new Fields();
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            boolean known = WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_LENGTH_DELIMITED
                    && (delta ? fields.delta(tag >>> 3, in) : fields.stateOfTheWorld(tag >>> 3, in));
            if (!known && !in.skipField(tag)) {
                throw new IOException("a group ends that never began");
            }
        }
        return fields.request();
    }

    private static final class Fields {
        private String typeUrl = "";
        private Optional<ByteString> node = Optional.empty();
        // Most requests are acknowledgements, which have none of these.
        private List<String> subscribe = List.of();
        private List<String> unsubscribe = List.of();
        private Map<String, String> versions = Map.of();
        private String version = "";
        private String nonce = "";
        private Optional<String> error = Optional.empty();

        boolean delta(int field, CodedInputStream in) throws IOException {
            switch (field) {
                case 1 -> node = Optional.of(in.readBytes());
                case 2 -> typeUrl = in.readStringRequireUtf8();
                case 3 -> subscribe = with(subscribe, in.readStringRequireUtf8());
                case 4 -> unsubscribe = with(unsubscribe, in.readStringRequireUtf8());
                case 5 -> versionEntry(in.readBytes().newCodedInput());
                case 6 -> nonce = in.readStringRequireUtf8();
                case 7 -> error = Optional.of(statusMessage(in.readBytes().newCodedInput()));
                default -> {
                    return false;
                }
            }
            return true;
        }

        boolean stateOfTheWorld(int field, CodedInputStream in) throws IOException {
            switch (field) {
                case 1 -> version = in.readStringRequireUtf8();
                case 2 -> node = Optional.of(in.readBytes());
                case 3 -> subscribe = with(subscribe, in.readStringRequireUtf8());
                case 4 -> typeUrl = in.readStringRequireUtf8();
                case 5 -> nonce = in.readStringRequireUtf8();
                case 6 -> error = Optional.of(statusMessage(in.readBytes().newCodedInput()));
                default -> {
                    return false;
                }
            }
            return true;
        }

        private void versionEntry(CodedInputStream in) throws IOException {
            String name = "";
            String held = "";
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                switch (tag) {
                    case 10 -> name = in.readStringRequireUtf8();
                    case 18 -> held = in.readStringRequireUtf8();
                    default -> in.skipField(tag);
                }
            }
            if (versions.isEmpty()) {
                versions = new TreeMap<>();
            }
            versions.put(name, held);
        }

        private static List<String> with(List<String> names, String name) {
            List<String> longer = names.isEmpty() ? new ArrayList<>() : names;
            longer.add(name);
            return longer;
        }

        /// Field 2 of `google.rpc.Status`.
        private static String statusMessage(CodedInputStream in) throws IOException {
            String message = "";
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                if (tag == 18) {
                    message = in.readStringRequireUtf8();
                } else {
                    in.skipField(tag);
                }
            }
            return message;
        }

        Request request() {
            return new Request(typeUrl, node, subscribe, unsubscribe, versions, version, nonce, error);
        }
    }
}
