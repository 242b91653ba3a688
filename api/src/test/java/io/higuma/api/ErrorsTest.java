package io.higuma.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/// What wrong requests are answered with: bodies of contract 3.3, to the letter.
class ErrorsTest {

    private static RestPlane plane;

    @BeforeAll
    static void start() {
        plane = new RestPlane();
    }

    @AfterAll
    static void stop() {
        plane.close();
    }

    private static void assertBody(RestPlane.Answer answer, int status, String json) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(status);
        assertThat(answer.contentType()).isEqualTo("application/json");
        assertThat(answer.json()).isEqualTo(JsonMapper.shared().readTree(json.replace('\'', '"')));
    }

    @Test
    void whatIsNotThereHasATitleThatSaysWhatWasAsked() {
        assertBody(
                plane.get("/meshes/default/meshtimeouts/none"),
                404,
                "{'type':'/std-errors','status':404,'title':'Could not retrieve a resource','detail':'Not found',"
                        + "'details':'Not found'}");
        assertBody(
                plane.delete("/meshes/default/meshtimeouts/none"),
                404,
                "{'type':'/std-errors','status':404,'title':'Could not delete a resource','detail':'Not found',"
                        + "'details':'Not found'}");
        assertBody(
                plane.get("/meshes/none/meshtimeouts"),
                404,
                "{'type':'/std-errors','status':404,'title':'Failed to retrieve Mesh','detail':'Not found',"
                        + "'details':'Not found'}");
    }

    @Test
    void aPathNobodyServesIsText() {
        RestPlane.Answer answer = plane.get("/meshes/default/meshbananas");

        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.contentType()).isEqualTo("text/plain; charset=utf-8");
        assertThat(answer.text()).isEqualTo("404: Page Not Found");
    }

    @Test
    void aWrongMethodSaysWhichAreRight() {
        RestPlane.Answer answer = plane.call("POST", "/meshes/default", "{}");

        assertThat(answer.status()).isEqualTo(405);
        assertThat(answer.text()).isEqualTo("405: Method Not Allowed");
        assertThat(answer.whole().headers().firstValue("allow")).contains("PUT, DELETE, GET");
    }

    @Test
    void otherContentThanJsonIsRefused() {
        RestPlane.Answer body = plane.put("/meshes/a", "type: Mesh", "content-type", "application/yaml");
        RestPlane.Answer accept = plane.get("/meshes", "accept", "text/html");

        assertThat(body.status()).isEqualTo(415);
        assertThat(body.text()).isEqualTo("415: Unsupported Media Type");
        assertThat(accept.status()).isEqualTo(406);
        assertThat(accept.text()).isEqualTo("406: Not Acceptable\n\nAvailable representations: application/json");
    }

    @Test
    void everythingThatIsWrongIsSaidAtOnce() {
        assertBody(
                plane.put(
                        "/meshes/default/dataplanes/one",
                        "{'type':'Dataplane','mesh':'other','name':'two','labels':{'kuma.io/zone':'west'},"
                                + "'networking':{'address':'0.0.0.0','inbound':[{'port':70000}]}}"),
                400,
                "{'type':'/std-errors','status':400,'title':'Could not process a resource',"
                        + "'detail':'Resource is not valid','invalid_parameters':["
                        + "{'field':'networking.address','reason':'must not be 0.0.0.0 or ::'},"
                        + "{'field':'networking.inbound[0].port','reason':'port must be in the range [1, 65535]'},"
                        + "{'field':'name','reason':'name from the URL has to be the same as in body'},"
                        + "{'field':'mesh','reason':'mesh from the URL has to be the same as in body'},"
                        + "{'field':'labels[\\\"kuma.io/zone\\\"]','reason':'kuma.io/zone label should have default value'}],"
                        + "'details':'Resource is not valid','causes':["
                        + "{'field':'networking.address','message':'must not be 0.0.0.0 or ::'},"
                        + "{'field':'networking.inbound[0].port','message':'port must be in the range [1, 65535]'},"
                        + "{'field':'name','message':'name from the URL has to be the same as in body'},"
                        + "{'field':'mesh','message':'mesh from the URL has to be the same as in body'},"
                        + "{'field':'labels[\\\"kuma.io/zone\\\"]','message':'kuma.io/zone label should have default value'}]}");
        assertThat(plane.get("/meshes/default/dataplanes/one").status()).isEqualTo(404);
    }

    /// What is said of a field that nobody knows hides nothing else.
    @Test
    void anUnknownFieldOrProtocolIsSaidTogetherWithWhatIsWrongBesideIt() {
        assertThat(reasons(plane.put(
                        "/meshes/default/dataplanes/one",
                        "{'type':'Dataplane','mesh':'other','name':'one','bogus':1,'networking':{'address':'0.0.0.0',"
                                + "'inbound':[{'port':70000,'protocol':'htp'}]}}")))
                .containsExactly(
                        "networking.inbound[0].protocol: has an invalid value \"htp\". Allowed values: grpc, http, http2, tcp",
                        "bogus: unknown field",
                        "networking.address: must not be 0.0.0.0 or ::",
                        "networking.inbound[0].port: port must be in the range [1, 65535]",
                        "mesh: mesh from the URL has to be the same as in body");
        assertThat(reasons(plane.put(
                        "/meshes/default/meshtimeouts/one",
                        "{'type':'MeshTimeout','mesh':'default','name':'one','spec':{'bogus':1,"
                                + "'to':[{'targetRef':{'kind':'Mesh'},'default':{}}]}}")))
                .containsExactly(
                        "spec.bogus: unknown field", "spec.to[0].default: at least one timeout should be configured");
    }

    private static List<String> reasons(RestPlane.Answer answer) {
        assertThat(answer.status()).isEqualTo(400);
        return answer.json()
                .path("invalid_parameters")
                .valueStream()
                .map(each -> each.path("field").asString() + ": "
                        + each.path("reason").asString())
                .toList();
    }

    @Test
    void schemaProblemsOfAPolicyAreSaidTogetherWithTheirPaths() {
        RestPlane.Answer answer = plane.put(
                "/meshes/default/meshtimeouts/t",
                "{'type':'MeshTimeout','mesh':'default','name':'t','spec':{'targetRef':{'kind':'Banana'},"
                        + "'to':[{'targetRef':{'kind':'Mesh'},'default':{'idleTimout':'1s'}}]}}");

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json()
                        .path("invalid_parameters")
                        .valueStream()
                        .map(p -> p.path("field").asString() + ": "
                                + p.path("reason").asString()))
                .containsExactly(
                        "spec.targetRef.kind: in body should be one of [Mesh Dataplane]",
                        "spec.to[0].default.idleTimout: unknown field, did you mean 'idleTimeout'?");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{                                        | line 1",
                "{'type':'Mesh','type':'Mesh'}             | type",
                "[1]                                      | a resource is an object",
            })
    void aBodyThatCannotBeReadIsABadRequest(String body, String told) {
        RestPlane.Answer answer = plane.put("/meshes/a", body);

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.at("/title")).isEqualTo("Bad Request");
        assertThat(answer.at("/detail")).startsWith("invalid Mesh object: \"").contains(told);
        assertThat(answer.json().has("invalid_parameters")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Upper", "under_score", "-dash", "a.b", "1a"})
    void aNameThatDnsDoesNotTakeIsRefused(String name) {
        RestPlane.Answer answer = plane.put("/meshes/" + name, "{'type':'Mesh','name':'" + name + "'}");

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.at("/invalid_parameters/0/field")).isEqualTo("name");
    }

    @Test
    void aNameThatIsTooLongIsRefused() {
        String name = "a".repeat(254);

        RestPlane.Answer answer = plane.put(
                "/meshes/default/workloads/" + name,
                "{'type':'Workload','mesh':'default','name':'" + name + "','spec':{}}");

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.at("/invalid_parameters/0/reason")).contains("253");
    }

    /// What the server says once it has heard the head of a request and `sent` bytes of its body. The connection stays
    /// open for more: an answer can only come of what was sent.
    private static String answerTo(String length, byte[] sent) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", plane.port())) {
            socket.setSoTimeout(20_000);
            OutputStream out = socket.getOutputStream();
            out.write(("PUT /meshes/big HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n" + length
                            + "\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            out.write(sent);
            out.flush();
            InputStream in = socket.getInputStream();
            StringBuilder answer = new StringBuilder();
            while (!answer.toString().endsWith("}")) {
                int next = in.read();
                if (next < 0) {
                    break;
                }
                answer.append((char) next);
            }
            return answer.toString();
        }
    }

    @Test
    void aBodyOfFiftyMegabytesIsRefusedWithoutReadingIt() throws Exception {
        String answer = answerTo("content-length: 52428800", new byte[] {'{'});

        assertThat(answer).startsWith("HTTP/1.1 413 ").contains("the body is larger than 4194304 bytes");
        assertThat(plane.get("/meshes/big").status()).isEqualTo(404);
    }

    @Test
    void aBodyWithoutALengthIsReadUpToTheLimitAndNoFurther() throws Exception {
        String chunk = "100000\r\n" + "x".repeat(1 << 20) + "\r\n";

        String answer = answerTo("transfer-encoding: chunked", chunk.repeat(5).getBytes(StandardCharsets.US_ASCII));

        assertThat(answer).startsWith("HTTP/1.1 413 ").contains("Request entity too large");
        assertThat(plane.get("/meshes").status()).isEqualTo(200);
    }

    @Test
    void aMeshWithDataplanesStays() {
        plane.put("/meshes/busy", "{'type':'Mesh','name':'busy'}");
        plane.put(
                "/meshes/busy/dataplanes/a",
                "{'type':'Dataplane','mesh':'busy','name':'a','networking':{'address':'127.0.0.1'}}");

        assertBody(
                plane.delete("/meshes/busy"),
                400,
                "{'type':'/std-errors','status':400,'title':'Could not delete a resource',"
                        + "'detail':'Resource is not valid','invalid_parameters':[{'field':'mesh',"
                        + "'reason':'unable to delete mesh, there are still some dataplanes attached'}],"
                        + "'details':'Resource is not valid','causes':[{'field':'mesh',"
                        + "'message':'unable to delete mesh, there are still some dataplanes attached'}]}");
        assertThat(plane.delete("/meshes/busy/dataplanes/a").status()).isEqualTo(200);
        assertThat(plane.delete("/meshes/busy").status()).isEqualTo(200);
    }

    @Test
    void aResourceStaysInItsZone() {
        String body = "{'type':'Workload','mesh':'default','name':'w','labels':{%s},'spec':{}}";
        assertThat(plane.put("/meshes/default/workloads/w", body.formatted("")).status())
                .isEqualTo(201);

        RestPlane.Answer answer =
                plane.put("/meshes/default/workloads/w", body.formatted("'kuma.io/zone':'elsewhere'"));

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.at("/invalid_parameters/0/field")).isEqualTo("labels[\"kuma.io/zone\"]");
    }

    @Test
    void whatStreamsReportIsNotWritten() {
        for (String path : List.of(
                "/meshes/default/dataplane-insights/a",
                "/mesh-insights/default",
                "/zone-insights/default",
                "/meshes/default/service-insights/a")) {
            RestPlane.Answer answer = plane.put(path, "{}");

            assertThat(answer.status()).as(path).isEqualTo(405);
            assertThat(answer.at("/title")).isEqualTo("Method not allowed");
            assertThat(answer.at("/detail")).startsWith("On zone control plane you can only modify zone resources");
        }
    }

    @Test
    void aReadOnlyControlPlaneRefusesBeforeItReads() {
        try (RestPlane readOnly = new RestPlane(true)) {
            assertThat(readOnly.put("/meshes/a", "{").status()).isEqualTo(405);
            assertThat(readOnly.delete("/meshes/default").status()).isEqualTo(405);
            assertThat(readOnly.get("/meshes/default").status()).isEqualTo(200);
            assertThat(readOnly.post("/tokens/dataplane", "{'mesh':'default'}").status())
                    .isEqualTo(200);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "kri_nope_default_default__a_ | 400 | bad request: unknown short name of resource type: \"nope\"",
                "krx_mt_default_default__no_  | 400 | bad request: identifier must start with 'kri': \"krx_mt_default_default__no_\"",
                "kri_mt_default               | 400 | bad request: invalid identifier string: \"kri_mt_default\"",
                "kri_mt_default_default__no_  | 404 | Not found",
            })
    void anIdentifierThatNamesNothingSaysWhy(String kri, int status, String detail) {
        RestPlane.Answer answer = plane.get("/_kri/" + kri);

        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.at("/detail")).isEqualTo(detail);
    }
}
