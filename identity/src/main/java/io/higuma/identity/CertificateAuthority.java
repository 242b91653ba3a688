package io.higuma.identity;

import io.higuma.model.Problems;
import io.higuma.model.wire.Bytes;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.KeyUsage;

/// A CA that issues SVIDs: our own, or one the operator brought. Immutable; safe to use from many threads.
public final class CertificateAuthority {

    private static final Duration LIFETIME = Duration.ofDays(3650);
    private static final Duration SKEW = Duration.ofSeconds(10);
    /// Hosts whose clock is behind by less take a certificate at once, so that a renewal costs them no call.
    private static final Duration BACKDATED = Duration.ofMinutes(5);
    private static final int CERT_SIGN = 5;
    private static final int KEY_AGREEMENT = 4;

    private final X509Certificate certificate;
    private final PrivateKey key;

    private CertificateAuthority(X509Certificate certificate, PrivateKey key) {
        this.certificate = certificate;
        this.key = key;
    }

    /// Makes a CA: EC P-256, ten years.
    ///
    /// @param trustDomain for the subject, so that a person sees whose it is
    public static CertificateAuthority generate(String trustDomain, Instant now, SecureRandom random) {
        KeyPair pair = Keys.ec(random);
        X500Principal name = new X500Principal("O=Higuma, CN=" + trustDomain.replaceAll("[^A-Za-z0-9._-]", "_"));
        Certificates.Content content = new Certificates.Content(
                name,
                pair.getPublic(),
                now.minus(BACKDATED),
                now.plus(LIFETIME),
                List.of(new GeneralName(GeneralName.uniformResourceIdentifier, "spiffe://" + trustDomain)),
                true,
                KeyUsage.keyCertSign | KeyUsage.cRLSign);
        X509Certificate certificate =
                Certificates.sign(content, new Certificates.Issuer(name, pair.getPublic(), pair.getPrivate()), random);
        return new CertificateAuthority(certificate, pair.getPrivate());
    }

    /// A CA from PEM. Everything that is wrong with it is added to `problems`.
    ///
    /// @return empty if there are problems
    public static Optional<CertificateAuthority> provided(
            String certificatePem, String keyPem, Instant now, Problems problems) {
        X509Certificate certificate = null;
        PrivateKey key = null;
        try {
            certificate = Pem.certificates(certificatePem).getFirst();
        } catch (IllegalArgumentException e) {
            problems.add("ca.certificate", String.valueOf(e.getMessage()));
        }
        try {
            key = Pem.privateKey(keyPem);
        } catch (IllegalArgumentException e) {
            problems.add("ca.privateKey", String.valueOf(e.getMessage()));
        }
        if (certificate == null || key == null) {
            return Optional.empty();
        }
        int before = problems.found().size();
        check(certificate, key, now, problems);
        return problems.found().size() > before
                ? Optional.empty()
                : Optional.of(new CertificateAuthority(certificate, key));
    }

    private static void check(X509Certificate certificate, PrivateKey key, Instant now, Problems problems) {
        if (certificate.getBasicConstraints() < 0) {
            problems.add("ca.certificate", "is not the certificate of a CA: basic constraint CA must be true");
        }
        boolean[] usage = certificate.getKeyUsage();
        if (usage != null && !usage[CERT_SIGN]) {
            problems.add("ca.certificate", "may not sign certificates: key usage must include certificate signing");
        }
        if (usage != null && usage[KEY_AGREEMENT]) {
            problems.add("ca.certificate", "key usage must not include key agreement");
        }
        if (certificate.getNotAfter().toInstant().isBefore(now)) {
            problems.add(
                    "ca.certificate", "expired at " + certificate.getNotAfter().toInstant());
        }
        if (certificate.getNotBefore().toInstant().isAfter(now.plus(SKEW))) {
            problems.add(
                    "ca.certificate",
                    "is not valid before " + certificate.getNotBefore().toInstant()
                            + "; is the clock of this host right?");
        }
        if (!Keys.belongTogether(certificate, key)) {
            problems.add("ca.privateKey", "is not the key of the certificate");
        }
    }

    /// Issues a certificate with a fresh EC P-256 key: one URI name, for both ends of mutual TLS,
    /// valid from five minutes ago.
    ///
    /// @param lifetime positive; cut to what is left of the CA's own
    public Svid issue(String spiffeId, Duration lifetime, Instant now, SecureRandom random) {
        KeyPair pair = Keys.ec(random);
        Instant wanted = now.plus(lifetime);
        Instant end = certificate.getNotAfter().toInstant();
        Certificates.Content content = new Certificates.Content(
                new X500Principal(""),
                pair.getPublic(),
                now.minus(BACKDATED),
                wanted.isBefore(end) ? wanted : end,
                List.of(new GeneralName(GeneralName.uniformResourceIdentifier, spiffeId)),
                false,
                KeyUsage.digitalSignature | KeyUsage.keyEncipherment);
        X509Certificate leaf = Certificates.sign(
                content,
                new Certificates.Issuer(certificate.getSubjectX500Principal(), certificate.getPublicKey(), key),
                random);
        String chain = Pem.certificate(leaf) + (isSelfSigned() ? "" : certificatePem());
        return new Svid(
                spiffeId,
                Bytes.wrap(chain.getBytes(StandardCharsets.US_ASCII)),
                Bytes.wrap(Pem.privateKey(pair.getPrivate()).getBytes(StandardCharsets.US_ASCII)),
                now,
                leaf.getNotAfter().toInstant());
    }

    private boolean isSelfSigned() {
        return certificate.getSubjectX500Principal().equals(certificate.getIssuerX500Principal());
    }

    public String certificatePem() {
        return Pem.certificate(certificate);
    }

    /// The private key in PEM: for the secret it is kept in, and for nothing else.
    public String keyPem() {
        return Pem.privateKey(key);
    }

    public Instant notAfter() {
        return certificate.getNotAfter().toInstant();
    }

    @Override
    public String toString() {
        return "CA " + certificate.getSubjectX500Principal().getName();
    }
}
