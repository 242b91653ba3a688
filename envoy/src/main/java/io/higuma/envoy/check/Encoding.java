package io.higuma.envoy.check;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.Message;
import io.higuma.envoy.CompileException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/// Messages as bytes.
public final class Encoding {

    private Encoding() {}

    /// The same bytes for the same message, in every process.
    public static byte[] of(Message message) {
        byte[] bytes = new byte[message.getSerializedSize()];
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        out.useDeterministicSerialization();
        try {
            message.writeTo(out);
            out.checkNoSpaceLeft();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes;
    }

    /// [#of] a message that Envoy takes.
    ///
    /// @param part what the message is, for whoever reads that it is not sound
    /// @throws CompileException if the message breaks a constraint of Envoy's
    public static byte[] sound(String part, Message message) {
        byte[] bytes = of(message);
        List<String> violations = Constraints.violations(message.getDescriptorForType(), bytes);
        if (!violations.isEmpty()) {
            throw new CompileException(part, "Envoy would refuse it: " + String.join("; ", violations));
        }
        return bytes;
    }
}
