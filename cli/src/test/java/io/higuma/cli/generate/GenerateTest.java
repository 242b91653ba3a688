package io.higuma.cli.generate;

import static org.assertj.core.api.Assertions.assertThat;

import io.higuma.cli.ExitCode;
import io.higuma.cli.Verbs;
import io.higuma.cli.client.Json;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class GenerateTest {

    private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");

    @TempDir
    private Path home;

    @Test
    void aTokenMadeOfflineHasTheContractsClaimsAndAValidSignature() throws Exception {
        Path key = home.resolve("key");
        Files.writeString(key, higuma("generate", "signing-key").out());

        String token = higuma(
                        "generate",
                        "dataplane-token",
                        "--mesh",
                        "shop",
                        "--workload",
                        "cart",
                        "--tag",
                        "team=b,a",
                        "--valid-for",
                        "24h",
                        "--signing-key-path",
                        key.toString(),
                        "--kid",
                        "3")
                .out();

        String[] parts = token.split("\\.");
        JsonNode header = decode(parts[0]);
        JsonNode claims = decode(parts[1]);
        assertThat(header.path("alg").asString()).isEqualTo("RS256");
        assertThat(header.path("kid").asString()).isEqualTo("3");
        assertThat(claims.path("Mesh").asString()).isEqualTo("shop");
        assertThat(claims.path("Workload").asString()).isEqualTo("cart");
        assertThat(claims.path("Type").asString()).isEqualTo("dataplane");
        assertThat(claims.path("Name").asString()).isEmpty();
        assertThat(claims.path("Tags")).hasToString("{\"team\":[\"a\",\"b\"]}");
        assertThat(claims.path("exp").asLong()).isEqualTo(NOW.getEpochSecond() + 24 * 3600);
        assertThat(claims.path("nbf").asLong()).isEqualTo(NOW.getEpochSecond() - 5);
        assertThat(verifies(parts, key)).isTrue();
    }

    @Test
    void aSigningKeySurvivesItsPem() {
        SigningKey key = SigningKey.generate();

        assertThat(SigningKey.parse(key.pem()).publicPem()).isEqualTo(key.publicPem());
        assertThat(key.toString()).isEqualTo("SigningKey[redacted]");
    }

    @Test
    void aKeyWithoutItsIdIsUsage() {
        Verbs.Result result = higuma("generate", "user-token", "--name", "x", "--valid-for", "1h", "--kid", "1");

        assertThat(result.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(result.err()).contains("belong together");
    }

    @Test
    void aDurationThatIsNoneIsUsage() {
        Verbs.Result result = higuma("generate", "user-token", "--name", "x", "--valid-for", "1d");

        assertThat(result.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(result.err()).contains("`1d` is not a duration: expected such as 24h");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ecdsa", "rsa"})
    void aCertificateNamesItsHostsAndIsItsOwnAuthority(String algorithm) throws Exception {
        Path certificate = home.resolve("c.pem");
        Path key = home.resolve("k.pem");

        Verbs.Result result = higuma(
                "generate",
                "tls-certificate",
                "--type",
                "server",
                "--hostname",
                "cp.example.org,127.0.0.1,::1",
                "--key-type",
                algorithm,
                "--cert-file",
                certificate.toString(),
                "--key-file",
                key.toString());

        assertThat(result.exitCode()).as(result.err()).isZero();
        X509Certificate parsed = (X509Certificate) CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(Files.readAllBytes(certificate)));
        parsed.verify(parsed.getPublicKey());
        parsed.checkValidity(Date.from(NOW));
        assertThat(parsed.getSubjectAlternativeNames())
                .extracting(name -> String.valueOf(name.get(1)))
                .containsExactly("cp.example.org", "127.0.0.1", "0:0:0:0:0:0:0:1");
        assertThat(parsed.getBasicConstraints()).isGreaterThanOrEqualTo(0);
        assertThat(parsed.getExtendedKeyUsage()).isEqualTo(List.of("1.3.6.1.5.5.7.3.1"));
        assertThat(parsed.getKeyUsage()).startsWith(true, false, true, false, false, true);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key)))
                .isEqualTo("rw-------");
    }

    private Verbs.Result higuma(String... arguments) {
        return Verbs.run(Map.of(), home, InstantSource.fixed(NOW), "", arguments);
    }

    private static JsonNode decode(String part) {
        return Json.read(new String(Base64.getUrlDecoder().decode(part), StandardCharsets.UTF_8));
    }

    /// With the JDK's own reading of the key, not ours.
    private static boolean verifies(String[] parts, Path keyFile) throws IOException, GeneralSecurityException {
        String pem =
                new String(Base64.getDecoder().decode(Files.readString(keyFile).strip()), StandardCharsets.UTF_8);
        byte[] pkcs1 = Base64.getMimeDecoder().decode(pem.replaceAll("-----.*-----", ""));
        byte[] pkcs8 = Der.sequence(
                Der.integer(BigInteger.ZERO),
                Der.sequence(Der.oid("1.2.840.113549.1.1.1"), Der.nothing()),
                Der.octets(pkcs1));
        RSAPrivateCrtKey key =
                (RSAPrivateCrtKey) KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
        PublicKey publicKey = KeyFactory.getInstance("RSA")
                .generatePublic(new RSAPublicKeySpec(key.getModulus(), key.getPublicExponent()));
        Signature signature = Signature.getInstance("SHA256withRSA");
        signature.initVerify(publicKey);
        signature.update((parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII));
        return signature.verify(Base64.getUrlDecoder().decode(parts[2]));
    }
}
