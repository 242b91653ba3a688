package io.higuma.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `--wait`, `get revisions`, `inspect revision` and `inspect cp`.
class WaitTest {

    private static final String MESH = "type: Mesh\nname: shop\n";
    private static final String DONE = """
            {"revision": 41, "complete": true, "answered": true, "concerned": 12, "running": 12, "waitingFor": 0,
             "refusing": 0, "away": 0, "detailed": true, "firstMillis": 3, "lastMillis": 21, "missing": [],
             "refused": [], "writes": [{"revision": 41, "type": "Mesh", "name": "shop"}]}""";
    private static final String REFUSED = """
            {"revision": 41, "complete": false, "answered": true, "concerned": 12, "running": 11, "waitingFor": 0,
             "refusing": 1, "away": 0, "detailed": true, "firstMillis": 3, "lastMillis": 21, "missing": [],
             "refused": [{"proxy": "default/web-1", "message": "no such filter"}]}""";
    private static final String LATE = """
            {"revision": 41, "complete": false, "answered": false, "concerned": 12, "running": 9, "waitingFor": 3,
             "refusing": 0, "away": 1, "detailed": true, "missing": ["default/a", "default/b"], "refused": []}""";

    private final FakeControlPlane controlPlane =
            new FakeControlPlane().on("PUT /meshes/shop", 201, "{}", Map.of("higuma-revision", "41"));

    @TempDir
    private Path home;

    @AfterEach
    void close() {
        controlPlane.close();
    }

    @Test
    void whenAllProxiesRunItTheEndIsGood() {
        controlPlane.on("GET /revisions/41", 200, DONE);

        Verbs.Result result = controlPlane.higuma(home, MESH, "apply", "-f", "-", "--wait");

        assertThat(result.out()).isEqualTo("""
                Mesh shop created (revision 41)
                12/12 proxies run revision 41 · first 3 ms · last 21 ms
                """);
        assertThat(result.err()).isEmpty();
        assertThat(result.exitCode()).isEqualTo(ExitCode.OK);
    }

    @Test
    void aRefusalHasNameReasonAndItsOwnExitCode() {
        controlPlane.on("GET /revisions/41", 200, REFUSED);

        Verbs.Result result = controlPlane.higuma(home, MESH, "apply", "--wait=5s", "-f", "-");

        assertThat(result.exitCode()).isEqualTo(ExitCode.PROXIES_REFUSE);
        assertThat(result.err()).isEqualTo("""
                1 proxy refuses revision 41:
                  default/web-1: no such filter
                """);
    }

    @Test
    void whoHasNotAnsweredInTimeIsNamed() {
        controlPlane.on("GET /revisions/41", 200, LATE);

        Verbs.Result result = controlPlane.higuma(home, MESH, "apply", "-f", "-", "--wait=1ms");

        assertThat(result.exitCode()).isEqualTo(ExitCode.NOT_IN_TIME);
        assertThat(result.out()).contains("9/12 proxies run revision 41 · 1 away");
        assertThat(result.err()).isEqualTo("""
                3 proxies have not answered in time:
                  default/a
                  default/b
                  and 1 more
                """);
    }

    @Test
    void aTerminalHasABarThatGoesAwayAgain() {
        controlPlane.on("GET /revisions/41", 200, LATE);

        Verbs.Result result = Verbs.run(
                Map.of("HIGUMA_API_ADDRESS", controlPlane.address()),
                home,
                java.time.InstantSource.fixed(FakeControlPlane.NOW),
                MESH,
                true,
                "apply",
                "-f",
                "-",
                "--wait=300ms");

        assertThat(result.err())
                .contains("\r\u001b[K█████")
                .contains("░ 9/12 proxies run revision 41")
                .contains("\r\u001b[K3 proxies have not answered in time:");
    }

    @Test
    void programsGetReceiptsAsJson() {
        controlPlane.on("GET /revisions/41", 200, REFUSED);

        Verbs.Result result = controlPlane.higuma(home, MESH, "apply", "-f", "-", "--wait", "-o", "json");

        assertThat(io.higuma.cli.client.Json.read(result.out())
                        .path("results")
                        .path(0)
                        .path("revision")
                        .asInt())
                .isEqualTo(41);
        assertThat(io.higuma.cli.client.Json.read(result.out())
                        .path("receipts")
                        .path(0)
                        .path("refused")
                        .path(0)
                        .path("message")
                        .asString(""))
                .isEqualTo("no such filter");
        assertThat(result.exitCode()).isEqualTo(ExitCode.PROXIES_REFUSE);
    }

    @Test
    void aDeletionIsWaitedForToo() {
        controlPlane.on("DELETE /meshes/default/meshtimeouts/q", 200, "{}", Map.of("higuma-revision", "41"));
        controlPlane.on("GET /revisions/41", 200, DONE);

        Verbs.Result result = controlPlane.higuma(home, "", "delete", "mt", "q", "--wait");

        assertThat(result.out()).isEqualTo("""
                MeshTimeout default/q deleted (revision 41)
                12/12 proxies run revision 41 · first 3 ms · last 21 ms
                """);
        assertThat(controlPlane
                        .higuma(home, "", "delete", "mt", "q", "--wait", "-o", "json")
                        .out())
                .contains("\"revision\" : 41", "\"running\" : 12");
    }

    @Test
    void aDurationThatIsNoneIsAUsage() {
        Verbs.Result result = controlPlane.higuma(home, MESH, "apply", "-f", "-", "--wait=soon");

        assertThat(result.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(result.err()).contains("`soon` is not a duration");
    }

    @Test
    void aControlPlaneWithoutReceiptsSaysWhy() {
        controlPlane.on("GET /revisions/41", 404, "{\"detail\": \"revision 41 is not remembered any more\"}");

        Verbs.Result result = controlPlane.higuma(home, MESH, "apply", "-f", "-", "--wait");

        assertThat(result.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(result.err())
                .isEqualTo("higuma: the control plane has no receipt for revision 41: revision 41 is not remembered"
                        + " any more\n");
    }

    @Test
    void revisionsAreListedWithWhoWroteWhat() {
        controlPlane.on("GET /revisions", 200, """
                {"total": 2, "next": null, "items": [
                 {"revision": 42, "concerned": 3, "running": 1, "waitingFor": 1, "refusing": 1, "away": 0,
                  "written": "2026-11-24T11:59:55Z", "writes": [{"revision": 42, "type": "MeshTimeout",
                   "mesh": "default", "name": "q", "author": "mesh-system:admin", "verb": "delete"}]},
                 {"revision": 41, "concerned": 3, "running": 3, "waitingFor": 0, "refusing": 0, "away": 0,
                  "written": "2026-11-24T11:00:00Z",
                  "writes": [{"revision": 41, "type": "Mesh", "name": "shop", "verb": "put"}]}]}""");

        assertThat(controlPlane.higuma(home, "", "get", "revisions").out()).isEqualTo("""
                REVISION   AGE   BY                  WRITTEN                  RUNNING   STATE
                42         5s    mesh-system:admin   -MeshTimeout default/q   1/3       1 refused, 1 missing
                41         1h    -                   Mesh shop                3/3       complete
                """);
    }

    @Test
    void oneRevisionIsShownWithItsProxies() {
        controlPlane.on("GET /revisions/41", 200, REFUSED);
        controlPlane.on("GET /revisions/41/proxies", 200, """
                {"total": 2, "next": null, "items": [{"mesh": "default", "name": "web-1", "state": "refused",
                 "message": "no such filter"}, {"mesh": "default", "name": "web-2", "state": "running"}]}""");

        assertThat(controlPlane.higuma(home, "", "inspect", "revision", "41").out())
                .isEqualTo("""
                11/12 proxies run revision 41 · first 3 ms · last 21 ms
                  refused  default/web-1: no such filter
                """);
        assertThat(controlPlane
                        .higuma(home, "", "inspect", "revision", "41", "--proxies")
                        .out())
                .isEqualTo("""
                MESH      NAME    STATE     MESSAGE
                default   web-1   refused   no such filter
                default   web-2   running
                """);
        assertThat(controlPlane.higuma(home, "", "inspect", "revision").exitCode())
                .isEqualTo(ExitCode.USAGE);
    }

    @Test
    void problemsNameTheirPolicies() {
        controlPlane.on("GET /_problems", 200, """
                {"total": 1, "next": null, "items": [{"message": "Envoy would refuse it", "by": "compiler",
                 "policies": ["kri_mt_default___q_"], "count": 2, "proxies": ["default/a", "default/b"]}]}""");

        assertThat(controlPlane.higuma(home, "", "inspect", "problems").out()).isEqualTo("""
                2 proxies, default/a among them: Envoy would refuse it
                  because of kri_mt_default___q_
                """);
    }

    @Test
    void theControlPlaneIsAPageForPeople() {
        controlPlane.on("GET /_status", 200, """
                {"streams": 3, "revision": 41, "queued": 0, "waiting": 1, "compilations": 9, "faults": 0,
                 "lag": {"median": 0, "p99": 2, "max": 2, "behind": 1},
                 "sharing": {"distinct": 10, "held": 25, "ratio": 2.5},
                 "durations": {"propagation": {"count": 4, "mean": 0.004, "p50": 0.005, "p99": 0.01}},
                 "types": {"cluster": {"connect": 3, "plan": 1, "delivery": 0, "bytes": 900, "refused": 0}}}""");

        assertThat(controlPlane.higuma(home, "", "inspect", "cp").out()).isEqualTo("""
                proxies connected   3
                newest revision     41
                proxies behind      1 (revisions behind: median 0, p99 2, max 2)
                waiting             0 events for the loop, 1 proxies for a compile thread
                plans computed      9
                resources           10 distinct, held 25 times (2.5 × shared)
                faults              0

                DURATION      COUNT   MEAN      P50 ≤     P99 ≤
                propagation   4       4.00 ms   5.00 ms   10.00 ms

                TYPE      CONNECT   PLAN   DELIVERY   BYTES   REFUSED
                cluster   3         1      0          900     0
                """);
        assertThat(controlPlane.higuma(home, "", "inspect", "cp", "-o", "json").out())
                .contains("\"behind\" : 1");
    }
}
