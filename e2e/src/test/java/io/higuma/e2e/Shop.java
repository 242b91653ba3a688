package io.higuma.e2e;

import static io.higuma.testkit.Eventually.eventually;

import io.higuma.testkit.envoy.EnvoyProcess;
import io.higuma.testkit.net.Upstream;
import java.io.IOException;
import java.net.InetSocketAddress;

/// Two workloads with sidecars: `web` calls `cart` on a port of its own.
final class Shop {

    static final int CART_PORT = 8080;

    final TestMesh mesh;
    final Upstream cart;
    final Proxy cartProxy;
    final Proxy webProxy;
    final String cartAddress = TestMesh.nextAddress();
    final String webAddress = TestMesh.nextAddress();
    final int callPort = EnvoyProcess.freePort(webAddress).getPort();

    Shop(TestMesh mesh) {
        this.mesh = mesh;
        this.cart = mesh.closing(Upstream.start("cart-1", new InetSocketAddress("127.0.0.1", 0)));
        this.cartProxy =
                mesh.launch("default", "cart-1", "cart", served(cartAddress, cart), mesh.token("default", "cart"));
        this.webProxy =
                mesh.launch("default", "web-1", "web", calling(webAddress, callPort), mesh.token("default", "web"));
        cartProxy.awaitConfigured();
        webProxy.awaitConfigured();
    }

    static String served(String address, Upstream upstream) {
        return served(address, upstream.port());
    }

    /// @param port on which the workload listens, if it is there
    static String served(String address, int port) {
        return "{address: " + address + ", inbound: [{port: " + CART_PORT + ", servicePort: " + port
                + ", protocol: http}]}";
    }

    /// One more workload that calls `cart`.
    Proxy caller(String name, String workload, String address, int port) {
        return mesh.sidecar("default", name, workload, calling(address, port));
    }

    static String calling(String address, int port) {
        return "{address: " + address + ", outbound: [{address: " + address + ", port: " + port
                + ", backendRef: {kind: MeshService, name: cart, port: " + CART_PORT + "}}]}";
    }

    /// The URL under which `web` calls `cart`.
    String url() {
        return "http://" + webAddress + ":" + callPort + "/";
    }

    boolean isRefusedInPlaintext() throws InterruptedException {
        try {
            Http.get("http://" + cartAddress + ":" + CART_PORT + "/");
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    /// Waits until `web` calls with its identity, `cart` takes nobody without, and no Envoy is on its way from one
    /// configuration to another.
    void awaitStrict() {
        eventually(
                "requests come with an identity", () -> Http.get(url()).body().contains("URI=spiffe://"));
        eventually("the server is strict", this::isRefusedInPlaintext);
        eventually("nothing moves", () -> webProxy.isSettled() && cartProxy.isSettled());
    }

    /// A permission for callers of a workload.
    static String allow(String name, String caller) {
        return """
                type: MeshTrafficPermission
                mesh: default
                name: %s
                spec:
                  targetRef: {kind: Dataplane, labels: {kuma.io/workload: cart}}
                  rules:
                    - default: {allow: [{spiffeID: {type: Exact, value: "spiffe://default.default.mesh.local/workload/%s"}}]}
                """.formatted(name, caller);
    }
}
