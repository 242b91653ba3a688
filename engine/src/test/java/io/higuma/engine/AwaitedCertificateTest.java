package io.higuma.engine;

import static io.higuma.engine.World.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.higuma.model.core.CoreTypes;
import io.higuma.model.core.DataplaneSpec.InboundState;
import java.util.List;
import org.junit.jupiter.api.Test;

/// While the certificate of a proxy is on its way, nobody is called in plaintext who wants mutual TLS.
class AwaitedCertificateTest extends InAWorld {

    private static final String CART = "kri_msvc_default_default__cart_8080";
    private static final String SHOP = "kri_msvc_default_default__shop_8080";
    private static final String FRONT = "kri_msvc_default_default__front_80";

    @Test
    void aProxyThatOnlyItsRouteLeadsToMutualTlsGetsItsFirstConfigurationWithItsCertificate() {
        routedToCart();
        world.random.hold();

        FakeProxy web = web();
        eventually("it is said that web waits", () -> isReported("it is being issued"));
        assertThat(web.offers()).isZero();
        world.random.release();

        eventually("web calls cart", () -> isCalled(web, CART));
        assertThat(neverInPlaintext(web, CART)).isTrue();
    }

    @Test
    void aRouteToMutualTlsWaitsForTheCertificateOfAProxyThatRunsAlready() {
        world.serveWithIdentity("cart-1", "cart");
        world.apply(RoutedTest.FRONT);
        server("shop-1", "shop");
        world.random.hold();
        FakeProxy web = web();
        eventually("web runs without an identity", () -> isCalled(web, FRONT) && isCalled(web, SHOP));

        long revision = world.apply(RoutedTest.route("MeshService", "cart", 1));

        eventually(
                "web was told, or it is said that it waits",
                () -> isCalled(web, CART) || isReported("it is being issued"));
        assertThat(isCalled(web, CART)).as("before it can").isFalse();
        assertThat(world.engine.receipt(revision).orElseThrow().refused())
                .singleElement()
                .satisfies(refused -> assertThat(refused.message()).contains("waits for its certificate"));
        server("shop-2", "shop", "127.0.0.7");
        eventually("new instances are told meanwhile", () -> web.sees("shop", "127.0.0.7"));

        world.random.release();

        eventually("web calls cart", () -> isCalled(web, CART));
        assertThat(neverInPlaintext(web, CART)).isTrue();
        eventually("nothing is wrong any more", () -> world.engine.troubles().isEmpty());
        eventually(
                "the receipt is complete",
                () -> world.engine.receipt(revision).orElseThrow().complete());
    }

    @Test
    void anAuthorityThatIsMissingIsReportedAndAnotherIdentityEndsTheWait() {
        world.serveWithIdentity("cart-1", "cart");
        world.apply(RoutedTest.FRONT);
        world.apply(WITHOUT_AUTHORITY.formatted("broken", "web"));
        FakeProxy web = web();
        eventually("web runs without an identity", () -> isCalled(web, FRONT));

        world.apply(RoutedTest.route("MeshService", "cart", 1));
        eventually("it is reported", () -> isReported("the certificate or the private key cannot be read"));
        assertThat(world.engine.troubles())
                .singleElement()
                .satisfies(trouble -> assertThat(trouble.origin()).isEqualTo("MeshIdentity default/broken"));
        world.delete(CoreTypes.MESH_IDENTITY.key(World.MESH, "broken"));

        eventually("web calls cart", () -> isCalled(web, CART));
        assertThat(neverInPlaintext(web, CART)).isTrue();
    }

    @Test
    void whoShallHaveNoIdentityAnyMoreWaitsForNone() {
        routedToCart();
        world.random.hold();
        FakeProxy web = web();
        eventually("it is said that web waits", () -> isReported("it is being issued"));

        world.apply("""
                type: MeshIdentity
                mesh: default
                name: identity
                spec:
                  selector: {dataplane: {matchLabels: {kuma.io/workload: cart}}}
                  provider:
                    type: Bundled
                    bundled: {insecureAllowSelfSigned: true, autogenerate: {enabled: true}}
                """);

        eventually("web is served", () -> web.offers() > 0);
        eventually("nothing is wrong any more", () -> world.engine.troubles().isEmpty());
    }

    /// Given a service with mutual TLS that only a route leads to.
    private void routedToCart() {
        world.serveWithIdentity("cart-1", "cart");
        world.apply(RoutedTest.FRONT);
        world.apply(RoutedTest.route("MeshService", "cart", 1));
    }

    private FakeProxy web() {
        world.put(World.dataplane("web-1", "web", "127.0.0.1", List.of("front", "shop"), InboundState.READY));
        return world.connect("web-1");
    }

    private boolean isReported(String words) {
        return world.engine.troubles().stream()
                .anyMatch(trouble -> trouble.proxies().contains("default/web-1")
                        && trouble.message().contains("waits for its certificate")
                        && trouble.message().contains(words));
    }

    private static boolean isCalled(FakeProxy proxy, String cluster) {
        return proxy.holds().flatMap(config -> cluster(config, cluster)).isPresent();
    }
}
