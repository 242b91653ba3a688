package io.higuma.cli.generate;

import java.math.BigInteger;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.regex.Pattern;

/// A self-signed TLS certificate (RFC 5280) with its key.
///
/// @param certificate PEM
/// @param key PEM, PKCS #8
record SelfSigned(String certificate, String key) {

    private static final Duration LIFE = Duration.ofDays(3650);
    private static final Duration SKEW = Duration.ofMinutes(1);
    private static final int CONTEXT = 0xa0;
    private static final Pattern ADDRESS = Pattern.compile("[0-9.]+|[0-9a-fA-F:]*:[0-9a-fA-F:.]*");

    /// What the certificate is used for.
    enum Use {
        server("1.3.6.1.5.5.7.3.1"),
        client("1.3.6.1.5.5.7.3.2");

        private final String purpose;

        Use(String purpose) {
            this.purpose = purpose;
        }
    }

    enum Algorithm {
        ecdsa,
        rsa
    }

    static SelfSigned generate(Use use, List<String> hosts, Algorithm algorithm, Instant now)
            throws GeneralSecurityException {
        KeyPair pair = pair(algorithm);
        byte[] signatureAlgorithm = algorithm == Algorithm.ecdsa
                ? Der.sequence(Der.oid("1.2.840.10045.4.3.2"))
                : Der.sequence(Der.oid("1.2.840.113549.1.1.11"), Der.nothing());
        byte[] name = Der.sequence(Der.set(Der.sequence(Der.oid("2.5.4.3"), Der.utf8(hosts.getFirst()))));
        byte[] content = Der.sequence(
                Der.tagged(CONTEXT, Der.integer(BigInteger.TWO)),
                Der.integer(new BigInteger(127, new SecureRandom())),
                signatureAlgorithm,
                name,
                Der.sequence(Der.time(now.minus(SKEW)), Der.time(now.plus(LIFE))),
                name,
                pair.getPublic().getEncoded(),
                Der.tagged(CONTEXT | 3, extensions(use, hosts)));
        Signature signature = Signature.getInstance(algorithm == Algorithm.ecdsa ? "SHA256withECDSA" : "SHA256withRSA");
        signature.initSign(pair.getPrivate());
        signature.update(content);
        byte[] certificate = Der.sequence(content, signatureAlgorithm, Der.bits(0, signature.sign()));
        return new SelfSigned(
                Pem.write("CERTIFICATE", certificate),
                Pem.write("PRIVATE KEY", pair.getPrivate().getEncoded()));
    }

    private static KeyPair pair(Algorithm algorithm) throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm == Algorithm.ecdsa ? "EC" : "RSA");
        if (algorithm == Algorithm.ecdsa) {
            generator.initialize(new ECGenParameterSpec("secp256r1"));
        } else {
            generator.initialize(2048);
        }
        return generator.generateKeyPair();
    }

    /// Being its own CA, the file serves as certificate and as what to trust.
    private static byte[] extensions(Use use, List<String> hosts) {
        byte[][] names = hosts.stream().map(SelfSigned::alternativeName).toArray(byte[][]::new);
        return Der.sequence(
                extension("2.5.29.19", true, Der.sequence(Der.bool(true))),
                extension("2.5.29.15", true, Der.bits(2, new byte[] {(byte) 0b1010_0100})),
                extension("2.5.29.37", false, Der.sequence(Der.oid(use.purpose))),
                extension("2.5.29.17", false, Der.sequence(names)));
    }

    private static byte[] extension(String oid, boolean critical, byte[] value) {
        return critical
                ? Der.sequence(Der.oid(oid), Der.bool(true), Der.octets(value))
                : Der.sequence(Der.oid(oid), Der.octets(value));
    }

    /// An address as an address (tag 7), anything else as a DNS name (tag 2).
    private static byte[] alternativeName(String host) {
        if (ADDRESS.matcher(host).matches()) {
            return Der.tagged(0x87, InetAddress.ofLiteral(host).getAddress());
        }
        return Der.tagged(0x82, host.getBytes(StandardCharsets.US_ASCII));
    }

    @Override
    public String toString() {
        return "SelfSigned[certificate=" + certificate + ", key=redacted]";
    }
}
