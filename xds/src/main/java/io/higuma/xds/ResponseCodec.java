package io.higuma.xds;

import com.google.protobuf.CodedOutputStream;
import io.higuma.model.wire.Bytes;
import io.higuma.model.wire.TypeUrl;
import io.higuma.model.wire.WireResource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Splices `DeltaDiscoveryResponse` and `DiscoveryResponse` from bytes that exist already. Only the
/// type, the removed names and the nonce are encoded per stream; a resource contributes its head
/// (encoded once) and its bytes.
public final class ResponseCodec {

    /// Field 4, `type_url`, of either response.
    private static final byte[][] TYPE_FIELDS = Arrays.stream(TypeUrl.values())
            .map(type -> stringField(4, type.url()))
            .toArray(byte[][]::new);

    private ResponseCodec() {}

    /// The parts of the message in their order; to be copied once into the buffer that goes out.
    public static List<byte[]> encode(Response response) {
        return response.variant() == AdsStream.Variant.DELTA ? delta(response) : stateOfTheWorld(response);
    }

    private static List<byte[]> delta(Response response) {
        List<byte[]> parts = new ArrayList<>(2 * response.resources().size() + 1);
        for (WireResource resource : response.resources()) {
            parts.add(resource.head(ResponseCodec::deltaHead).array());
            parts.add(resource.bytes().array());
        }
        parts.add(typeField(response.type()));
        parts.add(stringField(5, response.nonce()));
        for (String name : response.removed()) {
            parts.add(stringField(6, name));
        }
        return parts;
    }

    private static List<byte[]> stateOfTheWorld(Response response) {
        List<byte[]> parts = new ArrayList<>(2 * response.resources().size() + 1);
        for (WireResource resource : response.resources()) {
            parts.add(anyHead(2, resource.type(), resource.bytes().size()));
            parts.add(resource.bytes().array());
        }
        parts.add(stringField(1, response.version()));
        parts.add(typeField(response.type()));
        parts.add(stringField(5, response.nonce()));
        return parts;
    }

    /// `Resource` with tag and length, up to where the bytes of the `Any` in it begin: name, version, type.
    static Bytes deltaHead(WireResource resource) {
        byte[] any = anyHead(2, resource.type(), resource.bytes().size());
        int inner = stringSize(3, resource.name())
                + stringSize(1, resource.version())
                + any.length
                + resource.bytes().size();
        int size = CodedOutputStream.computeTagSize(2)
                + CodedOutputStream.computeUInt32SizeNoTag(inner)
                + inner
                - resource.bytes().size();
        return Bytes.wrap(write(size, out -> {
            out.writeTag(2, 2);
            out.writeUInt32NoTag(inner);
            out.writeString(3, resource.name());
            out.writeString(1, resource.version());
            out.writeRawBytes(any);
        }));
    }

    /// An `Any` in field `field`, up to where the bytes of its value begin.
    private static byte[] anyHead(int field, TypeUrl type, int valueSize) {
        int inner = stringSize(1, type.url())
                + CodedOutputStream.computeTagSize(2)
                + CodedOutputStream.computeUInt32SizeNoTag(valueSize)
                + valueSize;
        int size = CodedOutputStream.computeTagSize(field)
                + CodedOutputStream.computeUInt32SizeNoTag(inner)
                + inner
                - valueSize;
        return write(size, out -> {
            out.writeTag(field, 2);
            out.writeUInt32NoTag(inner);
            out.writeString(1, type.url());
            out.writeTag(2, 2);
            out.writeUInt32NoTag(valueSize);
        });
    }

    /// How much a resource adds to a response, near enough to cut chunks by.
    static int sizeOf(WireResource resource) {
        return resource.bytes().size() + 2 * resource.name().length() + 160;
    }

    @SuppressWarnings("EnumOrdinal") // a place in an array that nobody else sees
    private static byte[] typeField(TypeUrl type) {
        return TYPE_FIELDS[type.ordinal()];
    }

    private static byte[] stringField(int field, String text) {
        return write(stringSize(field, text), out -> out.writeString(field, text));
    }

    private static int stringSize(int field, String text) {
        return CodedOutputStream.computeStringSize(field, text);
    }

    @FunctionalInterface
    private interface Writer {
        void write(CodedOutputStream out) throws IOException;
    }

    private static byte[] write(int size, Writer writer) {
        byte[] bytes = new byte[size];
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        try {
            writer.write(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        out.checkNoSpaceLeft();
        return bytes;
    }

    /// Where a cluster's endpoints come from, if from EDS: `eds_cluster_config.service_name`, or
    /// else its own name. Empty for clusters of other kinds.
    static String endpointsOf(WireResource cluster) {
        try {
            com.google.protobuf.CodedInputStream in = com.google.protobuf.CodedInputStream.newInstance(
                    cluster.bytes().array());
            String service = "";
            boolean eds = false;
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                switch (tag >>> 3) {
                    case 2 -> eds = in.readEnum() == 3;
                    case 3 -> service = serviceName(in.readByteArray());
                    default -> in.skipField(tag);
                }
            }
            return eds ? (service.isEmpty() ? cluster.name() : service) : "";
        } catch (IOException e) {
            return "";
        }
    }

    private static String serviceName(byte[] edsClusterConfig) throws IOException {
        com.google.protobuf.CodedInputStream in = com.google.protobuf.CodedInputStream.newInstance(edsClusterConfig);
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (tag >>> 3 == 2) {
                return new String(in.readByteArray(), StandardCharsets.UTF_8);
            }
            in.skipField(tag);
        }
        return "";
    }
}
