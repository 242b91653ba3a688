package io.higuma.e2e;

import static io.higuma.testkit.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.higuma.testkit.envoy.EnvoyProcess;
import io.higuma.testkit.net.Upstream;
import java.net.InetSocketAddress;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A port gets another name: for Envoy that is another listener in the same place.
class RenamedPortTest {

    @TempDir
    Path folder;

    @Test
    void itGoesOnBeingServedAndCalled() throws Exception {
        try (TestMesh mesh = TestMesh.start(folder)) {
            // Given an instance whose port has a name, and a caller
            Upstream upstream = mesh.closing(Upstream.start("cart-1", new InetSocketAddress("127.0.0.1", 0)));
            String cart = TestMesh.nextAddress();
            mesh.apply(cart(cart, List.of(upstream), List.of("main")));
            Proxy served = mesh.run("cart", mesh.token("default", "cart"), "--mesh", "default", "--name", "cart-1")
                    .awaitConfigured();
            TestMesh.Caller caller = mesh.caller("web", "{kind: MeshService, name: cart, port: 8080}");
            String url = caller.url();
            eventually("it answers", () -> Http.get(url).statusCode() == 200);

            // When it gets another
            mesh.apply(cart(cart, List.of(upstream), List.of("other")));

            // Then both sides have the new listener, nothing is refused, and it answers
            eventually(
                    "the caller has another listener",
                    () -> caller.proxy().admin().text("/listeners").contains("cart_other"));
            eventually(
                    "so has the instance",
                    () -> served.admin().text("/listeners").contains("self_inbound_dp_other"));
            eventually("it answers", () -> Http.get(url).statusCode() == 200);
            assertThat(caller.proxy().admin().text("/listeners")).doesNotContain("cart_main");
            assertThat(mesh.get("/meshes/default/dataplanes/web-1/_overview")).doesNotContain("problem");
            assertThat(mesh.get("/meshes/default/dataplanes/cart-1/_overview")).doesNotContain("problem");
        }
    }

    /// Envoy takes no listener to where another still is, so some have to go before all can come.
    @Test
    void portsThatExchangeTheirNamesGoOnBeingServedAndCalled() throws Exception {
        try (TestMesh mesh = TestMesh.start(folder)) {
            // Given an instance with three ports, and a caller of each
            List<Upstream> upstreams = new ArrayList<>();
            List<Integer> ports = new ArrayList<>();
            String cart = TestMesh.nextAddress();
            String web = TestMesh.nextAddress();
            StringJoiner outbounds = new StringJoiner(", ", "{address: " + web + ", outbound: [", "]}");
            for (int i = 0; i < 3; i++) {
                upstreams.add(mesh.closing(Upstream.start("cart-" + i, new InetSocketAddress("127.0.0.1", 0))));
                ports.add(EnvoyProcess.freePort(web).getPort());
                outbounds.add("{address: " + web + ", port: " + ports.get(i)
                        + ", backendRef: {kind: MeshService, name: cart, port: " + (8080 + i) + "}}");
            }
            mesh.apply(cart(cart, upstreams, List.of("one", "two", "three")));
            Proxy served = mesh.run("cart", mesh.token("default", "cart"), "--mesh", "default", "--name", "cart-1")
                    .awaitConfigured();
            Proxy caller = mesh.sidecar("default", "web-1", "web", outbounds.toString());
            eventually("it answers", () -> answers(web, ports));

            for (List<String> names : List.of(List.of("two", "one", "three"), List.of("one", "three", "two"))) {
                // When two exchange their names, and then three go round
                mesh.apply(cart(cart, upstreams, names));

                // Then both sides have each listener where its port is now, nothing is refused, and all answer
                for (int i = 0; i < 3; i++) {
                    String name = names.get(i);
                    String called = web + ":" + ports.get(i);
                    String own = cart + ":" + (8080 + i);
                    eventually("the caller has " + name + " at " + called, () -> isAt(caller, "cart_" + name, called));
                    eventually(
                            "the instance has " + name + " at " + own,
                            () -> isAt(served, "self_inbound_dp_" + name, own));
                }
                eventually("all answer", () -> answers(web, ports));
                assertThat(mesh.get("/meshes/default/dataplanes/web-1/_overview"))
                        .doesNotContain("problem");
                assertThat(mesh.get("/meshes/default/dataplanes/cart-1/_overview"))
                        .doesNotContain("problem");
            }
        }
    }

    /// Given three ports of one instance, two of which exchange their names.
    @Test
    void aStreamThatBreaksAmidAnExchangeOrRightAfterOneLeavesNoPortClosed() throws Exception {
        try (Wire wire = Wire.open();
                TestMesh mesh = TestMesh.start(
                        folder, Map.of("bootstrapServer.params.xdsPort", Integer.toString(wire.port())))) {
            wire.leadTo(mesh.plane().dataplanes());
            List<Upstream> upstreams = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                upstreams.add(mesh.closing(Upstream.start("cart-" + i, new InetSocketAddress("127.0.0.1", 0))));
            }
            String cart = TestMesh.nextAddress();
            mesh.apply(cart(cart, upstreams, List.of("one", "two", "three")));
            Proxy served = mesh.run("cart", mesh.token("default", "cart"), "--mesh", "default", "--name", "cart-1")
                    .awaitConfigured();
            eventually("it has its ports", () -> areAt(served, cart, List.of("one", "two", "three")));

            // When the stream breaks after some have gone and before they come again
            List<String> names = List.of("two", "one", "three");
            wire.hold();
            mesh.apply(cart(cart, upstreams, names));
            letThrough(wire, "two ports are closed", () -> listeners(served, cart) == 1);
            wire.cut();

            // Then they come over the next stream, and nothing was ever refused
            eventually("they come", () -> areAt(served, cart, names));
            assertThat(served.stat("listener_manager.lds.update_rejected").orElseThrow())
                    .isZero();

            // When it breaks right after they have come
            List<String> back = List.of("one", "two", "three");
            wire.hold();
            mesh.apply(cart(cart, upstreams, back));
            letThrough(wire, "they have come", () -> areAt(served, cart, back));
            wire.leadTo(0);
            wire.cut();

            // And they go round before it comes back
            List<String> round = List.of("three", "one", "two");
            long revision = mesh.apply(cart(cart, upstreams, round));
            mesh.get("/revisions/" + revision + "?wait=20s");
            wire.leadTo(mesh.plane().dataplanes());

            // Then they come: where those are that it brought is not known, so Envoy says once that they are in the way
            eventually("they go round", () -> areAt(served, cart, round));
            eventually(
                    "the receipt is complete",
                    () -> mesh.get("/revisions/" + revision)
                            .replaceAll("\\s", "")
                            .contains("\"complete\":true"));
            assertThat(served.stat("listener_manager.lds.update_rejected").orElseThrow())
                    .isOne();
            assertThat(mesh.get("/meshes/default/dataplanes/cart-1/_overview")).doesNotContain("problem");
        }
    }

    /// Lets one piece after the other through until something is so. Only what waited before the look goes on: an
    /// answer
    /// to what makes it so comes later.
    private static void letThrough(Wire wire, String what, Callable<Boolean> isSo) {
        eventually(what, () -> {
            boolean waits = wire.waiting() > 0;
            boolean reached = isSo.call();
            if (waits && !reached) {
                wire.pass();
            }
            return reached;
        });
    }

    private static long listeners(Proxy served, String address) {
        return served.admin()
                .text("/listeners")
                .lines()
                .filter(line -> line.contains("::" + address + ":"))
                .count();
    }

    /// @param names of the ports from 8080 on
    private static boolean areAt(Proxy served, String address, List<String> names) {
        return IntStream.range(0, names.size())
                .allMatch(i -> isAt(served, "self_inbound_dp_" + names.get(i), address + ":" + (8080 + i)));
    }

    private static boolean isAt(Proxy proxy, String listener, String address) {
        return proxy.admin().text("/listeners").lines().anyMatch(line -> line.endsWith(listener + "::" + address));
    }

    /// Whether each port leads to the upstream that it is for.
    private static boolean answers(String address, List<Integer> ports) throws Exception {
        for (int i = 0; i < ports.size(); i++) {
            HttpResponse<String> answer = Http.get("http://" + address + ":" + ports.get(i) + "/");
            if (answer.statusCode() != 200 || !answer.body().contains("cart-" + i)) {
                return false;
            }
        }
        return true;
    }

    /// @param names of the ports from 8080 on
    private static String cart(String address, List<Upstream> upstreams, List<String> names) {
        StringJoiner inbounds = new StringJoiner(", ", "{address: " + address + ", inbound: [", "]}");
        for (int i = 0; i < names.size(); i++) {
            inbounds.add("{port: " + (8080 + i) + ", servicePort: "
                    + upstreams.get(i).port() + ", protocol: http, name: " + names.get(i) + "}");
        }
        return TestMesh.document("default", "cart-1", "cart", inbounds.toString());
    }
}
