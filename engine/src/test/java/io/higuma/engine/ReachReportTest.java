package io.higuma.engine;

import static io.higuma.engine.World.backend;
import static io.higuma.engine.World.captured;
import static io.higuma.engine.World.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.higuma.engine.ReachReport.Told;
import io.higuma.engine.ReachReport.Verdict;
import io.higuma.model.core.DataplaneSpec.ReachableBackend;
import io.higuma.model.wire.Bytes;
import io.higuma.model.wire.ProxyConfig;
import io.higuma.model.wire.TypeUrl;
import io.higuma.model.wire.WireResource;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// How much a proxy is told, who of it denies it, and what `reachableBackends` would save.
class ReachReportTest extends InAWorld {

    private static final String SHOP_ONLY = """
            type: MeshTrafficPermission
            mesh: default
            name: shop
            spec:
              targetRef: {kind: Dataplane, labels: {kuma.io/workload: shop}}
              rules:
                - default:
                    allow: [{spiffeID: {type: Exact, value: "spiffe://default.default.mesh.local/workload/web"}}]
            """;

    @Test
    void withPermissionsItSaysWhoDeniesAndWhatLimitingToTheOthersLeaves() {
        world.apply(SHOP_ONLY);
        world.identity();
        for (String service : List.of("cart", "shop", "bank")) {
            server(service + "-1", service);
            world.connect(service + "-1");
        }
        server("shop-2", "shop", "127.0.0.8");
        world.put(captured("web-1", "web", "127.0.0.1", null));
        FakeProxy web = world.connect("web-1");
        eventually(
                "all are called with mutual TLS",
                () -> Stream.of("cart", "shop", "bank", "web").allMatch(world::tlsReady));
        world.quiet();

        ReachReport report = report(List.of());

        assertThat(verdicts(report))
                .isEqualTo(Map.of(
                        "cart",
                        Verdict.DENIED,
                        "bank",
                        Verdict.DENIED,
                        "web",
                        Verdict.DENIED,
                        "shop",
                        Verdict.ALLOWED));
        assertThat(report.redirected() && report.connected() && report.identified())
                .isTrue();
        assertThat(report.now().services()).isEqualTo(4);
        assertThat(report.now().endpoints()).isEqualTo(5);
        assertThat(report.now().bytes())
                .as("as it was offered")
                .isEqualTo(bytes(web.holds().orElseThrow()));
        assertThat(report.refs()).containsExactly(backend("shop"));

        world.put(captured("web-1", "web", "127.0.0.1", report.refs()));
        eventually("web is told of shop only", () -> !web.sees("cart", "127.0.0.9") && web.sees("shop", "127.0.0.8"));
        world.quiet();
        ReachReport after = report(List.of());
        assertThat(after.now()).as("what was promised").isEqualTo(report.then());
        assertThat(after.now().services()).isEqualTo(1);
        assertThat(after.now().endpoints()).isEqualTo(2);
        assertThat(bytes(web.holds().orElseThrow())).isEqualTo(report.then().bytes());
    }

    @Test
    void withoutIdentitiesNothingDeniesAndWhatIsAskedForIsTried() {
        server("cart-1", "cart");
        server("shop-1", "shop");
        world.put(captured("web-1", "web", "127.0.0.1", null));
        FakeProxy web = world.connect("web-1");
        eventually("web sees both", () -> web.sees("cart", "127.0.0.9") && web.sees("shop", "127.0.0.9"));
        world.quiet();
        int offers = web.offers();

        ReachReport report = report(List.of(backend("cart")));

        assertThat(verdicts(report).values()).containsOnly(Verdict.OPEN);
        assertThat(report.identified()).isFalse();
        assertThat(report.then().services()).isEqualTo(1);
        assertThat(report.then().bytes()).isLessThan(report.now().bytes());
        Told everything = report(List.of()).then();
        assertThat(everything).as("nothing is left out").isEqualTo(report.now());
        world.quiet();
        assertThat(web.offers()).as("asking changes nothing").isEqualTo(offers);
    }

    @Test
    void aServiceWhoseRequestsARouteLeadsElsewhereIsKept() {
        server("cart-1", "cart");
        world.apply(RoutedTest.FRONT);
        world.apply(RoutedTest.route("MeshService", "cart", 1));
        world.put(captured("web-1", "web", "127.0.0.1", null));
        FakeProxy web = world.connect("web-1");
        eventually("web sees cart", () -> web.sees("cart", "127.0.0.9"));
        world.quiet();

        assertThat(verdicts(report(List.of()))).containsEntry("front", Verdict.ROUTED);
    }

    private ReachReport report(List<ReachableBackend> asked) {
        return world.engine.reach(World.key("web-1"), asked).orElseThrow();
    }

    private static Map<String, Verdict> verdicts(ReachReport report) {
        return report.services().stream()
                .collect(Collectors.toMap(each -> each.service().name(), ReachReport.Called::verdict));
    }

    private static long bytes(ProxyConfig config) {
        return Stream.of(TypeUrl.CLUSTER, TypeUrl.ENDPOINT, TypeUrl.LISTENER, TypeUrl.ROUTE)
                .flatMap(type -> config.set(type).resources().stream())
                .map(WireResource::bytes)
                .mapToLong(Bytes::size)
                .sum();
    }
}
