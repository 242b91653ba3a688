package io.higuma.engine;

import static io.higuma.engine.World.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.higuma.model.core.CoreTypes;
import io.higuma.model.core.DataplaneProxies;
import io.higuma.model.core.MeshServiceSpec;
import io.higuma.model.core.MeshServiceStatus;
import io.higuma.model.wire.ProxyConfig;
import io.higuma.model.wire.TypeUrl;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// What callers and services make of the states of inbounds: Ready, NotReady and Ignored.
class InboundStatesTest extends InAWorld {

    private static final String CART = """
            type: Dataplane
            mesh: default
            name: cart-1
            labels: {kuma.io/workload: cart}
            networking:
              address: 127.0.0.9
              inbound:
                - {port: 8080, protocol: http, state: Ready}
                - {port: 8081, protocol: http, state: NotReady}
                - {port: 8082, protocol: http, state: Ignored}
            """;

    @Test
    void onlyAReadyInboundIsCalledAndAnIgnoredOneIsNotThere() {
        world.apply(CART);
        world.put(World.captured("web-1", "web", "127.0.0.1", null));
        FakeProxy cart = world.connect("cart-1");
        FakeProxy web = world.connect("web-1");

        eventually("web calls the ready one", () -> web.sees("cart_8080", "127.0.0.9"));
        eventually("cart is served", () -> cart.holds().isPresent());
        world.quiet();
        assertThat(endpoints(web))
                .containsExactly("kri_msvc_default_default__cart_8080", "kri_msvc_default_default__cart_8081");
        assertThat(web.sees("cart_8081", "127.0.0.9")).as("it is not ready").isFalse();
        assertThat(inbounds(cart))
                .as("the proxy serves what is not ready, so that it can become ready")
                .containsExactly("self_inbound_dp_8080", "self_inbound_dp_8081");
        assertThat(spec().ports()).extracting(MeshServiceSpec.Port::port).containsExactly(8080, 8081);
        assertThat(counts()).isEqualTo(new DataplaneProxies(1, 1, 1));

        ProxyConfig own = cart.holds().orElseThrow();
        world.apply(CART.replace("state: NotReady", "state: Ready"));
        eventually("web calls both", () -> web.sees("cart_8081", "127.0.0.9"));
        world.quiet();
        assertThat(cart.holds().orElseThrow()).as("its own proxy does not care").isSameAs(own);
    }

    @Test
    void aDataplaneOfWhichNothingIsReadyIsNotHealthyAndItsServiceIsNotAvailable() {
        world.apply(CART.replace("state: Ready", "state: NotReady"));
        world.connect("cart-1");

        eventually(
                "it is counted",
                () -> world.status(CoreTypes.MESH_SERVICE, "cart").isPresent()
                        && counts().equals(new DataplaneProxies(1, 0, 1)));
        assertThat(spec().state()).isEqualTo(MeshServiceSpec.State.UNAVAILABLE);

        world.apply(CART);
        eventually("it is healthy", () -> counts().equals(new DataplaneProxies(1, 1, 1)));
        assertThat(spec().state()).isEqualTo(MeshServiceSpec.State.AVAILABLE);
    }

    private MeshServiceSpec spec() {
        return world.store
                .get(CoreTypes.MESH_SERVICE.key(World.MESH, "cart"))
                .orElseThrow()
                .spec(MeshServiceSpec.class);
    }

    private DataplaneProxies counts() {
        return world.status(CoreTypes.MESH_SERVICE, "cart")
                .map(MeshServiceStatus.class::cast)
                .flatMap(MeshServiceStatus::dataplaneProxies)
                .orElseThrow();
    }

    private static Set<String> endpoints(FakeProxy proxy) {
        Set<String> names = new TreeSet<>(
                proxy.holds().orElseThrow().set(TypeUrl.ENDPOINT).byName().keySet());
        names.removeIf(name -> !name.contains("cart"));
        return names;
    }

    private static List<String> inbounds(FakeProxy proxy) {
        return proxy.holds().orElseThrow().set(TypeUrl.LISTENER).byName().keySet().stream()
                .filter(name -> name.startsWith("self_inbound"))
                .sorted()
                .toList();
    }
}
