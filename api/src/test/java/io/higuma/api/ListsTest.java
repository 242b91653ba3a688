package io.higuma.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Pages, filters, and what is counted (contract 3.4 to 3.6).
class ListsTest {

    private static RestPlane plane;

    @BeforeAll
    static void start() {
        plane = new RestPlane();
        plane.put("/meshes/other", "{'type':'Mesh','name':'other'}");
        for (int i = 0; i < 5; i++) {
            String color = i % 2 == 0 ? "blue" : "red";
            dataplane("default", "web-" + i, "'color':'" + color + "','app':'web'", "'inbound':[{'port':8080}]");
        }
        dataplane("default", "edge", "'app':'edge'", "'gateway':{'tags':{'kuma.io/service':'edge-gateway'}}");
        dataplane("other", "web-0", "'color':'blue'", "'inbound':[{'port':8080}]");
    }

    private static void dataplane(String mesh, String name, String labels, String networking) {
        RestPlane.Answer answer = plane.put(
                "/meshes/" + mesh + "/dataplanes/" + name,
                "{'type':'Dataplane','mesh':'" + mesh + "','name':'" + name + "','labels':{" + labels
                        + "},'networking':{'address':'192.0.2.1'," + networking + "}}");
        assertThat(answer.status()).as(answer.text()).isEqualTo(201);
    }

    @AfterAll
    static void stop() {
        plane.close();
    }

    private static List<String> names(RestPlane.Answer answer) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        return answer.json()
                .path("items")
                .valueStream()
                .map(item -> item.path("name").asString())
                .toList();
    }

    @Test
    void theLinksOfPagesLeadThroughEverythingOnce() {
        List<String> seen = new ArrayList<>();
        String path = "/meshes/default/dataplanes?size=2&filter[labels.app]=web"
                .replace("[", "%5B")
                .replace("]", "%5D");
        int pages = 0;

        while (!path.isEmpty()) {
            RestPlane.Answer page = plane.get(path);
            seen.addAll(names(page));
            assertThat(page.at("/total")).isEqualTo("5");
            String next = page.at("/next");
            path = next.equals("null") ? "" : next.substring(("http://127.0.0.1:" + plane.port()).length());
            pages++;
        }

        assertThat(pages).isEqualTo(3);
        assertThat(seen).containsExactly("web-0", "web-1", "web-2", "web-3", "web-4");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "size=x      | Invalid page size | invalid format",
                "size=0      | Invalid page size | must be greater than 0",
                "size=-1     | Invalid page size | must be greater than 0",
                "size=1001   | Invalid page size | invalid page size of 1001. Maximum page size is 1000",
                "size=99999999999999999999 | Invalid page size | invalid page size of 99999999999999999999. Maximum page size is 1000",
            })
    void aSizeThatIsNoneSaysWhy(String query, String detail, String reason) {
        RestPlane.Answer answer = plane.get("/meshes?" + query);

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.at("/title")).isEqualTo("Could not retrieve resources");
        assertThat(answer.at("/detail")).isEqualTo(detail);
        assertThat(answer.at("/invalid_parameters/0/field")).isEqualTo("size");
        assertThat(answer.at("/invalid_parameters/0/reason")).isEqualTo(reason);
    }

    @ParameterizedTest
    @CsvSource({"x", "-1", "99999999999"})
    void anOffsetThatIsNoneIsABadRequest(String offset) {
        RestPlane.Answer answer = plane.get("/meshes?offset=" + offset);

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.at("/detail")).startsWith("invalid: invalid offset");
    }

    @Test
    void aPageBehindTheEndIsEmpty() {
        RestPlane.Answer answer = plane.get("/meshes?offset=7");

        assertThat(names(answer)).isEmpty();
        assertThat(answer.at("/total")).isEqualTo("2");
        assertThat(answer.at("/next")).isEqualTo("null");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "name=2                                             | web-2",
                "filter%5Blabels.color%5D=red                       | web-1 web-3",
                "filter%5Blabels.color%5D=red&name=3                | web-3",
                "tag=color:re                                       | web-1 web-3",
                "tag=kuma.io/service:gateway                        | edge",
                "gateway=true                                       | edge",
                "gateway=false                                      | web-0 web-1 web-2 web-3 web-4",
            })
    void filtersNarrowAList(String query, String names) {
        assertThat(names(plane.get("/meshes/default/dataplanes?" + query))).containsExactly(names.split(" "));
        assertThat(names(plane.get("/meshes/default/dataplanes/_overview?" + query)))
                .containsExactly(names.split(" "));
    }

    @Test
    void filtersThatNobodyKnowsAreToldTogether() {
        RestPlane.Answer answer = plane.get(
                "/meshes/default/dataplanes?filter%5Bcolor%5D=red&gateway=maybe&filter%5Blabels.a%5D%5Bb%5D=c");

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json()
                        .path("invalid_parameters")
                        .valueStream()
                        .map(p -> p.path("field").asString()))
                .containsExactlyInAnyOrder(
                        "/meshes/{mesh}/dataplanes.filter[color]",
                        "/meshes/{mesh}/dataplanes.filter[labels.a][b]",
                        "/meshes/{mesh}/dataplanes.gateway");
    }

    @Test
    void aListOverAllMeshesHoldsThemAll() {
        assertThat(names(plane.get("/dataplanes?name=web-0"))).containsExactly("web-0", "web-0");
    }

    @Test
    void anOverviewJoinsTheDataplaneAndItsInsight() {
        RestPlane.Answer one = plane.get("/meshes/default/dataplanes/web-0/_overview");

        assertThat(one.at("/type")).isEqualTo("DataplaneOverview");
        assertThat(one.at("/dataplane/networking/address")).isEqualTo("192.0.2.1");
        assertThat(one.at("/dataplaneInsight")).isEqualTo("{}");
        assertThat(plane.get("/meshes/default/dataplanes+insights/web-0").text())
                .isEqualTo(one.text());
        assertThat(plane.get("/meshes/default/dataplanes/_overview")
                        .json()
                        .at("/items/0")
                        .has("dataplaneInsight"))
                .isFalse();
    }

    @Test
    void aMeshInsightCountsWhatIsThere() {
        RestPlane.Answer answer = plane.get("/mesh-insights/default");

        assertThat(answer.at("/type")).isEqualTo("MeshInsight");
        assertThat(answer.at("/dataplanes")).isEqualTo("{\"total\":6,\"offline\":6}");
        assertThat(answer.at("/dataplanesByType/standard/total")).isEqualTo("5");
        assertThat(answer.at("/dataplanesByType/gateway/total")).isEqualTo("1");
        assertThat(answer.at("/dpVersions/envoy/unknown/offline")).isEqualTo("6");
        assertThat(answer.at("/resources/Dataplane/total")).isEqualTo("6");
        assertThat(plane.get("/mesh-insights/none").status()).isEqualTo(404);
        assertThat(names(plane.get("/mesh-insights"))).containsExactly("default", "other");
    }

    @Test
    void theGlobalInsightCountsOverAllMeshes() {
        RestPlane.Answer answer = plane.get("/global-insight");

        assertThat(answer.at("/meshes/total")).isEqualTo("2");
        assertThat(answer.at("/dataplanes/standard/total")).isEqualTo("6");
        assertThat(answer.at("/dataplanes/gatewayDelegated/offline")).isEqualTo("1");
        assertThat(answer.at("/resources/Dataplane/total")).isEqualTo("7");
    }

    @Test
    void aPolicyTellsWhomItSelectsAndAProxyWhatSelectsIt() {
        plane.put(
                "/meshes/default/meshtimeouts/red",
                "{'type':'MeshTimeout','mesh':'default','name':'red','spec':{'targetRef':{'kind':'Dataplane',"
                        + "'labels':{'color':'red'}},'to':[{'targetRef':{'kind':'Mesh'},"
                        + "'default':{'idleTimeout':'5s'}}]}}");
        plane.put(
                "/meshes/default/meshtimeouts/shadow",
                "{'type':'MeshTimeout','mesh':'default','name':'shadow','labels':{'kuma.io/effect':'shadow'},"
                        + "'spec':{'to':[{'targetRef':{'kind':'Mesh'},'default':{'idleTimeout':'5s'}}]}}");

        String path = "/meshes/default/meshtimeouts/red";
        assertThat(names(plane.get(path + "/_resources/dataplanes"))).containsExactly("web-1", "web-3");
        assertThat(plane.get(path + "/_resources/dataplanes?size=1").at("/next"))
                .endsWith("/_resources/dataplanes?offset=1&size=1");
        assertThat(plane.get(path + "/dataplanes").at("/items/1/dataplane/name"))
                .isEqualTo("web-3");
        assertThat(names(plane.get("/meshes/default/meshtimeouts/shadow/_resources/dataplanes")))
                .as("what it would select")
                .hasSize(6);
        assertThat(plane.get("/meshes/default/dataplanes/web-1/policies")
                        .at("/items/0/matchedPolicies/MeshTimeout/0/name"))
                .isEqualTo("red");
        assertThat(plane.get("/meshes/default/dataplanes/web-0/policies").at("/total"))
                .as("a shadow does nothing")
                .isEqualTo("0");
        assertThat(plane.get("/meshes/default/dataplanes/none/policies").at("/title"))
                .isEqualTo("Could not get MatchedPolicies");
        assertThat(plane.get("/meshes/default/meshtimeouts/none/_resources/dataplanes")
                        .at("/title"))
                .isEqualTo("Could not retrieve policy");
    }

    @Test
    void theTypesThatAreListedAreThoseThatAreServed() {
        List<String> paths = plane.get("/_resources")
                .json()
                .path("resources")
                .valueStream()
                .map(r -> r.path("path").asString())
                .toList();

        assertThat(paths).contains("meshes", "dataplanes", "meshtimeouts", "meshtrusts");
        for (String path : paths) {
            assertThat(plane.get("/" + path).status()).as(path).isEqualTo(200);
        }
        assertThat(plane.get("/policies")
                        .json()
                        .path("policies")
                        .valueStream()
                        .map(p -> p.path("path").asString()))
                .isSubsetOf(paths);
    }
}
