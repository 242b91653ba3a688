package io.higuma.engine;

import static io.higuma.engine.World.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.higuma.identity.CertificateAuthority;
import io.higuma.model.core.CoreTypes;
import io.higuma.model.core.MeshIdentityStatus;
import io.higuma.model.core.MeshTrustSpec;
import io.higuma.model.core.SecretSpec;
import io.higuma.model.wire.ResourceSet;
import io.higuma.model.wire.TypeUrl;
import io.higuma.model.wire.WireResource;
import io.higuma.store.Change;
import io.higuma.store.Expectation;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The receipt of a MeshIdentity: certificates are made after it was taken, and it concerns those who get one.
class IdentityReceiptTest extends InAWorld {

    private static final String FOR_CART = """
            type: MeshIdentity
            mesh: default
            name: %s
            spec:
              selector: {dataplane: {matchLabels: {kuma.io/workload: cart}}}
              spiffeID: {path: "%s"}
              provider:
                type: Bundled
                bundled: {insecureAllowSelfSigned: true, autogenerate: {enabled: true}}
            """;

    private static final String FROM_SECRETS = """
            type: MeshIdentity
            mesh: default
            name: %1$s
            spec:
              selector: {dataplane: {matchLabels: {kuma.io/workload: %2$s}}}
              provider:
                type: Bundled
                bundled:
                  ca:
                    certificate: {type: Secret, secretRef: {kind: Secret, name: %1$s-cert}}
                    privateKey: {type: Secret, secretRef: {kind: Secret, name: %1$s-key}}
            """;
    private static final String WAITS =
            "MeshIdentity default/broken: waits for its certificate and keeps what it runs until then: ";

    @Test
    void itConcernsThoseWhoGetACertificateAndIsCompleteWhenTheyRunIt() {
        // Given two instances of cart, of which one is slow to answer, and one of shop
        server("cart-1", "cart");
        server("cart-2", "cart", "127.0.0.8");
        server("shop-1", "shop", "127.0.0.7");
        world.connect("cart-1");
        FakeProxy slow = world.connect("cart-2", false, Map.of());
        world.connect("shop-1");
        eventually("it is served", () -> slow.offers() > 0);
        slow.holds().ifPresent(slow::acknowledge);
        world.quiet();

        // When cart gets an identity
        long revision = world.apply(FOR_CART.formatted("first", "/cart"));

        // Then both are concerned, and it is said who lacks the certificate
        eventually("the certificate is offered", () -> isCertified(slow));
        eventually("one has it", () -> receipt(revision).running() == 1);
        assertThat(receipt(revision).concerned()).isEqualTo(2);
        assertThat(receipt(revision).missing()).containsExactly("default/cart-2");

        // When an answer comes that is older than the certificate, it does not count
        slow.acknowledge(slow.offered().getFirst());
        world.engine.proxies();
        assertThat(receipt(revision).running()).isEqualTo(1);

        slow.holds().ifPresent(slow::acknowledge);
        eventually("it is complete", () -> receipt(revision).complete());
        assertThat(receipt(revision).counts()).isEqualTo(new Receipt.Counts(2, 2, 0, 0));
    }

    @Test
    void anotherPathConcernsThemAgainAndWhatChangesNoCertificateConcernsNobody() {
        server("cart-1", "cart");
        FakeProxy cart = world.connect("cart-1");
        world.apply(FOR_CART.formatted("first", "/cart"));
        eventually("it is certified", () -> isCertified(cart));
        world.quiet();

        long path = world.apply(FOR_CART.formatted("first", "/other"));

        eventually("it is complete", () -> receipt(path).running() == 1);
        assertThat(receipt(path).counts()).isEqualTo(new Receipt.Counts(1, 1, 0, 0));
        world.quiet();

        long life = world.apply(FOR_CART.formatted("first", "/other")
                .replace("autogenerate:", "certificateParameters: {expiry: 48h}, autogenerate:"));

        eventually("it is taken", () -> world.engine.receipt(life).isPresent());
        assertThat(receipt(life).concerned()).isZero();
    }

    @Test
    void anotherAuthorityInASecretConcernsThoseWhoseCertificateIsMadeAnew() {
        // Given cart with a certificate, by an authority that is read from Secrets, and shop without
        server("cart-1", "cart");
        server("shop-1", "shop", "127.0.0.7");
        FakeProxy cart = world.connect("cart-1");
        FakeProxy shop = world.connect("shop-1");
        world.apply(FROM_SECRETS.formatted("first", "cart"));
        authority("first");
        eventually("it is certified", () -> isCertified(cart));
        world.quiet();
        ResourceSet before = cart.holds().orElseThrow().set(TypeUrl.SECRET);
        int offers = shop.offers();

        // When the authority is another one
        long revision = authority("first");

        // Then its receipt counts cart, until it runs what the new authority issued
        eventually("it is complete", () -> receipt(revision).running() == 1);
        assertThat(receipt(revision).counts()).isEqualTo(new Receipt.Counts(1, 1, 0, 0));
        assertThat(moved(cart, before)).hasSize(2);
        assertThat(shop.offers()).isEqualTo(offers);
        world.quiet();

        // And a Secret that no identity names concerns nobody
        long compilations = world.engine.compilations();
        int all = cart.offers();
        long unrelated = secret("somebody's", "else");
        assertThat(receipt(unrelated).concerned()).isZero();
        world.quiet();
        assertThat(world.engine.compilations()).isEqualTo(compilations);
        assertThat(cart.offers()).isEqualTo(all);
    }

    @Test
    void withoutAuthorityItIsRefusedWithTheReasonAndMovesOnWhenTheAuthorityComes() {
        server("cart-1", "cart");
        server("shop-1", "shop", "127.0.0.7");
        FakeProxy cart = world.connect("cart-1");
        FakeProxy shop = world.connect("shop-1");
        world.apply(FOR_CART.replace("cart", "shop").formatted("whole", "/shop"));
        eventually("shop is certified", () -> isCertified(shop));
        world.quiet();

        // When cart gets an identity whose Secrets nobody wrote
        long revision = world.apply(FROM_SECRETS.formatted("broken", "cart"));

        // Then it is said why, in the words of its status, on the receipt and on the proxy
        eventually("it is refused", () -> receipt(revision).counts().refused() == 1);
        assertThat(receipt(revision).counts()).isEqualTo(new Receipt.Counts(1, 0, 1, 0));
        assertThat(receipt(revision).refused())
                .containsExactly(new Receipt.Refused("default/cart-1", WAITS + status("broken")));
        assertThat(status("broken")).contains("cannot be read");
        assertThat(world.engine.troubles()).singleElement().satisfies(trouble -> {
            assertThat(trouble.origin()).isEqualTo("MeshIdentity default/broken");
            assertThat(trouble.proxies()).containsExactly("default/cart-1");
        });

        // And another identity, for others, has nothing to do with it
        long other = world.apply(FOR_CART.replace("cart", "shop").formatted("whole", "/other"));
        eventually("it is complete", () -> receipt(other).running() == 1);
        assertThat(receipt(other).counts()).isEqualTo(new Receipt.Counts(1, 1, 0, 0));

        // When the proxy comes back, it is no nearer to a certificate
        cart.close();
        eventually("it is away", () -> receipt(revision).counts().away() == 1);
        FakeProxy back = world.connect("cart-1");
        eventually("it is served", () -> back.offers() > 0);
        eventually("it is refused again", () -> receipt(revision).counts().refused() == 1);

        // When the authority comes, both writes are run
        long arrived = authority("broken");
        eventually("it is complete", () -> receipt(revision).complete());
        eventually("the Secrets are too", () -> receipt(arrived).running() == 1);
        assertThat(isCertified(back)).isTrue();
        assertThat(world.engine.troubles()).isEmpty();
    }

    @Test
    void anAuthorityThatCannotBeUsedIsRefusedByThoseWhoKeepTheirCertificate() {
        server("cart-1", "cart");
        FakeProxy cart = world.connect("cart-1");
        world.apply(FROM_SECRETS.formatted("first", "cart"));
        authority("first");
        eventually("it is certified", () -> isCertified(cart));
        world.quiet();
        ResourceSet before = cart.holds().orElseThrow().set(TypeUrl.SECRET);

        long revision = secret("first-cert", "no certificate");

        eventually("it is refused", () -> receipt(revision).counts().refused() == 1);
        assertThat(receipt(revision).refused())
                .singleElement()
                .satisfies(refused -> assertThat(refused.message()).contains("not a certificate in PEM"));
        assertThat(moved(cart, before)).isEmpty();
        long again = authority("first");
        eventually("it is complete", () -> receipt(again).running() == 1);
        assertThat(receipt(revision).complete()).isTrue();
    }

    @Test
    void anAuthorityThatNobodyIsToldToTrustIssuesWhenItsMeshTrustIsWritten() {
        server("cart-1", "cart");
        FakeProxy cart = world.connect("cart-1");
        authority("first");
        long revision = world.apply(FROM_SECRETS
                .formatted("first", "cart")
                .replace("      ca:", "      meshTrustCreation: Disabled\n      ca:"));
        eventually("it is refused", () -> receipt(revision).counts().refused() == 1);
        assertThat(receipt(revision).refused())
                .singleElement()
                .satisfies(refused -> assertThat(refused.message()).contains("no MeshTrust holds the root"));

        world.put(
                CoreTypes.MESH_TRUST,
                "by-hand",
                Map.of(),
                new MeshTrustSpec(
                        List.of(new MeshTrustSpec.CaBundle(
                                MeshTrustSpec.BundleType.PEM, Optional.of(new MeshTrustSpec.Pem(text("first-cert"))))),
                        "default.default.mesh.local"));

        eventually("it is complete", () -> receipt(revision).complete());
        assertThat(isCertified(cart)).isTrue();
    }

    @Test
    void whoIsToGetNoneAfterAllIsWaitedForNoMore() {
        // Given an identity for which nothing can be issued
        server("cart-1", "cart");
        FakeProxy cart = world.connect("cart-1");
        eventually("it is served", () -> cart.offers() > 0);
        world.quiet();
        long revision = world.apply(WITHOUT_AUTHORITY.formatted("broken", "cart"));
        eventually("it waits", () -> receipt(revision).missing().contains("default/cart-1"));
        eventually("it is refused", () -> receipt(revision).counts().refused() == 1);
        assertThat(receipt(revision).running()).isZero();

        // When the proxy comes back, and the identity is removed
        cart.close();
        eventually("it is away", () -> receipt(revision).counts().away() == 1);
        world.apply(WITHOUT_AUTHORITY.formatted("broken-too", "cart"));
        FakeProxy back = world.connect("cart-1");
        eventually("it is served again", () -> back.offers() > 0);
        long again = world.apply(WITHOUT_AUTHORITY.formatted("a-broken-one", "cart"));
        eventually("it waits again", () -> receipt(again).missing().contains("default/cart-1"));
        for (String name : new String[] {"broken", "broken-too", "a-broken-one"}) {
            world.delete(CoreTypes.MESH_IDENTITY.key(World.MESH, name));
        }

        // Then nobody is waited for
        eventually("it is complete", () -> receipt(again).complete());
        assertThat(receipt(revision).complete()).isTrue();
    }

    /// Writes another authority of its own into the Secrets of an identity.
    private long authority(String identity) {
        CertificateAuthority made =
                CertificateAuthority.generate("default.default.mesh.local", world.clock.get(), new SecureRandom());
        return world.store
                .commit(
                        Stream.of(
                                        World.secret(identity + "-cert", made.certificatePem()),
                                        World.secret(identity + "-key", made.keyPem()))
                                .<Change>map(secret -> new Change.Put(secret, Expectation.ANYTHING))
                                .toList(),
                        "test")
                .revision();
    }

    private long secret(String name, String text) {
        return world.put(World.secret(name, text));
    }

    private String text(String secret) {
        return world.store
                .get(CoreTypes.SECRET.key(World.MESH, secret))
                .map(found -> new String(found.spec(SecretSpec.class).data().array(), StandardCharsets.UTF_8))
                .orElseThrow();
    }

    /// What the status of an identity says.
    private String status(String identity) {
        return world.store
                .get(CoreTypes.MESH_IDENTITY.key(World.MESH, identity))
                .flatMap(found -> found.status(MeshIdentityStatus.class))
                .map(status -> status.conditions().getFirst().message())
                .orElse("");
    }

    /// Names of the secrets of a proxy that are not as they were.
    private static List<String> moved(FakeProxy proxy, ResourceSet before) {
        return proxy.holds().orElseThrow().set(TypeUrl.SECRET).resources().stream()
                .filter(secret -> !secret.equals(before.get(secret.name())))
                .map(WireResource::name)
                .toList();
    }

    private Receipt receipt(long revision) {
        eventually("it is taken", () -> world.engine.receipt(revision).isPresent());
        return world.engine.receipt(revision).orElseThrow();
    }

    private static boolean isCertified(FakeProxy proxy) {
        return proxy.holds()
                .filter(config -> config.set(TypeUrl.SECRET).size() > 0)
                .isPresent();
    }
}
