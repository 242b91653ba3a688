package io.higuma.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.higuma.model.Problem;
import io.higuma.model.Problems;
import java.nio.charset.StandardCharsets;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.junit.jupiter.api.Test;

class CertificateAuthorityTest {

    private static final Instant NOW = Instant.parse("2026-03-01T00:00:00Z");
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final String WEB = "spiffe://default.default.mesh.local/workload/web";

    private final CertificateAuthority ca = CertificateAuthority.generate("default.default.mesh.local", NOW, RANDOM);

    @Test
    void anSvidIsSignedByItsAuthorityAndNamesItsWorkload() throws Exception {
        Svid svid = ca.issue(WEB, Duration.ofDays(5), NOW, RANDOM);

        X509Certificate leaf = leaf(svid);
        validate(leaf, ca, NOW);
        assertThat(leaf.getSubjectAlternativeNames()).containsExactly(List.of(6, WEB));
        assertThat(leaf.getBasicConstraints()).isEqualTo(-1);
        assertThat(leaf.getPublicKey().getAlgorithm()).isEqualTo("EC");
        assertThat(leaf.getNotBefore().toInstant()).isEqualTo(NOW.minus(Duration.ofMinutes(5)));
        assertThat(leaf.getNotAfter().toInstant()).isEqualTo(NOW.plus(Duration.ofDays(5)));
        assertThat(Pem.privateKey(text(svid))).isNotNull();
    }

    @Test
    void anAuthorityThatWasStoredIssuesAsBefore() throws Exception {
        Problems problems = new Problems();

        CertificateAuthority again = CertificateAuthority.provided(ca.certificatePem(), ca.keyPem(), NOW, problems)
                .orElseThrow();

        assertThat(problems.isEmpty()).isTrue();
        validate(leaf(again.issue(WEB, Duration.ofHours(1), NOW, RANDOM)), ca, NOW);
    }

    @Test
    void everythingThatIsWrongWithAProvidedAuthorityIsSaid() {
        CertificateAuthority other = CertificateAuthority.generate("other", NOW, RANDOM);
        Problems problems = new Problems();

        assertThat(CertificateAuthority.provided(
                        ca.certificatePem(), other.keyPem(), NOW.plus(Duration.ofDays(4000)), problems))
                .isEmpty();

        assertThat(problems.found().stream().map(Problem::message))
                .anyMatch(text -> text.startsWith("expired at"))
                .anyMatch(text -> text.equals("is not the key of the certificate"));
    }

    @Test
    void anSvidIsNoAuthority() {
        Svid svid = ca.issue(WEB, Duration.ofHours(1), NOW, RANDOM);
        Problems problems = new Problems();

        assertThat(CertificateAuthority.provided(
                        new String(svid.chain().array(), StandardCharsets.US_ASCII), text(svid), NOW, problems))
                .isEmpty();
        assertThat(problems.found().getFirst().message()).contains("basic constraint CA must be true");
    }

    @Test
    void rubbishIsNeverRepeatedInAProblem() {
        Problems problems = new Problems();

        CertificateAuthority.provided(
                "rubbish", "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----", NOW, problems);

        assertThat(problems.found()).hasSize(2);
        assertThat(problems.found().toString()).doesNotContain("c2VjcmV0");
    }

    @Test
    void anAuthorityWithAnRsaKeyIssuesCertificatesWithEcKeys() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        var pair = generator.generateKeyPair();
        var name = new javax.security.auth.x500.X500Principal("CN=rsa");
        X509Certificate root = Certificates.sign(
                new Certificates.Content(
                        name,
                        pair.getPublic(),
                        NOW,
                        NOW.plus(Duration.ofDays(10)),
                        List.of(),
                        true,
                        org.bouncycastle.asn1.x509.KeyUsage.keyCertSign),
                new Certificates.Issuer(name, pair.getPublic(), pair.getPrivate()),
                RANDOM);
        CertificateAuthority rsa = CertificateAuthority.provided(
                        Pem.certificate(root), Pem.privateKey(pair.getPrivate()), NOW, new Problems())
                .orElseThrow();

        X509Certificate leaf = leaf(rsa.issue(WEB, Duration.ofDays(30), NOW, RANDOM));

        assertThat(leaf.getPublicKey().getAlgorithm()).isEqualTo("EC");
        assertThat(leaf.getSigAlgName()).isEqualTo("SHA256withRSA");
        assertThat(leaf.getNotAfter().toInstant())
                .as("cut to the authority's own end")
                .isEqualTo(NOW.plus(Duration.ofDays(10)));
    }

    @Test
    void proxiesThatStartTogetherDoNotRenewTogether() {
        Svid svid = ca.issue(WEB, Duration.ofDays(6), NOW, RANDOM);
        Set<Instant> renewals = new TreeSet<>();
        for (int i = 0; i < 100; i++) {
            renewals.add(svid.renewAt(new Random(i)));
        }

        assertThat(renewals).hasSizeGreaterThan(90);
        assertThat(renewals).allMatch(at -> at.isAfter(NOW.plus(Duration.ofDays(3))));
        assertThat(renewals).allMatch(at -> at.isBefore(NOW.plus(Duration.ofDays(5))));
    }

    @Test
    void neitherAnExpiredAuthorityNorALifetimeOfNothingIsRenewedWithoutPause() {
        Instant late = ca.notAfter().plus(Duration.ofDays(1));

        assertThat(ca.issue(WEB, Duration.ofDays(5), late, RANDOM).renewAt(new Random(1)))
                .isEqualTo(late.plusSeconds(5));
        assertThat(ca.issue(WEB, Duration.ofNanos(1), NOW, RANDOM).renewAt(new Random(1)))
                .isEqualTo(NOW.plusSeconds(5));
    }

    @Test
    void aKeyInTheFormOpensslWritesIsRead() throws Exception {
        PrivateKey key = Pem.privateKey(ca.keyPem());
        ASN1Primitive bare =
                PrivateKeyInfo.getInstance(key.getEncoded()).parsePrivateKey().toASN1Primitive();
        byte[] sec1 = new ECPrivateKey(256, ECPrivateKey.getInstance(bare).getKey(), SECObjectIdentifiers.secp256r1)
                .getEncoded();
        byte[] curve = SECObjectIdentifiers.secp256r1.getEncoded();
        String text = Pem.encode("EC PARAMETERS", curve) + Pem.encode("EC PRIVATE KEY", sec1);
        Problems problems = new Problems();

        assertThat(CertificateAuthority.provided(ca.certificatePem(), text, NOW, problems))
                .isPresent();
        assertThat(problems.found()).isEmpty();
    }

    @Test
    void nothingPrintsAKey() {
        Svid svid = ca.issue(WEB, Duration.ofDays(6), NOW, RANDOM);

        assertThat(svid.toString() + ca).doesNotContain("PRIVATE KEY").doesNotContain("BEGIN");
        assertThat(ServerCertificate.selfSigned(List.of("localhost"), NOW, RANDOM)
                        .toString())
                .isEqualTo("[redacted]");
    }

    @Test
    void theServersCertificateNamesItsHostsAndMayBeTrustedAsAnAuthority() throws Exception {
        ServerCertificate made =
                ServerCertificate.selfSigned(List.of("localhost", "127.0.0.1", "::1", "host.example"), NOW, RANDOM);

        X509Certificate certificate = Pem.certificates(made.certificate()).getFirst();
        assertThat(certificate.getSubjectAlternativeNames().stream().map(n -> String.valueOf(n.get(1))))
                .contains("localhost", "127.0.0.1", "host.example");
        assertThat(certificate.getBasicConstraints()).isGreaterThanOrEqualTo(0);
    }

    private static String text(Svid svid) {
        return new String(svid.key().array(), StandardCharsets.US_ASCII);
    }

    private static X509Certificate leaf(Svid svid) {
        return Pem.certificates(new String(svid.chain().array(), StandardCharsets.US_ASCII))
                .getFirst();
    }

    private static void validate(X509Certificate leaf, CertificateAuthority ca, Instant at) throws Exception {
        PKIXParameters parameters = new PKIXParameters(
                Set.of(new TrustAnchor(Pem.certificates(ca.certificatePem()).getFirst(), null)));
        parameters.setRevocationEnabled(false);
        parameters.setDate(Date.from(at));
        CertPathValidator.getInstance("PKIX")
                .validate(CertificateFactory.getInstance("X.509").generateCertPath(List.of(leaf)), parameters);
    }
}
