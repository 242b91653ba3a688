package io.higuma.engine;

import static io.higuma.engine.World.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.higuma.model.core.CoreTypes;
import io.higuma.model.wire.TypeUrl;
import java.util.Map;
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
    void whoIsToGetNoneAfterAllIsWaitedForNoMore() {
        // Given an identity for which nothing can be issued
        server("cart-1", "cart");
        FakeProxy cart = world.connect("cart-1");
        eventually("it is served", () -> cart.offers() > 0);
        world.quiet();
        long revision = world.apply(WITHOUT_AUTHORITY.formatted("broken", "cart"));
        eventually("it waits", () -> receipt(revision).missing().contains("default/cart-1"));
        world.quiet();
        assertThat(receipt(revision).answered()).isFalse();

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
