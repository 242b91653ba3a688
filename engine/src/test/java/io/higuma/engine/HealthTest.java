package io.higuma.engine;

import static io.higuma.engine.World.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.higuma.model.core.CoreTypes;
import io.higuma.model.core.DataplaneSpec.InboundState;
import io.higuma.model.core.MeshServiceStatus;
import io.higuma.model.wire.ProxyConfig;
import io.higuma.model.wire.TypeUrl;
import io.higuma.xds.HealthSource;
import io.higuma.xds.HealthSource.Probe;
import io.higuma.xds.Node;
import io.higuma.xds.Refusal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Inbounds with a `serviceProbe` are announced while their workload answers.
class HealthTest extends InAWorld {

    private static final String CART = """
            type: Dataplane
            mesh: default
            name: cart-1
            labels: {kuma.io/workload: cart}
            networking:
              address: 127.0.0.9
              inbound:
                - {port: 8080, servicePort: 9090, protocol: http, serviceProbe: {interval: 3s, timeout: 1s, unhealthyThreshold: 2, healthyThreshold: 4, tcp: {}}}
            """;
    private static final Map<String, Object> TOLD = Map.of("dataplane.healthDiscovery", "true");

    private FakeProxy web;

    @BeforeEach
    void someoneCallsCart() {
        world.put(World.dataplane("web-1", "web", "127.0.0.1", List.of("cart"), InboundState.READY));
        world.apply(CART);
        web = world.connect("web-1");
    }

    @Test
    void oneIsAnnouncedOnceItIsReportedHealthyAndMovesOneAssignment() {
        FakeProxy cart = world.connect("cart-1", true, TOLD);
        eventually(
                "web knows cart",
                () -> web.holds()
                        .map(config -> config.set(TypeUrl.ENDPOINT).get("kri_msvc_default_default__cart_8080"))
                        .isPresent());
        eventually("cart is served", () -> cart.offers() > 0);
        world.quiet();
        assertThat(web.sees("cart", "127.0.0.9"))
                .as("nobody said that it is well")
                .isFalse();

        Reporter reporter = new Reporter("cart-1");
        eventually("it is told what to probe", () -> !reporter.probes.isEmpty());
        assertThat(reporter.probes)
                .containsExactly(new Probe(
                        "localhost:9090", "127.0.0.1", 9090, Duration.ofSeconds(3), Duration.ofSeconds(1), 4, 2, ""));
        reporter.session.reported(Map.of("localhost:9090", true));
        eventually("it is announced", () -> web.sees("cart", "127.0.0.9"));
        eventually("it counts", () -> healthy() == 1);
        world.quiet();

        ProxyConfig before = web.holds().orElseThrow();
        long plans = world.engine.compilations();
        reporter.session.reported(Map.of("localhost:9090", false));
        eventually("it is withdrawn", () -> !web.sees("cart", "127.0.0.9"));
        eventually("it does not count", () -> healthy() == 0);
        world.quiet();
        assertThat(world.engine.compilations()).as("nobody is compiled").isEqualTo(plans);
        assertThat(moved(before, web.holds().orElseThrow()))
                .containsExactly("ENDPOINT kri_msvc_default_default__cart_8080");

        int offers = web.offers();
        reporter.session.reported(Map.of("localhost:9090", false));
        world.quiet();
        assertThat(web.offers()).as("an equal report is silent").isEqualTo(offers);

        reporter.session.closed();
        reporter.session.reported(Map.of("localhost:9090", true));
        world.quiet();
        assertThat(web.sees("cart", "127.0.0.9")).isFalse();
    }

    @Test
    void aProxyThatWasNotToldToReportIsAnnouncedAtOnce() {
        world.connect("cart-1", true, Map.of());

        eventually("it is announced", () -> web.sees("cart", "127.0.0.9"));
    }

    @Test
    void aChangedProbeIsToldAndAStreamOfNobodyIsRefused() {
        world.connect("cart-1", true, TOLD);
        Reporter reporter = new Reporter("cart-1");
        eventually("it is told what to probe", () -> !reporter.probes.isEmpty());

        world.apply(CART.replace("servicePort: 9090", "servicePort: 9191"));
        eventually("it probes another port", () -> reporter.probes.getFirst().port() == 9191);

        world.apply(CART.replace(
                ", serviceProbe: {interval: 3s, timeout: 1s, unhealthyThreshold: 2, healthyThreshold: 4, tcp: {}}",
                ""));
        eventually("it probes nothing", () -> reporter.probes.isEmpty());
        eventually("it is announced", () -> web.sees("cart", "127.0.0.9"));

        Reporter second = new Reporter("cart-1");
        eventually("the newer stream wins", () -> reporter.refusal.isPresent());
        assertThat(second.refusal).isEmpty();
    }

    @Test
    void aProbeMayComeLaterAndTakesNobodyAwayBeforeItWasAnswered() {
        String bare = CART.replaceAll(", serviceProbe: .*?tcp: \\{}}", "");
        world.apply(bare);
        world.connect("cart-1", true, TOLD);
        Reporter reporter = new Reporter("cart-1");
        eventually("it is announced", () -> web.sees("cart", "127.0.0.9"));
        world.quiet();
        assertThat(reporter.probes).as("there is nothing to probe").isEmpty();

        world.apply(CART);
        eventually("it is told what to probe", () -> reporter.probes.size() == 1);
        world.quiet();
        assertThat(web.sees("cart", "127.0.0.9"))
                .as("nobody said that it is ill")
                .isTrue();

        reporter.session.reported(Map.of("localhost:9090", false));
        eventually("it is withdrawn", () -> !web.sees("cart", "127.0.0.9"));
        reporter.session.reported(Map.of("localhost:9090", true));
        eventually("it is announced again", () -> web.sees("cart", "127.0.0.9"));
    }

    private int healthy() {
        return world.status(CoreTypes.MESH_SERVICE, "cart")
                .map(MeshServiceStatus.class::cast)
                .flatMap(MeshServiceStatus::dataplaneProxies)
                .map(counts -> counts.healthy())
                .orElse(-1);
    }

    /// The far end of a stream of reports.
    private final class Reporter implements HealthSource.HealthStream {
        private volatile List<Probe> probes = List.of();
        private volatile Optional<Refusal> refusal = Optional.empty();
        private final HealthSource.Session session;

        Reporter(String name) {
            session = world.engine
                    .healthSource()
                    .open(new Node("default." + name, "cart", "envoy", TOLD, Optional.empty(), "127.0.0.1:1"), this);
        }

        @Override
        public void probe(List<Probe> wanted) {
            probes = wanted;
        }

        @Override
        public void refuse(Refusal given) {
            refusal = Optional.of(given);
        }
    }
}
