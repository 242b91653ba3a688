package io.higuma.e2e;

import static io.higuma.testkit.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.higuma.identity.CertificateAuthority;
import io.higuma.testkit.envoy.EnvoyProcess;
import io.higuma.testkit.net.Load;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.ObjectMapper;

/// Certificates change under a steady load of 300 requests a second, and no request notices.
class CertificatesTest {

    private static final int PER_SECOND = 300;
    private static final Duration LIFE = Duration.ofSeconds(15);
    /// A certificate begins this long before it is issued, for clocks that are behind.
    private static final Duration BACKDATED = Duration.ofMinutes(5);
    /// How late a busy machine may see it.
    private static final Duration SLACK = Duration.ofSeconds(10);

    @TempDir
    private Path folder;

    /// Contract 9.1 and 1.6: the identity that selects by more labels wins, so a second MeshIdentity takes over; its
    /// MeshTrust stands beside the first one's until that is deleted.
    @Test
    void aSecondIdentityWithAGeneratedAuthorityTakesOver() throws Exception {
        try (TestMesh mesh = TestMesh.start(folder)) {
            Shop shop = running(mesh, TestMesh.IDENTITY);
            X509Certificate oldRoot = root(mesh, "identity");
            assertThat(isIssuedBy(shop.cartProxy, oldRoot)).isTrue();
            try (Load load = steady(shop)) {
                mesh.apply(TestMesh.IDENTITY
                        .replace("name: identity", "name: next")
                        .replace("{matchLabels: {}}", "{matchLabels: {kuma.io/mesh: default}}"));

                X509Certificate newRoot = eventually("there is a new root", () -> root(mesh, "next"), root -> true);
                eventually(
                        "both Envoys have certificates of the new authority",
                        () -> isIssuedBy(shop.cartProxy, newRoot) && isIssuedBy(shop.webProxy, newRoot));
                assertThat(shop.webProxy.roots()).as("both are trusted").contains(oldRoot, newRoot);
                assertThat(shop.cartProxy.roots()).as("both are trusted").contains(oldRoot, newRoot);
                goesOn(load);

                mesh.delete("/meshes/default/meshidentities/identity");
                mesh.delete("/meshes/default/meshtrusts/identity");
                eventually(
                        "the old root is trusted no more",
                        () -> shop.cartProxy.roots().equals(Set.of(newRoot))
                                && shop.webProxy.roots().equals(Set.of(newRoot)));
                goesOn(load);
                nothingLost(load);
            }
        }
    }

    @Test
    void aProvidedAuthorityIsReplacedByAnother() throws Exception {
        try (TestMesh mesh = TestMesh.start(folder)) {
            CertificateAuthority first = authority();
            CertificateAuthority second = authority();
            Shop shop = running(mesh, provided(first));
            assertThat(isIssuedBy(shop.cartProxy, certificate(first.certificatePem())))
                    .isTrue();
            try (Load load = steady(shop)) {
                mesh.apply(provided(second));

                X509Certificate newRoot = certificate(second.certificatePem());
                eventually(
                        "both Envoys have certificates of the second authority",
                        () -> isIssuedBy(shop.cartProxy, newRoot) && isIssuedBy(shop.webProxy, newRoot));
                assertThat(shop.cartProxy.roots())
                        .as("both are trusted")
                        .containsExactlyInAnyOrder(certificate(first.certificatePem()), newRoot);
                goesOn(load);
                nothingLost(load);
            }
        }
    }

    @Test
    void certificatesAreRenewedAtTwoThirdsOfTheirLife() throws Exception {
        try (TestMesh mesh = TestMesh.start(folder)) {
            Shop shop = running(
                    mesh,
                    TestMesh.IDENTITY.replace(
                            "bundled: {", "bundled: {certificateParameters: {expiry: " + LIFE.toSeconds() + "s}, "));
            X509Certificate first = shop.cartProxy.certificate();
            try (Load load = steady(shop)) {
                X509Certificate renewed = eventually(
                        "cart has another certificate", shop.cartProxy::certificate, now -> !now.equals(first));

                Duration age = Duration.between(issued(first), Instant.now().minus(SLACK));
                assertThat(renewed.getNotAfter()).isAfter(first.getNotAfter());
                assertThat(issued(renewed))
                        .as("issued after half of the first one's life, and before its end")
                        .isBetween(
                                issued(first).plus(LIFE.dividedBy(2)),
                                first.getNotAfter().toInstant());
                assertThat(age).isLessThan(LIFE);
                // Whoever comes after the first certificate's end shakes hands with the second
                eventually(
                        "the first certificate is over",
                        () -> Instant.now().isAfter(first.getNotAfter().toInstant()));
                mesh.apply(Shop.allow("late-to-cart", "late"));
                String address = TestMesh.nextAddress();
                int port = EnvoyProcess.freePort(address).getPort();
                shop.caller("late-1", "late", address, port);
                eventually(
                        "a newcomer is served",
                        () -> Http.get("http://" + address + ":" + port + "/")
                                .body()
                                .contains("/workload/late"));
                goesOn(load);
                nothingLost(load);
            }
        }
    }

    /// A shop whose traffic is mutual TLS.
    private static Shop running(TestMesh mesh, String identity) {
        mesh.apply(identity);
        mesh.apply(Shop.allow("web-to-cart", "web"));
        Shop shop = new Shop(mesh);
        shop.awaitStrict();
        return shop;
    }

    private static Load steady(Shop shop) {
        Load load = Load.start(URI.create(shop.url()), PER_SECOND);
        eventually("the load runs", () -> load.soFar().sent() > PER_SECOND);
        return load;
    }

    private static void goesOn(Load load) {
        int sent = load.soFar().sent();
        eventually("the load goes on", () -> load.soFar().sent() > sent + PER_SECOND);
    }

    private static void nothingLost(Load load) {
        Load.Result result = load.stop();
        assertThat(result.failed()).as("%s", result).isZero();
    }

    private static CertificateAuthority authority() {
        return CertificateAuthority.generate("default.default.mesh.local", Instant.now(), new SecureRandom());
    }

    private static String provided(CertificateAuthority authority) {
        return """
                type: MeshIdentity
                mesh: default
                name: identity
                spec:
                  selector: {dataplane: {matchLabels: {}}}
                  provider:
                    type: Bundled
                    bundled:
                      ca:
                        certificate: {type: InsecureInline, insecureInline: {value: "%s"}}
                        privateKey: {type: InsecureInline, insecureInline: {value: "%s"}}
                """.formatted(oneLine(authority.certificatePem()), oneLine(authority.keyPem()));
    }

    private static String oneLine(String pem) {
        return pem.replace("\n", "\\n");
    }

    /// The newest root in the MeshTrust of this name.
    private static X509Certificate root(TestMesh mesh, String trust) throws CertificateException {
        String pem = new ObjectMapper()
                .readTree(mesh.get("/meshes/default/meshtrusts/" + trust))
                .at("/spec/caBundles/0/pem/value")
                .asString("");
        return certificate(pem);
    }

    static X509Certificate certificate(String pem) throws CertificateException {
        return (X509Certificate) CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)));
    }

    private static Instant issued(X509Certificate certificate) {
        return certificate.getNotBefore().toInstant().plus(BACKDATED);
    }

    static boolean isIssuedBy(Proxy proxy, X509Certificate root) {
        try {
            proxy.certificate().verify(root.getPublicKey());
            return true;
        } catch (GeneralSecurityException e) {
            return false;
        }
    }
}
