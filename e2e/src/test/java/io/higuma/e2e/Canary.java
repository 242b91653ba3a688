package io.higuma.e2e;

import io.higuma.testkit.Eventually;
import io.higuma.testkit.envoy.EnvoyProcess;
import io.higuma.testkit.net.Upstream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// `web` calls `cart`, of which there are three versions: each a workload with the label
/// `version`, and a hand-written MeshService that selects it.
final class Canary {

    static final int PORT = 8080;

    final TestMesh mesh;
    final Proxy web;
    final String webAddress = TestMesh.nextAddress();
    final int callPort = EnvoyProcess.freePort(webAddress).getPort();
    final int tcpPort = EnvoyProcess.freePort(webAddress).getPort();
    final Map<String, Upstream> upstreams = new LinkedHashMap<>();
    final List<Proxy> servers = new ArrayList<>();
    private final List<String> addresses = new ArrayList<>();

    Canary(TestMesh mesh) {
        this(mesh, List.of("v1", "v2", "v3"), true);
    }

    /// @param services whether each version has a service of its own from the start
    Canary(TestMesh mesh, List<String> versions, boolean services) {
        this.mesh = mesh;
        for (String version : versions) {
            Upstream upstream = mesh.closing(Upstream.start("cart-" + version, new InetSocketAddress("127.0.0.1", 0)));
            upstreams.put(version, upstream);
            addresses.add(TestMesh.nextAddress());
            servers.add(mesh.labelled(
                    "cart-" + version + "-1",
                    "cart",
                    "version: " + version,
                    "{address: " + addresses.getLast() + ", inbound: [{port: " + PORT + ", servicePort: "
                            + upstream.port() + ", protocol: http}, {port: 9090, name: raw, servicePort: "
                            + upstream.port() + ", protocol: tcp}]}"));
            if (services) {
                mesh.apply(service(version));
            }
        }
        this.web = mesh.sidecar(
                "default",
                "web-1",
                "web",
                "{address: " + webAddress + ", outbound: [" + outbound(callPort, PORT) + ", " + outbound(tcpPort, 9090)
                        + "]}");
        Eventually.eventually("traffic flows", () -> Http.get(url("/")).statusCode() == 200);
    }

    private String outbound(int port, int servicePort) {
        return "{address: " + webAddress + ", port: " + port + ", backendRef: {kind: MeshService, name: cart, port: "
                + servicePort + "}}";
    }

    /// The subset of one version.
    static String service(String version) {
        return """
                type: MeshService
                mesh: default
                name: cart-%1$s
                spec:
                  selector: {dataplaneLabels: {matchLabels: {kuma.io/workload: cart, version: %1$s}}}
                  ports: [{port: 8080, name: http, appProtocol: http}, {port: 9090, name: raw}]
                """.formatted(version);
    }

    /// A MeshHTTPRoute for calls to `cart` on its HTTP port.
    ///
    /// @param rules a YAML flow sequence
    static String route(String name, String rules) {
        return """
                type: MeshHTTPRoute
                mesh: default
                name: %s
                spec:
                  to:
                    - targetRef: {kind: MeshService, labels: {kuma.io/display-name: cart}, sectionName: "%d"}
                      rules: %s
                """.formatted(name, PORT, rules);
    }

    /// One rule for every path that splits traffic.
    ///
    /// @param weights by version, in the order in which they are written
    static String split(Map<String, Integer> weights) {
        List<String> refs = new ArrayList<>();
        weights.forEach((version, weight) -> refs.add("{kind: MeshService, labels: {kuma.io/display-name: cart-"
                + version + "}, port: 8080, weight: " + weight + "}"));
        return "[{matches: [{path: {type: PathPrefix, value: /}}], default: {backendRefs: [" + String.join(", ", refs)
                + "]}}]";
    }

    /// Whether all of `cart` has reached the end of its way to mutual TLS: nobody is answered in plaintext.
    boolean isStrict() throws InterruptedException {
        for (String address : addresses) {
            try {
                Http.get("http://" + address + ":" + PORT + "/");
                return false;
            } catch (IOException e) {
                continue;
            }
        }
        return true;
    }

    String url(String path) {
        return "http://" + webAddress + ":" + callPort + path;
    }

    /// Who answered, such as `cart-v1`; the status for a refusal.
    String answeredBy(String path) throws Exception {
        var answer = Http.get(url(path));
        return answer.statusCode() == 200 ? field(answer.body(), "service") : Integer.toString(answer.statusCode());
    }

    /// A header that the workload got, or its name; empty if it is not there.
    static String field(String body, String name) {
        return body.lines()
                .filter(line -> line.startsWith(name + ": "))
                .map(line -> line.substring(name.length() + 2))
                .findFirst()
                .orElse("");
    }

    /// How many of so many requests each workload answered, sent by eight callers at once.
    Map<String, Integer> tally(int requests) throws Exception {
        Map<String, Integer> counts = new TreeMap<>();
        try (ExecutorService callers = Executors.newFixedThreadPool(8)) {
            Callable<String> call = () -> answeredBy("/");
            List<Future<String>> answers = new ArrayList<>();
            for (int i = 0; i < requests; i++) {
                answers.add(callers.submit(call));
            }
            for (Future<String> answer : answers) {
                counts.merge(answer.get(), 1, Integer::sum);
            }
        }
        return counts;
    }
}
