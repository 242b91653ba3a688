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
import java.util.StringJoiner;
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
