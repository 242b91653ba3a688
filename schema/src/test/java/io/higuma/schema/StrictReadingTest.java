package io.higuma.schema;

import static org.assertj.core.api.Assertions.assertThat;

import io.higuma.model.Problem;
import io.higuma.model.core.CoreTypes;
import io.higuma.schema.core.CoreSchemas;
import io.higuma.schema.tree.Limits;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What people and broken programs send, and what they are told.
class StrictReadingTest {

    private final Schemas schemas = Schemas.of(CoreSchemas.all());
    private final ResourceReader reader = new ResourceReader(schemas.types());

    private Parsed yaml(String text) {
        return reader.readDocuments(text.getBytes(StandardCharsets.UTF_8), Limits.FILE)
                .getFirst();
    }

    private static List<String> told(Parsed parsed) {
        return parsed.allProblems().stream()
                .map(p -> p.path() + ": " + p.message())
                .toList();
    }

    @Test
    void everyProblemOfAnInputIsToldAtOnceAndWithItsPlace() {
        Parsed parsed = yaml("""
                type: MeshService
                name: web
                spec:
                  selctor: {}
                  state: Maybe
                  ports:
                  - port: "80"
                    appProtocol: smtp
                  - name: 5
                """);

        assertThat(parsed).isInstanceOf(Parsed.Invalid.class);
        assertThat(parsed.allProblems().stream()
                        .map(p -> p.location().line() + ":" + p.location().column() + " " + p.path() + ": "
                                + p.message()))
                .containsExactly(
                        "8:18 spec.ports[0].appProtocol: appProtocol must be one of: grpc, http, http2, tcp",
                        "7:11 spec.ports[0].port: in body must be of type integer: \"string\"",
                        "9:11 spec.ports[1].name: in body must be of type string: \"number\"",
                        "9:5 spec.ports[1].port: in body is required",
                        "4:3 spec.selctor: unknown field, did you mean 'selector'?",
                        "5:10 spec.state: in body should be one of [Available Unavailable]");
    }

    @Test
    void aWrongKindOfAnEnumIsToldTwiceAsTheContractDoes() {
        assertThat(told(reader.readJson(
                        CoreTypes.MESH_IDENTITY,
                        bytes("{\"type\":\"MeshIdentity\",\"name\":\"a\",\"spec\":{\"provider\":{\"type\":3}}}"))))
                .containsExactly(
                        "spec.provider.type: in body must be of type string: \"number\"",
                        "spec.provider.type: in body should be one of [Bundled Spire Extension]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}                                             | : .name in body is required;: .spec in body is required;: .type in body is required",
                "{'type':7,'name':'a','spec':{}}                | : type in body must be of type string: \"number\";: type in body should be one of [Workload]",
                "{'type':'Bogus','name':'a','spec':{}}          | : type in body should be one of [Workload]",
                "{'type':'Workload','name':'a','spec':null}     | : .spec in body is required",
                "{'type':'Workload','name':'a','spec':[]}       | : spec in body must be of type object: \"array\"",
                "{'type':'Workload','name':'a','spec':'x'}      | : spec in body must be of type object: \"string\"",
                "{'type':'Workload','name':'a','spec':{'a':1}}  | spec.a: unknown field",
                "{'type':'Workload','name':'a','spec':{},'labels':['a']}    | : labels in body must be of type object: \"array\"",
                "{'type':'Workload','name':'a','spec':{},'labels':{'a':5}}  | : labels.a in body must be of type string: \"number\"",
                "{'type':'Workload','name':'a','spec':{},'creationTime':'yesterday'} | : creationTime in body must be of type date-time: \"yesterday\"",
            })
    void theEnvelopeOfASpecTypeIsJudgedInTheWordsOfTheContract(String json, String told) {
        Parsed parsed = reader.readJson(CoreTypes.WORKLOAD, bytes(json.replace('\'', '"')));

        assertThat(parsed).isInstanceOf(Parsed.Invalid.class);
        assertThat(told(parsed)).containsExactlyInAnyOrder(told.split(";"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'type':'Dataplane','networking':[]}                       | networking: in body must be of type object: \"array\"",
                "{'type':'Dataplane','networking':{'address':'a','inbound':[{'port':'80'}]}} | networking.inbound[0].port: in body must be of type integer: \"string\"",
                "{'type':'Dataplane','networking':{'address':'a','inbound':[{'port':80,'state':'Sleepy'}]}} | networking.inbound[0].state: in body should be one of [Ready NotReady Ignored]",
                "{'type':'Dataplane','labels':{'a':5},'networking':{'address':'a'}} | : labels.a in body must be of type string: \"number\"",
                "{'type':'Dataplane','creationTime':'soon','networking':{'address':'a'}} | : creationTime in body must be of type date-time: \"soon\"",
            })
    void aFlatTypeWithAValueOfTheWrongKindCannotBeDecoded(String json, String told) {
        Parsed parsed = reader.readJson(CoreTypes.DATAPLANE, bytes(json.replace('\'', '"')));

        assertThat(parsed).isInstanceOf(Parsed.Undecodable.class);
        assertThat(told(parsed)).containsExactly(told);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'type':'Dataplane'}                                          | networking: must be defined",
                "{'type':'Mesh','networking':{'address':'a'}}                  | type: type from the URL has to be the same as in body",
                "{'type':'Dataplane','networking':{'address':'a','bogus':1}}   | networking.bogus: unknown field",
                "{'type':'Dataplane','networking':{'address':'a','outbound':[{'port':80}]}} | networking.outbound[0].backendRef: must be defined",
                "{'type':'Dataplane','networking':{'address':'a','listeners':[{'port':80}]}} | networking.listeners[0].type: type must be ZoneIngress or ZoneEgress",
                "{'type':'Dataplane','networking':{'address':'a','inbound':[{'port':80,'protocol':'smtp'}]}} | networking.inbound[0].protocol: has an invalid value \"smtp\". Allowed values: grpc, http, http2, tcp",
            })
    void aFlatTypeThatDecodesIsJudgedFieldByField(String json, String told) {
        Parsed parsed = reader.readJson(CoreTypes.DATAPLANE, bytes(json.replace('\'', '"')));

        assertThat(parsed).isInstanceOf(Parsed.Invalid.class);
        assertThat(told(parsed)).containsExactly(told);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'a:\\n\\tb: 1'                | found character '\\t(TAB)'",
                "'a: 1\\na: 2'                 | duplicate key \"a\"",
                "'a: &x 1\\nb: *x'             | anchors (&name) are not read",
                "'a: *x'                       | aliases (*name) are not read",
                "'a: !!binary x'               | tags (",
                "'[a, b]: 1'                   | a key must be text",
                "'a: [1, 2'                    | expected ',' or ']'",
                "'a: \"x'                      | found unexpected end of stream",
            })
    void yamlThatTricksOrBreaksIsRefusedWithItsPlace(String text, String told) {
        Parsed parsed = yaml(text.translateEscapes());

        assertThat(parsed).isInstanceOf(Parsed.Undecodable.class);
        Problem problem = parsed.allProblems().getFirst();
        assertThat(problem.message()).startsWith(told);
        assertThat(problem.location().known()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "{",
                "{\"a\":1,\"a\":2}",
                "{} {}",
                "{\"a\":01}",
                "{\"a\":NaN}",
                "{'a':1}",
                "{\"a\":\"\u0001\"}",
                "nul",
                "[",
                "{\"a\":1e}",
                "\ufeff"
            })
    void brokenJsonIsUndecodable(String text) {
        assertThat(reader.readJson(CoreTypes.MESH, bytes(text))).isInstanceOf(Parsed.Undecodable.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "5", "\"x\"", "true"})
    void aBodyThatIsNoObjectIsRefusedAndNotACrash(String text) {
        assertThat(reader.readJson(CoreTypes.MESH, bytes(text))).isInstanceOf(Parsed.Undecodable.class);
        assertThat(reader.readJson(CoreTypes.WORKLOAD, bytes(text))).isInstanceOf(Parsed.Undecodable.class);
    }

    @Test
    void nullIsAsGoodAsAnEmptyObject() {
        assertThat(reader.readJson(CoreTypes.MESH, bytes("null")).allProblems())
                .isEqualTo(reader.readJson(CoreTypes.MESH, bytes("{}")).allProblems())
                .isNotEmpty();
        assertThat(reader.readJson(CoreTypes.WORKLOAD, bytes("null")).allProblems())
                .hasSameSizeAs(reader.readJson(CoreTypes.WORKLOAD, bytes("{}")).allProblems())
                .isNotEmpty();
    }

    @Test
    void bytesThatAreNoTextAreRefused() {
        byte[] text = {'{', '"', (byte) 0xc3, (byte) 0x28, '"', ':', '1', '}'};

        assertThat(reader.readJson(CoreTypes.MESH, text)).isInstanceOf(Parsed.Undecodable.class);
        assertThat(reader.readDocuments(text, Limits.FILE).getFirst()).isInstanceOf(Parsed.Undecodable.class);
    }

    @Test
    @Timeout(2)
    void fiftyMegabytesAreRefusedUnread() {
        byte[] text = new byte[50 << 20];
        Arrays.fill(text, (byte) '[');

        assertThat(told(reader.readJson(CoreTypes.MESH, text)).getFirst()).contains("52428800 bytes are more than");
        assertThat(told(reader.readDocuments(text, Limits.FILE).getFirst()).getFirst())
                .contains("52428800 bytes are more than");
    }

    @Test
    @Timeout(10)
    void depthIsBoundedInBothLanguages() {
        byte[] text = bytes("[".repeat(500_000));

        assertThat(told(reader.readJson(CoreTypes.MESH, text)).getFirst()).contains("nested deeper than 100 levels");
        assertThat(told(reader.readDocuments(text, Limits.FILE).getFirst()).getFirst())
                .contains("nested deeper than 100 levels");
    }

    @Test
    @Timeout(20)
    void manyValuesAreBounded() {
        byte[] text = bytes("[" + "1,".repeat(300_000) + "1]");

        assertThat(told(reader.readJson(CoreTypes.MESH, text)).getFirst()).contains("more than 200000 values");
    }

    /// Shapes that are known to make parsers slow: a quarter of a megabyte each.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "a: |x ",
                "a: |x\\n  ",
                "a: \"|\\\\n",
                "a: '|''",
                "#| ",
                "|a: b\\n",
                "|- ",
                "|? ",
                "a: {|b: c, ",
                "|\\n",
                "|[]",
                "|--- \\n",
                "a: \"|\\n ",
                "|'a': ",
                "|!",
                "|&a ",
                "a: >|\\n\\n  x",
                "|\\r",
                "{|\"a\":1,",
                "k|k",
                "a: 1|0"
            })
    @Timeout(20)
    void hostileShapesCostBoundedTime(String shape) {
        String[] parts = shape.translateEscapes().split("\\|", 2);
        byte[] text = bytes(parts[0] + parts[1].repeat((1 << 18) / parts[1].length()));

        assertThat(reader.readDocuments(text, Limits.FILE))
                .allSatisfy(p -> assertThat(p.allProblems()).hasSizeLessThanOrEqualTo(io.higuma.model.Problems.LIMIT));
        assertThat(reader.readJson(CoreTypes.MESH, text)).isInstanceOf(Parsed.Undecodable.class);
    }

    @Test
    void aThousandProblemsAreCutAtTheLimit() {
        StringBuilder text = new StringBuilder("{\"type\":\"Workload\",\"name\":\"a\",\"spec\":{");
        for (int i = 0; i < 1000; i++) {
            text.append(i == 0 ? "" : ",").append("\"f").append(i).append("\":1");
        }

        assertThat(reader.readJson(CoreTypes.WORKLOAD, bytes(text + "}}")).allProblems())
                .hasSize(io.higuma.model.Problems.LIMIT);
    }

    @Test
    void aFieldOfTheOldGenerationIsAcceptedWithAWarning() {
        Parsed parsed = yaml("""
                type: Dataplane
                mesh: default
                name: web-1
                networking:
                  address: 127.0.0.1
                  inbound:
                  - port: 8080
                    servicePort: 80
                    protocol: kafka
                    tags:
                      kuma.io/service: web
                """);

        assertThat(parsed).isInstanceOfSatisfying(Parsed.Ok.class, ok -> {
            assertThat(ok.warnings())
                    .containsExactly(
                            "'networking.inbound[0].protocol': kafka is not supported since 3.0, the traffic is treated"
                                    + " as tcp",
                            "'networking.inbound[0].tags' has no effect since 3.0, use labels of the Dataplane and"
                                    + " protocol of the inbound instead");
            assertThat(ok.resource()
                            .spec(io.higuma.model.core.DataplaneSpec.class)
                            .networking()
                            .inbound()
                            .getFirst()
                            .workloadPort())
                    .isEqualTo(80);
        });
    }

    @Test
    void allDuplicateKeysOfADocumentAreToldWithBothPlaces() {
        Parsed parsed = yaml("type: Mesh\nname: a\nname: b\nlabels:\n  x: y\n  x: z\n");

        assertThat(parsed).isInstanceOf(Parsed.Undecodable.class);
        assertThat(parsed.allProblems())
                .containsExactly(
                        new Problem("", "duplicate key \"name\", first in line 2", new Problem.Location(3, 1)),
                        new Problem("", "duplicate key \"x\", first in line 5", new Problem.Location(6, 3)));
    }

    @Test
    @Timeout(20)
    void documentsAreCounted() {
        List<Parsed> parsed = reader.readDocuments(bytes("--- a\n".repeat(10_001)), Limits.FILE);

        assertThat(parsed).hasSize(10_001);
        assertThat(told(parsed.getLast())).containsExactly(": more than 10000 documents");
    }

    @Test
    void aKubernetesManifestIsRecognised() {
        assertThat(told(yaml("apiVersion: kuma.io/v1alpha1\nkind: Mesh\nmetadata: {name: a}\n")))
                .singleElement()
                .asString()
                .contains("looks like a Kubernetes manifest");
    }

    @Test
    void anUnknownKindNamesItsNeighbour() {
        assertThat(told(yaml("type: MeshServcie\nname: a\nspec: {}")).getFirst())
                .startsWith("type: unknown type \"MeshServcie\", did you mean MeshService?");
    }

    @Test
    void documentsAreReadOneByOneAndEmptyOnesPassedOver() {
        List<Parsed> parsed = reader.readDocuments(
                bytes("---\n---\ntype: Mesh\nname: one\n---\ntype: Mesh\nname: two\nx: 1\n---\n# nothing\n"),
                Limits.FILE);

        assertThat(parsed).hasSize(2);
        assertThat(parsed.get(0)).isInstanceOf(Parsed.Ok.class);
        assertThat(told(parsed.get(1))).containsExactly("x: unknown field");
    }

    @Test
    void whatWasReadBeforeABrokenDocumentIsNotLost() {
        List<Parsed> parsed =
                reader.readDocuments(bytes("type: Mesh\nname: one\n---\ntype: Mesh\n\tname: two\n"), Limits.FILE);

        assertThat(parsed).hasSize(2);
        assertThat(parsed.get(0)).isInstanceOf(Parsed.Ok.class);
        assertThat(parsed.get(1)).isInstanceOf(Parsed.Undecodable.class);
    }

    @Test
    void aDurationThatIsNoneCannotBeDecoded() {
        Parsed parsed = yaml("""
                type: MeshIdentity
                name: a
                spec: {provider: {type: Spire, spire: {agent: {timeout: 1d}}}}
                """);

        assertThat(parsed).isInstanceOf(Parsed.Undecodable.class);
        assertThat(told(parsed))
                .containsExactly("spec.provider.spire.agent.timeout: \"1d\" is no duration, expected one like 10s,"
                        + " 1m30s or 250ms");
    }

    @Test
    void absentAndEmptySelectorsAreNotTheSame() {
        Parsed parsed = yaml("""
                type: MeshIdentity
                name: a
                spec: {selector: {dataplane: {}}, provider: {type: Spire, spire: {agent: {timeout: 90s}}}}
                """);

        assertThat(parsed)
                .isInstanceOfSatisfying(
                        Parsed.Ok.class,
                        ok -> assertThat(ResourceWriter.write(ok.resource())
                                        .get("spec")
                                        .toString())
                                .isEqualTo("{\"selector\":{\"dataplane\":{}},\"provider\":{\"type\":"
                                        + "\"Spire\",\"spire\":{\"agent\":{\"timeout\":\""
                                        + io.higuma.model.GoDuration.print(Duration.ofSeconds(90)) + "\"}}}}"));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
