package io.higuma.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.higuma.cli.Verbs;
import io.higuma.identity.CertificateAuthority;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// An authority that is read from Secrets, as `higuma apply --wait` tells of it.
class AuthorityInSecretsTest {

    private static final String IDENTITY = """
            type: MeshIdentity
            mesh: default
            name: identity
            spec:
              selector: {dataplane: {matchLabels: {}}}
              provider:
                type: Bundled
                bundled:
                  ca:
                    certificate: {type: Secret, secretRef: {kind: Secret, name: ca-certificate}}
                    privateKey: {type: Secret, secretRef: {kind: Secret, name: ca-key}}
            """;

    @TempDir
    private Path folder;

    @Test
    void itIsSaidThatNoneCanIssueAndThatEachNewOneHas() throws Exception {
        try (TestMesh mesh = TestMesh.start(folder)) {
            Proxy cart = mesh.sidecar(
                    "default",
                    "cart-1",
                    "cart",
                    "{address: " + TestMesh.nextAddress() + ", inbound: [{port: 8080, protocol: http}]}");

            // When an identity names Secrets that nobody wrote
            Verbs.Result refused = apply(mesh, IDENTITY);

            // Then it is refused, with the reason
            assertThat(refused.exitCode()).as(refused.out() + refused.err()).isEqualTo(6);
            assertThat(refused.err()).contains("default/cart-1", "the certificate or the private key cannot be read");

            // When they are written, and when others are
            for (int i = 0; i < 2; i++) {
                CertificateAuthority authority =
                        CertificateAuthority.generate("default.default.mesh.local", Instant.now(), new SecureRandom());
                Verbs.Result done = apply(
                        mesh,
                        secret("ca-certificate", authority.certificatePem()) + "---\n"
                                + secret("ca-key", authority.keyPem()));

                // Then the command ends when the proxy runs what the authority issued
                assertThat(done.exitCode()).as(done.out() + done.err()).isZero();
                assertThat(done.out()).contains("1/1 proxies run");
                assertThat(CertificatesTest.isIssuedBy(cart, CertificatesTest.certificate(authority.certificatePem())))
                        .isTrue();
            }
        }
    }

    private Verbs.Result apply(TestMesh mesh, String yaml) throws IOException {
        Path file = Files.writeString(folder.resolve("apply.yaml"), yaml);
        return Verbs.run(
                Map.of("HIGUMA_API_ADDRESS", "http://127.0.0.1:" + mesh.plane().api()),
                folder,
                InstantSource.system(),
                "",
                "apply",
                "-f",
                file.toString(),
                "--wait=60s");
    }

    private static String secret(String name, String text) {
        return "type: Secret\nmesh: default\nname: " + name + "\ndata: "
                + Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8)) + "\n";
    }
}
