package io.higuma.xds;

import io.higuma.model.wire.Bytes;
import io.higuma.model.wire.TypeUrl;
import io.higuma.model.wire.Versions;
import io.higuma.model.wire.WireResource;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;

/// A response as names and ready bytes; [ResponseCodec] splices it together.
///
/// @param removed names that do not exist (any more), or have to go for a moment; told in delta only
/// @param version the `version_info`; state of the world only, empty in delta
public record Response(
        AdsStream.Variant variant,
        TypeUrl type,
        String nonce,
        long revision,
        List<WireResource> resources,
        List<String> removed,
        String version) {

    /// The version of a whole set: a hash of sorted names and versions, equal on every replica.
    static String versionOf(Collection<WireResource> sorted) {
        StringBuilder text = new StringBuilder();
        for (WireResource resource : sorted) {
            text.append(resource.name()).append('\n').append(resource.version()).append('\n');
        }
        return Versions.of(Bytes.wrap(text.toString().getBytes(StandardCharsets.UTF_8)));
    }
}
