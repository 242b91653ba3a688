package io.higuma.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.higuma.identity.ServerCertificate;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// The life of one resource of every kind, over REST.
class KindsTest {

    private static final String PEM = ServerCertificate.selfSigned(
                    List.of("localhost"), Instant.parse("2030-01-01T00:00:00Z"), new SecureRandom())
            .certificate();

    private static RestPlane plane;

    @BeforeAll
    static void start() {
        plane = new RestPlane();
        plane.put("/meshes/m", "{'type':'Mesh','name':'m'}");
    }

    @AfterAll
    static void stop() {
        plane.close();
    }

    /// @param path of the collection
    /// @param content what stands beside type, name and mesh
    /// @param changed another content
    record Kind(String type, String path, String content, String changed) {
        boolean inMesh() {
            return path.startsWith("/meshes/m/");
        }

        String body(String name, String what) {
            return ("{'type':'" + type + "','name':'" + name + "'" + (inMesh() ? ",'mesh':'m'" : "")
                            + (what.isEmpty() ? "" : "," + what) + "}")
                    .replace('\'', '"');
        }

        @Override
        public String toString() {
            return type;
        }
    }

    static Stream<Kind> kinds() {
        String trust = "'spec':{'trustDomain':'%s','caBundles':[{'type':'Pem','pem':{'value':'"
                + PEM.replace("\n", "\\n") + "'}}]}";
        String identity = "'spec':{'selector':{'dataplane':{'matchLabels':{'app':'%s'}}},'provider':{'type':'Bundled',"
                + "'bundled':{'meshTrustCreation':'Disabled','insecureAllowSelfSigned':true,'autogenerate':{'enabled':true}}}}";
        String rule =
                "'spec':{'rules':[{'default':{'allow':[{'spiffeID':{'type':'Exact','value':'spiffe://m/%s'}}]}}]}";
        return Stream.of(
                new Kind("Mesh", "/meshes", "", "'skipCreatingInitialPolicies':['*']"),
                new Kind("Zone", "/zones", "'enabled':true", "'enabled':false"),
                new Kind("GlobalSecret", "/globalsecrets", "'data':'YQ=='", "'data':'Yg=='"),
                new Kind("GlobalSecret", "/global-secrets", "'data':'YQ=='", "'data':'Yg=='"),
                new Kind("Secret", "/meshes/m/secrets", "'data':'YQ=='", "'data':'Yg=='"),
                new Kind(
                        "Dataplane",
                        "/meshes/m/dataplanes",
                        "'networking':{'address':'192.0.2.1'}",
                        "'networking':{'address':'192.0.2.2'}"),
                new Kind("Workload", "/meshes/m/workloads", "'spec':{}", "'labels':{'a':'b'},'spec':{}"),
                new Kind(
                        "MeshService",
                        "/meshes/m/meshservices",
                        "'spec':{'selector':{'dataplaneLabels':{'matchLabels':{'app':'a'}}},'ports':[{'port':80}]}",
                        "'spec':{'selector':{'dataplaneLabels':{'matchLabels':{'app':'a'}}},'ports':[{'port':81}]}"),
                new Kind("MeshIdentity", "/meshes/m/meshidentities", identity.formatted("a"), identity.formatted("b")),
                new Kind("MeshTrust", "/meshes/m/meshtrusts", trust.formatted("a.mesh"), trust.formatted("b.mesh")),
                new Kind(
                        "MeshTimeout",
                        "/meshes/m/meshtimeouts",
                        "'spec':{'to':[{'targetRef':{'kind':'Mesh'},'default':{'idleTimeout':'5s'}}]}",
                        "'spec':{'to':[{'targetRef':{'kind':'Mesh'},'default':{'idleTimeout':'6s'}}]}"),
                new Kind(
                        "MeshTrafficPermission",
                        "/meshes/m/meshtrafficpermissions",
                        rule.formatted("a"),
                        rule.formatted("b")),
                new Kind(
                        "MeshTLS",
                        "/meshes/m/meshtlses",
                        "'spec':{'rules':[{'default':{'mode':'Permissive'}}]}",
                        "'spec':{'rules':[{'default':{'mode':'Strict'}}]}"));
    }

    /// Whether everything that was sent is in what is there.
    private static boolean holds(JsonNode stored, JsonNode sent) {
        if (sent instanceof ObjectNode object) {
            return object.properties().stream().allMatch(e -> holds(stored.path(e.getKey()), e.getValue()));
        }
        if (sent.isArray()) {
            return stored.size() == sent.size()
                    && IntStream.range(0, sent.size()).allMatch(i -> holds(stored.path(i), sent.path(i)));
        }
        return stored.equals(sent);
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void itIsMadeReadListedChangedAndRemoved(Kind kind) {
        String name = "one";
        String item = kind.path() + "/" + name;
        String body = kind.body(name, kind.content());
        assertThat(plane.get(item).status()).isEqualTo(404);

        // made
        RestPlane.Answer made = plane.put(item, body);
        assertThat(made.status()).as(made.text()).isEqualTo(201);
        assertThat(made.whole().headers().firstValue("higuma-revision")).isPresent();

        // read
        RestPlane.Answer read = plane.get(item);
        assertThat(holds(
                        read.json(),
                        JsonNodeFactory.instance
                                .objectNode()
                                .put("type", kind.type())
                                .put("name", name)))
                .isTrue();
        assertThat(read.at("/creationTime")).endsWith("Z");
        assertThat(holds(read.json(), without(json(body), "enabled")))
                .as(read.text())
                .isTrue();

        // listed
        assertThat(plane.get(kind.path())
                        .json()
                        .path("items")
                        .valueStream()
                        .map(i -> i.path("name").asString()))
                .contains(name);

        // written again, and changed
        assertThat(plane.put(item, body).status()).isEqualTo(200);
        String changed = kind.body(name, kind.changed());
        RestPlane.Answer update = plane.put(item, changed);
        assertThat(update.status()).as(update.text()).isEqualTo(200);
        RestPlane.Answer again = plane.get(item);
        assertThat(holds(again.json(), without(json(changed), "skipCreatingInitialPolicies")))
                .as(again.text())
                .isTrue();

        // as a manifest
        assertThat(plane.get(item + "?format=kubernetes").at("/metadata/name")).isEqualTo(name);

        // removed
        assertThat(plane.delete(item).status()).isEqualTo(200);
        assertThat(plane.get(item).status()).isEqualTo(404);
        assertThat(plane.delete(item).status()).isEqualTo(404);
    }

    private static JsonNode json(String text) {
        return JsonMapper.shared().readTree(text);
    }

    /// Fields whose usual value is not written.
    private static JsonNode without(JsonNode node, String field) {
        ObjectNode copy = (ObjectNode) node.deepCopy();
        copy.remove(field);
        return copy;
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void aFieldNobodyKnowsIsNotOverheard(Kind kind) {
        String body = kind.body("two", kind.content());
        String bogus = body.substring(0, body.length() - 1) + ",\"bogus\":1}";

        RestPlane.Answer answer = plane.put(kind.path() + "/two", bogus);

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.text().toLowerCase(Locale.ROOT)).contains("bogus");
        assertThat(plane.get(kind.path() + "/two").status()).isEqualTo(404);
    }

    @Test
    void configsOfTheControlPlaneAreNobodysBusiness() {
        assertThat(plane.get("/configs").status()).isEqualTo(404);
        assertThat(plane.get("/_resources").text()).doesNotContain("\"Config\"");
    }

    @Test
    void whatIsNoCertificateIsNoTrust() {
        RestPlane.Answer answer = plane.put(
                "/meshes/m/meshtrusts/bad",
                "{'type':'MeshTrust','mesh':'m','name':'bad','spec':{'trustDomain':'m','caBundles':[{'type':'Pem',"
                        + "'pem':{'value':'-----BEGIN CERTIFICATE-----\\nYQ==\\n-----END CERTIFICATE-----'}}]}}");

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.at("/invalid_parameters/0/field")).isEqualTo("spec.caBundles[0].pem.value");
    }

    @Test
    void aZoneProxysListenersShowInItsLabelsAndGoFromThem() {
        String path = "/meshes/m/dataplanes/gate";
        String body = "{'type':'Dataplane','mesh':'m','name':'gate','networking':{'address':'192.0.2.1'%s}}";
        plane.put(path, body.formatted(",'listeners':[{'type':'ZoneIngress','address':'192.0.2.1','port':10001}]"));
        assertThat(plane.get(path)
                        .json()
                        .path("labels")
                        .path("kuma.io/listener-zoneingress")
                        .asString())
                .isEqualTo("enabled");

        plane.put(path, body.formatted(""));

        assertThat(plane.get(path).json().path("labels").has("kuma.io/listener-zoneingress"))
                .isFalse();
    }

    @Test
    void aSecretAsKubernetesHasIt() {
        plane.put("/meshes/m/secrets/k", "{'type':'Secret','mesh':'m','name':'k','data':'YQ=='}");

        RestPlane.Answer answer = plane.get("/meshes/m/secrets/k?format=kubernetes&namespace=mine");

        assertThat(answer.at("/kind")).isEqualTo("Secret");
        assertThat(answer.at("/type")).isEqualTo("system.kuma.io/secret");
        assertThat(answer.at("/data/value")).isEqualTo("YQ==");
        assertThat(answer.at("/metadata/namespace")).isEqualTo("mine");
        assertThat(answer.at("/metadata/labels/kuma.io~1mesh")).isEqualTo("m");
    }
}
