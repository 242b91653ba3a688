package io.higuma.cli.generate;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;

/// The RSA key that tokens are signed with (contract 8.1). Its PEM block is PKCS #1, which is what a control plane
/// stores.
final class SigningKey {

    private static final int BITS = 2048;
    private static final String RSA = "1.2.840.113549.1.1.1";

    private final RSAPrivateCrtKey key;

    private SigningKey(RSAPrivateCrtKey key) {
        this.key = key;
    }

    static SigningKey generate() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(BITS);
            return new SigningKey((RSAPrivateCrtKey) generator.generateKeyPair().getPrivate());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has RSA", e);
        }
    }

    /// From PEM, PKCS #1 or PKCS #8, or from the base64 of it that `generate signing-key` prints.
    ///
    /// @throws IllegalArgumentException if it is neither
    static SigningKey parse(String text) {
        String pem = text.contains("-----BEGIN")
                ? text
                : new String(Base64.getMimeDecoder().decode(text.strip()), StandardCharsets.UTF_8);
        Pem.Block block = Pem.read(pem);
        byte[] pkcs8 = switch (block.label()) {
            case "PRIVATE KEY" -> block.content();
            case "RSA PRIVATE KEY" ->
                Der.sequence(
                        Der.integer(java.math.BigInteger.ZERO),
                        Der.sequence(Der.oid(RSA), Der.nothing()),
                        Der.octets(block.content()));
            default ->
                throw new IllegalArgumentException(
                        "expected a PEM block RSA PRIVATE KEY or PRIVATE KEY, found " + block.label());
        };
        try {
            PrivateKey key = KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
            if (key instanceof RSAPrivateCrtKey rsa) {
                return new SigningKey(rsa);
            }
            throw new IllegalArgumentException("expected an RSA key with its primes");
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("not an RSA private key: " + e.getMessage(), e);
        }
    }

    String pem() {
        return Pem.write(
                "RSA PRIVATE KEY",
                Der.sequence(
                        Der.integer(java.math.BigInteger.ZERO),
                        Der.integer(key.getModulus()),
                        Der.integer(key.getPublicExponent()),
                        Der.integer(key.getPrivateExponent()),
                        Der.integer(key.getPrimeP()),
                        Der.integer(key.getPrimeQ()),
                        Der.integer(key.getPrimeExponentP()),
                        Der.integer(key.getPrimeExponentQ()),
                        Der.integer(key.getCrtCoefficient())));
    }

    String publicPem() {
        return Pem.write(
                "RSA PUBLIC KEY", Der.sequence(Der.integer(key.getModulus()), Der.integer(key.getPublicExponent())));
    }

    byte[] sign(byte[] content) {
        try {
            Signature signature = Signature.getInstance("SHA256withRSA");
            signature.initSign(key);
            signature.update(content);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("signing failed", e);
        }
    }

    @Override
    public String toString() {
        return "SigningKey[redacted]";
    }
}
