package io.higuma.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VerbsTest {

    private static final String OVERVIEWS = """
            {"total": 2, "next": null, "items": [
             {"type": "DataplaneOverview", "mesh": "default", "name": "cart-1", "creationTime": "2026-11-24T11:00:00Z",
              "labels": {"kuma.io/workload": "cart", "kuma.io/zone": "default", "team": "a"},
              "dataplane": {"networking": {"address": "127.0.0.2"}},
              "dataplaneInsight": {"mTLS": {"issuedBackend": "identity"},
                "subscriptions": [{"connectTime": "2026-11-24T11:59:55Z"}]}},
             {"type": "DataplaneOverview", "mesh": "default", "name": "web-1", "creationTime": "2026-11-22T11:00:00Z",
              "dataplane": {"networking": {"address": "127.0.0.3"}},
              "dataplaneInsight": {"subscriptions":
                [{"connectTime": "2026-11-24T11:00:00Z", "disconnectTime": "2026-11-24T11:30:00Z"}]}}]}""";

    private final FakeControlPlane controlPlane = new FakeControlPlane();

    @TempDir
    private Path home;

    @AfterEach
    void close() {
        controlPlane.close();
    }

    @Test
    void dataplanesAreShownWithWhatIsKnownOfTheRunningProxy() {
        controlPlane.on("GET /meshes/default/dataplanes/_overview", 200, OVERVIEWS);

        assertThat(controlPlane.higuma(home, "", "get", "dataplanes").out()).isEqualTo("""
                        MESH      NAME     ADDRESS     STATUS    IDENTITY   LABELS                         LAST CONNECTED   AGE
                        default   cart-1   127.0.0.2   online    identity   kuma.io/workload=cart team=a   5s               1h
                        default   web-1    127.0.0.3   offline   -                                         1h               2d
                        """);
    }

    @Test
    void aTypeIsFoundByEveryNameItHas() {
        controlPlane.on("GET /meshes/default/meshtimeouts", 200, "{\"total\": 0, \"items\": [], \"next\": null}");

        for (String name : new String[] {"meshtimeout", "MeshTimeout", "meshtimeouts", "mt"}) {
            assertThat(controlPlane.higuma(home, "", "get", name).exitCode())
                    .as(name)
                    .isZero();
        }
        assertThat(controlPlane.higuma(home, "", "get", "globalsecret").exitCode())
                .isEqualTo(ExitCode.REFUSED);
        assertThat(controlPlane.higuma(home, "", "get", "nonsense").exitCode()).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void allPagesAreReadWhateverAddressTheControlPlaneCallsItself() {
        controlPlane.on(
                "GET /meshes/default/meshtimeouts?size=1000",
                200,
                "{\"items\": [{\"name\": \"a\"}], \"next\": \"http://internal:9/meshes/default/meshtimeouts?offset=1&size=1\"}");
        controlPlane.on(
                "GET /meshes/default/meshtimeouts?size=1000&offset=1",
                200,
                "{\"items\": [{\"name\": \"b\"}], \"next\": null}");

        assertThat(controlPlane
                        .higuma(home, "", "get", "meshtimeouts", "-o", "json")
                        .out())
                .contains("\"total\" : 2", "\"a\"", "\"b\"");
    }

    @Test
    void oneResourceIsPrintedAsYaml() {
        controlPlane.on(
                "GET /meshes/default/meshtimeouts/q",
                200,
                "{\"type\": \"MeshTimeout\", \"spec\": {\"count\": \"1\", \"list\": [true]}}");

        assertThat(controlPlane.higuma(home, "", "get", "mt", "q", "-o", "yaml").out())
                .isEqualTo("type: MeshTimeout\nspec:\n  count: \"1\"\n  list:\n    - true\n");
    }

    @Test
    void whatDoesNotExistIsASentence() {
        Verbs.Result result = controlPlane.higuma(home, "", "get", "mt", "q");

        assertThat(result.err()).isEqualTo("higuma: there is no MeshTimeout `q` in mesh `default`\n");
        assertThat(result.exitCode()).isEqualTo(ExitCode.REFUSED);
    }

    @Test
    void deletingTellsTheRevision() {
        controlPlane.on("DELETE /meshes/default/meshtimeouts/q", 200, "{}", Map.of("higuma-revision", "7"));

        assertThat(controlPlane.higuma(home, "", "delete", "mt", "q").out())
                .isEqualTo("MeshTimeout default/q deleted (revision 7)\n");
        assertThat(controlPlane.higuma(home, "", "delete", "mt", "other").exitCode())
                .isEqualTo(ExitCode.REFUSED);
    }

    @Test
    void nobodyThereSaysWhereAndHowToStartOne() throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }

        Verbs.Result result = Verbs.run(
                Map.of("HIGUMA_API_PATIENCE", "0"),
                home,
                InstantSource.system(),
                "",
                "get",
                "meshes",
                "--address",
                "http://127.0.0.1:" + port);

        assertThat(result.exitCode()).isEqualTo(ExitCode.UNREACHABLE);
        assertThat(result.err())
                .contains("no control plane answers at http://127.0.0.1:" + port + ": connection refused")
                .contains("higuma cp run");
    }

    @Test
    void aControlPlaneThatIsJustStartingIsWaitedFor() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        CompletableFuture<Verbs.Result> typed = CompletableFuture.supplyAsync(() ->
                Verbs.run(Map.of(), home, InstantSource.system(), "", "get", "--address", "http://127.0.0.1:" + port));

        try (FakeControlPlane late = new FakeControlPlane(port)) {
            assertThat(typed.get().exitCode()).isZero();
            assertThat(late.requests()).hasSize(1);
        }
    }

    @Test
    void aTokenGoesOutAsABearerAndIsNeverPrinted() {
        controlPlane.on(
                "GET /meshes/default/meshtimeouts",
                401,
                "{\"title\": \"Invalid authentication data\", \"detail\": \"Unauthenticated\"}");

        Verbs.Result result = controlPlane.higuma(Map.of("HIGUMA_API_TOKEN", "s3cret"), home, "", "get", "mt");

        assertThat(result.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(result.err()).isEqualTo("higuma: Invalid authentication data (Unauthenticated)\n");
    }

    @Test
    void aControlPlaneIsAddedUsedAndRemoved() throws IOException {
        controlPlane.on("GET /", 200, "{\"product\": \"Kuma\"}");

        Verbs.Result added = controlPlane.higuma(home, "", "config", "add", "lab", "--address", controlPlane.address());

        assertThat(added.exitCode()).as(added.err()).isZero();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(home.resolve("config"))))
                .isEqualTo("rw-------");
        assertThat(controlPlane.higuma(home, "", "config", "list").out())
                .contains("*")
                .contains(controlPlane.address());
        controlPlane.on("GET /meshes", 200, "{\"items\": [], \"next\": null}");
        assertThat(Verbs.run(Map.of(), home, InstantSource.system(), "", "get", "meshes")
                        .exitCode())
                .isZero();
        assertThat(controlPlane.higuma(home, "", "config", "remove", "lab").exitCode())
                .isZero();
        assertThat(controlPlane.higuma(home, "", "config", "use", "lab").exitCode())
                .isEqualTo(ExitCode.USAGE);
    }

    @Test
    void aWrongOptionIsUsage() {
        Verbs.Result result = controlPlane.higuma(home, "", "get", "--nonsense");

        assertThat(result.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(result.err()).contains("--nonsense");
    }

    @Test
    void inspectSaysWhatReachableBackendsWouldSaveAndWhatToWrite() {
        String report = """
                {"connected": true, "redirected": true, "identified": true,
                 "now": {"services": 3, "clusters": 6, "endpoints": 30, "listeners": 6, "routes": 3, "bytes": 12000},
                 "services": [{"kind": "MeshService", "name": "bank", "verdict": "denied"},
                  {"kind": "MeshService", "name": "cart", "verdict": "allowed"},
                  {"kind": "MeshService", "name": "shop", "verdict": "denied"}],
                 "reachableBackends": {"refs": [{"kind": "MeshService", "name": "cart"}]},
                 "then": {"services": 1, "clusters": 4, "endpoints": 10, "listeners": 4, "routes": 1, "bytes": 3000}}""";
        controlPlane.on("GET /meshes/default/dataplanes/web-1/_reach", 200, report);
        controlPlane.on(
                "GET /meshes/default/dataplanes/web-2/_reach",
                200,
                report.replace("\"redirected\": true", "\"redirected\": false"));

        String told = controlPlane
                .higuma(home, "", "inspect", "dataplane", "web-1", "--type", "reach")
                .out();
        String json = controlPlane
                .higuma(home, "", "inspect", "dataplane", "web-1", "--type", "reach", "-o", "json")
                .out();
        String limited = controlPlane
                .higuma(
                        home,
                        "",
                        "inspect",
                        "dataplane",
                        "web-2",
                        "--type",
                        "reach",
                        "--to",
                        "cart",
                        "--to",
                        "MeshExternalService/bank")
                .out();

        assertThat(told)
                .contains("web-1 is told 3 services: 6 clusters, 30 endpoints, 6 listeners, 3 routes; 12.0 kB.")
                .contains("  1 allow it by permission")
                .contains("  2 deny it by permission")
                .contains("Limited to the 1 that do not deny it: 1 services: 4 clusters, 10 endpoints")
                .contains("That saves 9.0 kB, 75 %. Write in its Dataplane:")
                .endsWith("""
                        networking:
                          transparentProxying:
                            reachableBackends:
                              refs:
                                - kind: MeshService
                                  name: cart
                        """);
        assertThat(json).contains("\"bytes\" : 3000");
        assertThat(limited).contains("reachableBackends would save nothing");
        assertThat(controlPlane.requests())
                .extracting(FakeControlPlane.Request::line)
                .contains("GET /meshes/default/dataplanes/web-2/_reach?to=cart&to=MeshExternalService%2Fbank");
        assertThat(controlPlane
                        .higuma(home, "", "inspect", "dataplane", "web-1", "--to", "cart")
                        .exitCode())
                .isEqualTo(ExitCode.USAGE);
    }

    @Test
    void whatCanBePrintedCanBePrintedForPrograms() {
        controlPlane.on("GET /", 200, "{\"product\": \"Kuma\", \"version\": \"1.2.3\"}");
        controlPlane.on("GET /_resources", 200, "{\"resources\": [{\"name\": \"Mesh\"}]}");
        controlPlane.on("GET /meshes/default/dataplanes/web-1/_config", 200, "{\"xds\": {\"a\": 1}}");
        controlPlane.higuma(home, "", "config", "add", "lab", "--address", controlPlane.address());

        assertThat(controlPlane.higuma(home, "", "version", "-o", "yaml").out())
                .contains("client:\n  product: Higuma\n")
                .contains("controlPlane:\n  product: Kuma\n  version: 1.2.3\n  address: " + controlPlane.address());
        assertThat(controlPlane.higuma(home, "", "version").out())
                .contains("control plane: Kuma 1.2.3 at " + controlPlane.address());
        assertThat(controlPlane.higuma(home, "", "get", "-o", "yaml").out()).isEqualTo("resources:\n  - name: Mesh\n");
        assertThat(controlPlane.higuma(home, "", "config", "list", "-o", "yaml").out())
                .isEqualTo("current: lab\ncontrolPlanes:\n  lab:\n    address: " + controlPlane.address() + "\n");
        assertThat(controlPlane
                        .higuma(home, "", "inspect", "dataplane", "web-1", "-o", "yaml")
                        .out())
                .isEqualTo("xds:\n  a: 1\n");
    }

    @Test
    void whatTheControlPlaneDoesNotTellIsSaidInItsWords() {
        controlPlane.on(
                "GET /meshes/default/dataplanes/web-1/stats",
                404,
                "{\"title\": \"Could not execute admin operation\", \"detail\": \"nobody calls Envoys\"}");
        controlPlane.on("GET /meshes/default/dataplanes/web-2/stats", 404, "{\"detail\": \"Not found\"}");

        Verbs.Result told = controlPlane.higuma(home, "", "inspect", "dataplane", "web-1", "--type", "stats");

        assertThat(told.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(told.err()).isEqualTo("higuma: nobody calls Envoys\n");
        assertThat(controlPlane
                        .higuma(home, "", "inspect", "dataplane", "web-2", "--type", "stats")
                        .err())
                .contains("there is no stats of a dataplane `web-2`");
    }

    @Test
    void everyVerbExplainsItself() {
        for (String verb :
                new String[] {"apply", "get", "delete", "inspect", "generate", "config", "demo", "version", "completion"
                }) {
            Verbs.Result help = controlPlane.higuma(home, "", verb, "--help");
            assertThat(help.exitCode()).as(verb).isZero();
            assertThat(help.out()).as(verb).contains("Usage: higuma " + verb);
        }
    }

    @Test
    void verbsOfOtherProgramsStandInTheHelp() {
        assertThat(controlPlane.higuma(home, "", "--help").out()).contains("verify", "install", "uninstall");
        assertThat(controlPlane.higuma(home, "", "install").out()).contains("transparent-proxy");
        Verbs.Result started = controlPlane.higuma(home, "", "install", "transparent-proxy", "--dry-run");
        assertThat(started.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(started.err()).contains("is started by the `higuma` script");
    }

    @Test
    void theCompletionScriptKnowsTheVerbs() {
        assertThat(controlPlane.higuma(home, "", "completion", "bash").out())
                .contains("apply", "generate", "dataplane-token", "uninstall", "transparent-proxy");
        assertThat(controlPlane.higuma(home, "", "completion", "zsh").out()).startsWith("autoload");
    }
}
