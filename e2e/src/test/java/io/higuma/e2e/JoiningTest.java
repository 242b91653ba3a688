package io.higuma.e2e;

import static io.higuma.testkit.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.higuma.testkit.net.Load;
import io.higuma.testkit.net.Upstream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.ObjectMapper;

/// How sidecars come, how they are turned away, and how they go.
class JoiningTest {

    private static final int PER_SECOND = 100;
    private static final String NOWHERE = "{address: 127.0.0.1, inbound: [{port: 80}]}";

    @TempDir
    private Path folder;

    @Test
    void aTokenThatDoesNotFitIsASentenceAndAnExitCode() throws Exception {
        try (TestMesh mesh = TestMesh.start(folder)) {
            mesh.apply("type: Mesh\nname: other\n");
            String shortLived = mesh.call(
                            "POST",
                            "/tokens/dataplane",
                            "{\"mesh\": \"default\", \"workload\": \"web\", \"validFor\": \"1s\"}")
                    .body();
            String document = TestMesh.document("default", "web-1", "web", NOWHERE);

            Proxy absent = mesh.launch("absent", document, "");
            Proxy foreign = mesh.launch("foreign", document, mesh.token("other", "web"));
            Proxy unfit = mesh.launch("unfit", document, mesh.token("default", "cart"));
            Proxy forged = mesh.launch("forged", document, "eyJhbGciOiJSUzI1NiIsImtpZCI6IjEifQ.e30.c2lnbmVk");
            // A token of one second is over when its launcher has found out
            long issued = System.nanoTime();
            eventually("the second is over", () -> System.nanoTime() - issued > TimeUnit.SECONDS.toNanos(2));
            Proxy expired = mesh.launch("expired", document, shortLived);

            assertThat(absent.awaitEnd()).isEqualTo(1);
            assertThat(absent.log()).contains("lets nobody in without a token").contains("--dataplane-token-file");
            assertThat(foreign.awaitEnd()).isEqualTo(1);
            assertThat(foreign.log())
                    .contains("the control plane refuses the token")
                    .contains("The token is for mesh \"other\", not for \"default\"")
                    .contains("higuma generate");
            assertThat(unfit.awaitEnd()).isEqualTo(1);
            assertThat(unfit.log()).contains("Allowed workload in token is \"cart\"");
            assertThat(forged.awaitEnd()).isEqualTo(1);
            assertThat(forged.log()).contains("the control plane refuses the token");
            assertThat(expired.awaitEnd()).isEqualTo(1);
            assertThat(expired.log())
                    .contains("the control plane refuses the token")
                    .containsIgnoringCase("expired");
        }
    }

    @Test
    void aSidecarWaitsForItsDataplaneAndItsMesh() throws Exception {
        try (TestMesh mesh = TestMesh.start(folder)) {
            Proxy late = mesh.run("late", mesh.token("default", "web"), "--name", "late-1", "--mesh", "default");
            eventually("it says that it waits", () -> late.log().contains("does not know this dataplane"));
            assertThat(late.isAlive()).isTrue();

            String address = TestMesh.nextAddress();
            mesh.apply(
                    TestMesh.document("default", "late-1", "web", "{address: " + address + ", inbound: [{port: 80}]}"));

            late.awaitConfigured();
            assertThat(mesh.get("/meshes/default/dataplanes/late-1/_overview")).contains("connectTime");
            late.close();
            assertThat(mesh.get("/meshes/default/dataplanes/late-1"))
                    .as("a Dataplane that a person wrote stays when its sidecar goes")
                    .contains("late-1");
        }
    }

    @Test
    void aSidecarIsEnvoyAloneItsSignalsAreEnvoysAndItsDataplaneGoesWithIt() throws Exception {
        try (TestMesh mesh = TestMesh.start(folder)) {
            Proxy proxy = mesh.sidecar(
                    "default",
                    "web-1",
                    "web",
                    "{address: " + TestMesh.nextAddress() + ", inbound: [{port: 8080, servicePort: 1}]}");

            assertThat(Files.readString(Path.of("/proc/" + proxy.pid() + "/comm"))
                            .strip())
                    .isEqualTo("envoy");
            assertThat(ProcessHandle.of(proxy.pid()).orElseThrow().children()).isEmpty();
            assertThat(mesh.get("/meshes/default/dataplanes/web-1")).contains("web-1");

            ProcessHandle.of(proxy.pid()).orElseThrow().destroy();

            assertThat(proxy.awaitEnd()).as("SIGTERM is a proper end for Envoy").isZero();
            eventually(
                    "the Dataplane that it brought goes with it",
                    () -> mesh.call("GET", "/meshes/default/dataplanes/web-1", "")
                                    .statusCode()
                            == 404);
        }
    }

    @Test
    void aSidecarThatDrainsLosesNoRequestWhenItGoes() throws Exception {
        try (TestMesh mesh = TestMesh.start(folder)) {
            Shop shop = twoInstances(mesh);
            try (Load load = Load.start(URI.create(shop.url()), PER_SECOND)) {
                eventually("the load runs", () -> load.soFar().sent() > PER_SECOND);

                int drained = new ProcessBuilder(Java.command(
                                "io.higuma.dataplane.Main",
                                "drain",
                                "--work-dir",
                                folder.resolve("dp-cart-1").toString(),
                                "--timeout",
                                "3s"))
                        .redirectErrorStream(true)
                        .redirectOutput(folder.resolve("drain.log").toFile())
                        .start()
                        .waitFor();
                shop.cartProxy.close();

                assertThat(drained)
                        .as(Files.readString(folder.resolve("drain.log")))
                        .isZero();
                eventually(
                        "its callers forget it", () -> !shop.webProxy.knows(shop.cartAddress + ":" + Shop.CART_PORT));
                goesOn(load);
                Load.Result result = load.stop();
                assertThat(result.failed()).as("%s", result).isZero();
            }
        }
    }

    @Test
    void aKilledSidecarLeavesTheLoadBalancingOfItsCallers() throws Exception {
        try (TestMesh mesh = TestMesh.start(folder)) {
            Shop shop = twoInstances(mesh);
            try (Load load = Load.start(URI.create(shop.url()), PER_SECOND)) {
                eventually("the load runs", () -> load.soFar().sent() > PER_SECOND);

                shop.cartProxy.kill();

                eventually(
                        "its callers forget it", () -> !shop.webProxy.knows(shop.cartAddress + ":" + Shop.CART_PORT));
                goesOn(load);
                Load.Result result = load.stop();
                assertThat(result.failed()).as("%s", result).isZero();
            }
        }
    }

    @Test
    void ofTwoSidecarsWithOneNameTheNewerIsServed() throws Exception {
        try (TestMesh mesh = TestMesh.start(folder)) {
            String first = TestMesh.nextAddress();
            String second = TestMesh.nextAddress();
            String token = mesh.token("default", "web");
            Proxy older = mesh.launch("older", webAt(first), token).awaitConfigured();

            Proxy newer = mesh.launch("newer", webAt(second), token).awaitConfigured();

            // Envoy asks again and again; each time it is told why not
            eventually("the older one is told who is served, more than once", () -> told(older) > 2);
            assertThat(older.log()).contains("the one that was started later is served, give one of them another name");
            assertThat(told(newer)).isZero();
            assertThat(newer.log()).doesNotContain("took over");
            assertThat(address(mesh)).isEqualTo(second);
            assertThat(newer.admin().text("/listeners")).contains(second + ":80");
            assertThat(older.isAlive()).isTrue();

            // It is not lost for good: the name is free when the newer one ends
            newer.close();
            eventually("the older one is served", () -> address(mesh).equals(first));
        }
    }

    private static String webAt(String address) {
        return TestMesh.document("default", "web-1", "web", "{address: " + address + ", inbound: [{port: 80}]}");
    }

    private static int told(Proxy proxy) {
        return proxy.log().split("two proxies call themselves default.web-1", -1).length - 1;
    }

    private static String address(TestMesh mesh) throws Exception {
        return new ObjectMapper()
                .readTree(mesh.get("/meshes/default/dataplanes/web-1"))
                .at("/networking/address")
                .asString("");
    }

    /// Two instances of `cart` behind their own sidecars, both in use.
    private static Shop twoInstances(TestMesh mesh) {
        mesh.apply(TestMesh.IDENTITY);
        mesh.apply(Shop.allow("web-to-cart", "web"));
        Shop shop = new Shop(mesh);
        Upstream second = mesh.closing(Upstream.start("cart-2", new InetSocketAddress("127.0.0.1", 0)));
        mesh.sidecar("default", "cart-2", "cart", Shop.served(TestMesh.nextAddress(), second));
        shop.awaitStrict();
        int first = shop.cart.requests();
        eventually("both take their share", () -> {
            Http.get(shop.url());
            return second.requests() > 0 && shop.cart.requests() > first;
        });
        return shop;
    }

    private static void goesOn(Load load) {
        int sent = load.soFar().sent();
        eventually("the load goes on", () -> load.soFar().sent() > sent + 2 * PER_SECOND);
    }
}
