package io.higuma.identity;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;

/// PEM (RFC 7468): certificates and private keys as text.
public final class Pem {

    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\\s]*)-----END \\1-----");
    private static final Base64.Encoder LINES = Base64.getMimeEncoder(64, new byte[] {'\n'});

    private Pem() {}

    public static String encode(String label, byte[] der) {
        return "-----BEGIN " + label + "-----\n" + LINES.encodeToString(der) + "\n-----END " + label + "-----\n";
    }

    public static String certificate(X509Certificate certificate) {
        try {
            return encode("CERTIFICATE", certificate.getEncoded());
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("the certificate has no encoding", e);
        }
    }

    /// PKCS #8, which Envoy and everybody else reads.
    public static String privateKey(PrivateKey key) {
        return encode("PRIVATE KEY", key.getEncoded());
    }

    /// The bytes of the first block with this label.
    public static Optional<byte[]> decode(String label, String text) {
        Matcher blocks = BLOCK.matcher(text);
        while (blocks.find()) {
            if (blocks.group(1).equals(label)) {
                return Optional.of(Base64.getMimeDecoder().decode(blocks.group(2)));
            }
        }
        return Optional.empty();
    }

    /// All certificates of a text, in order.
    ///
    /// @throws IllegalArgumentException if there is none, or one cannot be read
    public static List<X509Certificate> certificates(String text) {
        List<X509Certificate> found = new ArrayList<>();
        try {
            for (Certificate certificate : CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(text.getBytes(StandardCharsets.US_ASCII)))) {
                found.add((X509Certificate) certificate);
            }
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("not a certificate in PEM", e);
        }
        if (found.isEmpty()) {
            throw new IllegalArgumentException("there is no certificate in the text");
        }
        return found;
    }

    /// A private key in PKCS #8, PKCS #1 or SEC 1. The text never gets into the exception.
    ///
    /// @throws IllegalArgumentException if there is none, or it cannot be read
    public static PrivateKey privateKey(String text) {
        return decode("PRIVATE KEY", text).flatMap(Pem::pkcs8).orElseGet(() -> parsed(text));
    }

    /// What the JDK reads by itself needs no other library: a control plane starts sooner.
    private static Optional<PrivateKey> pkcs8(byte[] der) {
        for (String algorithm : List.of("EC", "RSA", "Ed25519")) {
            try {
                return Optional.of(KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der)));
            } catch (GeneralSecurityException another) {
                // a key of another algorithm, or none
            }
        }
        return Optional.empty();
    }

    private static PrivateKey parsed(String text) {
        Object parsed;
        try (PEMParser parser = new PEMParser(new java.io.StringReader(text))) {
            parsed = parser.readObject();
            while (parsed != null && !(parsed instanceof PEMKeyPair) && !(parsed instanceof PrivateKeyInfo)) {
                parsed = parser.readObject();
            }
            return switch (parsed) {
                case PEMKeyPair pair -> key(pair.getPrivateKeyInfo());
                case PrivateKeyInfo info -> key(info);
                case null, default -> throw new IllegalArgumentException("there is no private key in PEM in the text");
            };
        } catch (java.io.IOException | GeneralSecurityException e) {
            throw new IllegalArgumentException("the private key cannot be read");
        }
    }

    private static PrivateKey key(PrivateKeyInfo info) throws java.io.IOException, GeneralSecurityException {
        String algorithm = info.getPrivateKeyAlgorithm().getAlgorithm().getId().startsWith("1.2.840.10045")
                ? "EC"
                : info.getPrivateKeyAlgorithm().getAlgorithm().getId().startsWith("1.2.840.113549") ? "RSA" : "Ed25519";
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(info.getEncoded()));
    }
}
