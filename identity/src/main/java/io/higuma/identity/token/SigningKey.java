package io.higuma.identity.token;

import io.higuma.identity.Keys;
import io.higuma.identity.Pem;
import io.higuma.model.wire.Bytes;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.RSAPublicKeySpec;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.RSAPrivateKey;

/// A key that signs tokens: RSA 2048, kept as PKCS #1 in PEM (contract 8.1).
public record SigningKey(RSAPrivateCrtKey privateKey, RSAPublicKey publicKey) {

    private static final String LABEL = "RSA PRIVATE KEY";

    /// Makes one. Takes some tenths of a second.
    public static SigningKey generate(SecureRandom random) {
        KeyPair pair = Keys.rsa(random);
        return new SigningKey((RSAPrivateCrtKey) pair.getPrivate(), (RSAPublicKey) pair.getPublic());
    }

    /// The content of the secret.
    public Bytes pem() {
        byte[] pkcs1;
        try {
            pkcs1 = PrivateKeyInfo.getInstance(privateKey.getEncoded())
                    .parsePrivateKey()
                    .toASN1Primitive()
                    .getEncoded();
        } catch (java.io.IOException e) {
            throw new IllegalStateException("a key we made has an encoding", e);
        }
        return Bytes.wrap(Pem.encode(LABEL, pkcs1).getBytes(StandardCharsets.US_ASCII));
    }

    /// Reads the content of a secret: PEM, or the bare DER of old.
    ///
    /// @throws IllegalArgumentException if it is no RSA key; the message does not hold it
    public static SigningKey parse(Bytes content) {
        try {
            String text = new String(content.array(), StandardCharsets.ISO_8859_1);
            byte[] der = Pem.decode(LABEL, text).orElse(content.array());
            RSAPrivateKey parts = RSAPrivateKey.getInstance(der);
            KeyFactory factory = KeyFactory.getInstance("RSA");
            RSAPrivateCrtKey key =
                    (RSAPrivateCrtKey) factory.generatePrivate(new java.security.spec.RSAPrivateCrtKeySpec(
                            parts.getModulus(),
                            parts.getPublicExponent(),
                            parts.getPrivateExponent(),
                            parts.getPrime1(),
                            parts.getPrime2(),
                            parts.getExponent1(),
                            parts.getExponent2(),
                            parts.getCoefficient()));
            RSAPublicKey open = (RSAPublicKey)
                    factory.generatePublic(new RSAPublicKeySpec(parts.getModulus(), parts.getPublicExponent()));
            return new SigningKey(key, open);
        } catch (GeneralSecurityException | RuntimeException e) {
            throw new IllegalArgumentException("the signing key is no RSA key in PKCS #1");
        }
    }

    @Override
    public String toString() {
        return "[redacted]";
    }
}
