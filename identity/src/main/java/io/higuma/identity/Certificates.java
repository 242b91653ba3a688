package io.higuma.identity;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/// Makes X.509 certificates (RFC 5280), in the profile of SPIFFE's X.509-SVID where they are for proxies.
final class Certificates {

    private static final int SERIAL_BITS = 120;

    private Certificates() {}

    /// What a certificate says.
    ///
    /// @param subject such as `CN=higuma`
    /// @param names subject alternative names; empty for none
    /// @param ca whether it may sign others
    record Content(
            X500Principal subject,
            PublicKey key,
            Instant notBefore,
            Instant notAfter,
            List<GeneralName> names,
            boolean ca,
            int keyUsage) {}

    /// Who signs.
    record Issuer(X500Principal name, PublicKey publicKey, PrivateKey key) {}

    static X509Certificate sign(Content content, Issuer issuer, SecureRandom random) {
        try {
            JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                    issuer.name(),
                    new BigInteger(SERIAL_BITS, random).add(BigInteger.ONE),
                    Date.from(content.notBefore()),
                    Date.from(content.notAfter()),
                    content.subject(),
                    content.key());
            extensions(builder, content, issuer);
            return new JcaX509CertificateConverter()
                    .getCertificate(builder.build(new JcaContentSignerBuilder(algorithm(issuer.key()))
                            .setSecureRandom(random)
                            .build(issuer.key())));
        } catch (IOException | OperatorCreationException | GeneralSecurityException e) {
            throw new IllegalStateException("cannot make a certificate for " + content.subject(), e);
        }
    }

    private static void extensions(JcaX509v3CertificateBuilder builder, Content content, Issuer issuer)
            throws CertIOException, GeneralSecurityException {
        JcaX509ExtensionUtils utils = new JcaX509ExtensionUtils();
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(content.ca()));
        builder.addExtension(Extension.keyUsage, true, new KeyUsage(content.keyUsage()));
        builder.addExtension(Extension.subjectKeyIdentifier, false, utils.createSubjectKeyIdentifier(content.key()));
        builder.addExtension(
                Extension.authorityKeyIdentifier, false, utils.createAuthorityKeyIdentifier(issuer.publicKey()));
        if ((content.keyUsage() & KeyUsage.digitalSignature) != 0) {
            builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(new KeyPurposeId[] {
                KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth
            }));
        }
        if (!content.names().isEmpty()) {
            boolean critical = content.subject().getName().isEmpty();
            builder.addExtension(
                    Extension.subjectAlternativeName,
                    critical,
                    new GeneralNames(content.names().toArray(GeneralName[]::new)));
        }
    }

    private static String algorithm(PrivateKey key) {
        return switch (key.getAlgorithm()) {
            case "EC" -> "SHA256withECDSA";
            case "RSA" -> "SHA256withRSA";
            default -> "Ed25519";
        };
    }
}
