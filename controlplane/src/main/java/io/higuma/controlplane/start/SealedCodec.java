package io.higuma.controlplane.start;

import io.higuma.identity.secret.SecretCipher;
import io.higuma.model.Resource;
import io.higuma.model.ResourceKey;
import io.higuma.model.ResourceMeta;
import io.higuma.model.core.CoreTypes;
import io.higuma.schema.BodyCodec;
import io.higuma.store.ResourceCodec;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/// How resources are kept on disk: as JSON, and those that hold secrets as ciphertext of it, bound to their key.
public final class SealedCodec implements ResourceCodec {

    /// The types whose bodies are ciphertext.
    public static final Set<String> SEALED = Set.of(CoreTypes.SECRET.name(), CoreTypes.GLOBAL_SECRET.name());

    private final BodyCodec bodies;
    private final SecretCipher cipher;

    public SealedCodec(BodyCodec bodies, SecretCipher cipher) {
        this.bodies = bodies;
        this.cipher = cipher;
    }

    @Override
    public String encode(Resource resource) {
        String body = bodies.encode(resource);
        return SEALED.contains(resource.key().type())
                ? cipher.encrypt(resource.key().toString(), body.getBytes(StandardCharsets.UTF_8))
                : body;
    }

    @Override
    public Resource decode(ResourceKey key, ResourceMeta meta, String text) {
        String body = SEALED.contains(key.type())
                ? new String(cipher.decrypt(key.toString(), text), StandardCharsets.UTF_8)
                : text;
        return bodies.decode(key, meta, body);
    }
}
