package io.higuma.e2e;

import static io.higuma.testkit.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.higuma.testkit.envoy.EnvoyProcess;
import io.higuma.testkit.net.Upstream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A proxy probes its workload; callers are told of it while the workload answers.
class ServiceProbeTest {

    @TempDir
    Path folder;

    @Test
    void callersAreToldOfAnInstanceWhileItsWorkloadAnswers() throws Exception {
        try (TestMesh mesh = TestMesh.start(folder)) {
            InetSocketAddress workload = EnvoyProcess.freePort(TestMesh.nextAddress());
            String cart = TestMesh.nextAddress();
            mesh.sidecar(
                    "default",
                    "cart-1",
                    "cart",
                    networking(cart, workload, "serviceProbe: {interval: 1s, timeout: 5s, tcp: {}}"));
            TestMesh.Caller caller = mesh.caller("web", "{kind: MeshService, name: cart, port: 8080}");
            String url = caller.url();
            eventually("nobody is there yet", () -> Http.get(url).statusCode() == 503);
            assertThat(caller.proxy().knows(cart + ":8080")).isFalse();
            HttpResponse<String> unserved = Http.get(url);
            assertThat(unserved.headers().firstValue("x-higuma-reason"))
                    .hasValueSatisfying(
                            reason -> assertThat(reason).matches("no_healthy_upstream\\[kri_msvc_.*_cart_8080]"));
            assertThat(unserved.body()).isEqualTo("no healthy upstream");

            Upstream upstream = Upstream.start("cart-1", workload);
            eventually("it answers", () -> Http.get(url).statusCode() == 200);
            eventually(
                    "it counts as healthy",
                    () -> mesh.get("/meshes/default/meshservices/cart")
                            .replaceAll("\\s", "")
                            .contains("\"healthy\":1"));

            upstream.close();
            eventually("callers are told that it is gone", () -> !caller.proxy().knows(cart + ":8080"));

            Upstream[] again = new Upstream[1];
            eventually("its port is free", () -> {
                again[0] = Upstream.start("cart-1", workload);
                return true;
            });
            mesh.closing(again[0]);
            eventually("it answers again", () -> Http.get(url).statusCode() == 200);

            // What a person says of the inbound counts in place of the probe
            String direct = "http://" + cart + ":8080/";
            mesh.apply(cart(cart, workload, "state: NotReady"));
            eventually(
                    "a caller is told that it is not ready", () -> Http.get(url).statusCode() == 503);
            assertThat(caller.proxy().knows(cart + ":8080")).isFalse();
            assertThat(Http.get(direct).statusCode())
                    .as("its proxy serves it, so that it can become ready")
                    .isEqualTo(200);
            mesh.apply(cart(cart, workload, "state: Ignored"));
            eventually("its proxy does not serve it", () -> isRefused(direct));
            eventually(
                    "a caller reaches nobody",
                    () -> isRefused(url) || Http.get(url).statusCode() == 503);
            mesh.apply(cart(cart, workload, "state: Ready"));
            eventually("it is back", () -> !isRefused(url) && Http.get(url).statusCode() == 200);
        }
    }

    @Test
    void aProbeThatIsAddedLaterTakesEffectWithoutAStart() throws Exception {
        // Given a caller, and an instance without a probe whose Dataplane is kept by the control plane
        try (TestMesh mesh = TestMesh.start(folder)) {
            InetSocketAddress workload = EnvoyProcess.freePort(TestMesh.nextAddress());
            String cart = TestMesh.nextAddress();
            Upstream upstream = Upstream.start("cart-1", workload);
            mesh.apply(cart(cart, workload, "state: Ready"));
            mesh.run("cart", mesh.token("default", "cart"), "--mesh", "default", "--name", "cart-1")
                    .awaitConfigured();
            TestMesh.Caller caller = mesh.caller("web", "{kind: MeshService, name: cart, port: 8080}");
            String url = caller.url();
            eventually("it answers", () -> Http.get(url).statusCode() == 200);

            // When it gets a probe, and its workload ends
            mesh.apply(cart(cart, workload, "serviceProbe: {interval: 1s, timeout: 5s, tcp: {}}"));
            upstream.close();

            // Then its proxy, which was not started again, says so
            eventually("callers are told that it is gone", () -> !caller.proxy().knows(cart + ":8080"));
        }
    }

    /// @param more a field of the inbound
    private static String cart(String address, InetSocketAddress workload, String more) {
        return TestMesh.document("default", "cart-1", "cart", networking(address, workload, more));
    }

    private static String networking(String address, InetSocketAddress workload, String more) {
        return "{address: " + address + ", inbound: [{port: 8080, servicePort: " + workload.getPort()
                + ", serviceAddress: " + workload.getHostString() + ", protocol: http, " + more + "}]}";
    }

    private static boolean isRefused(String url) throws InterruptedException {
        try {
            Http.get(url);
            return false;
        } catch (IOException e) {
            return true;
        }
    }
}
