package io.higuma.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ApplyCommandTest {

    private static final String TIMEOUT = """
            type: MeshTimeout
            mesh: default
            name: quick
            spec:
              to:
                - targetRef: {kind: Mesh}
                  default: {http: {requestTimeout: 1s}}
            """;

    private final FakeControlPlane controlPlane = new FakeControlPlane();

    @TempDir
    private Path home;

    @AfterEach
    void close() {
        controlPlane.close();
    }

    @Test
    void everyDocumentHasItsLineWithTheRevision() {
        controlPlane.on("PUT /meshes/default/meshtimeouts/quick", 201, "{}", Map.of("higuma-revision", "41"));
        controlPlane.on("PUT /meshes/shop", 200, "{}", Map.of("higuma-revision", "42"));

        Verbs.Result result = controlPlane.higuma(home, TIMEOUT + "---\ntype: Mesh\nname: shop\n", "apply", "-f", "-");

        assertThat(result.out())
                .isEqualTo("MeshTimeout default/quick created (revision 41)\nMesh shop updated (revision 42)\n");
        assertThat(result.exitCode()).isEqualTo(ExitCode.OK);
        assertThat(controlPlane.requests())
                .last()
                .extracting(FakeControlPlane.Request::body)
                .isEqualTo("{\"type\":\"Mesh\",\"name\":\"shop\"}");
    }

    @Test
    void aWriteThatChangesNothingIsCalledUnchanged() {
        controlPlane.on("PUT /meshes/default/meshtimeouts/quick", 200, "{}");

        assertThat(controlPlane.higuma(home, TIMEOUT, "apply", "-f", "-").out())
                .isEqualTo("MeshTimeout default/quick unchanged\n");
    }

    @Test
    void aRefusalPointsAtTheLineThatCausedIt() {
        controlPlane.on("PUT /meshes/default/meshtimeouts/quick", 400, """
                {"status": 400, "title": "Could not process a resource", "detail": "Resource is not valid",
                 "invalid_parameters": [{"field": "spec.to[0].default.http.requestTimeout", "reason": "must not be negative"},
                                        {"field": "spec.to[0].targetRef.labels", "reason": "must be set"}]}""");

        Verbs.Result result = controlPlane.higuma(home, TIMEOUT, "apply", "-f", "-");

        assertThat(result.out()).isEqualTo("MeshTimeout default/quick refused\n");
        assertThat(result.err()).isEqualTo("""
                        -:7:24: spec.to[0].default.http.requestTimeout: must not be negative
                        -:6:7: spec.to[0].targetRef.labels: must be set
                        """.indent(2));
        assertThat(result.exitCode()).isEqualTo(ExitCode.REFUSED);
    }

    /// Values that cannot be decoded come in one sentence, with places in the JSON that was sent.
    @Test
    void whatCannotBeDecodedIsShownWhereItStandsToo() {
        controlPlane.on("PUT /meshes/shop", 400, """
                {"status": 400, "title": "Bad Request", "detail": "invalid Mesh object: \\"bogus: unknown field (line 1, column 27); skip: in body must be of type array: \\"number\\" (line 1, column 67)\\""}""");

        Verbs.Result result =
                controlPlane.higuma(home, "type: Mesh\nname: shop\nbogus: 1\nskip: 5\n", "apply", "-f", "-");

        assertThat(result.err()).isEqualTo("""
                        -:3:1: bogus: unknown field
                        -:4:1: skip: in body must be of type array: "number"
                        """.indent(2));
    }

    @Test
    void aMeshThatDoesNotExistIsNamed() {
        controlPlane.on(
                "PUT /meshes/default/meshtimeouts/quick",
                404,
                "{\"title\": \"Failed to retrieve Mesh\", \"detail\": \"Not found\"}");

        assertThat(controlPlane.higuma(home, TIMEOUT, "apply", "-f", "-").err())
                .isEqualTo("  -:2:1: mesh: there is no mesh `default`; `higuma get meshes` lists them\n");
    }

    @Test
    void someRefusedAndSomeAppliedIsItsOwnExitCode() {
        controlPlane.on("PUT /meshes/default/meshtimeouts/quick", 400, "{\"title\": \"no\"}");
        controlPlane.on("PUT /meshes/shop", 201, "{}", Map.of("higuma-revision", "1"));

        Verbs.Result result = controlPlane.higuma(home, TIMEOUT + "---\ntype: Mesh\nname: shop\n", "apply", "-f", "-");

        assertThat(result.exitCode()).isEqualTo(ExitCode.PARTLY);
    }

    @Test
    void aTypingErrorInTheLastDocumentSendsNothing() {
        Verbs.Result result = controlPlane.higuma(home, TIMEOUT + "---\na: [1\n", "apply", "-f", "-");

        assertThat(controlPlane.writes()).isEmpty();
        assertThat(result.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(result.err()).contains("-:").contains("nothing was sent");
    }

    @Test
    void anUnknownTypeIsToldWithTheOneThatWasMeant() {
        Verbs.Result result = controlPlane.higuma(home, "type: meshtimeout\nname: x\n", "apply", "-f", "-");

        assertThat(result.err())
                .contains("-:1:1: type: the control plane has no type `meshtimeout`; did you mean MeshTimeout?");
        assertThat(controlPlane.writes()).isEmpty();
    }

    @Test
    void aFolderIsAppliedInTheOrderOfItsNamesAndItsVariablesAreFilled() throws IOException {
        Path folder = Files.createDirectory(home.resolve("policies"));
        Files.writeString(folder.resolve("b.yaml"), "type: Mesh\nname: \"{{ mesh }}\"\n");
        Files.writeString(folder.resolve("a.json"), "{\"type\": \"Mesh\", \"name\": \"first\"}");
        Files.writeString(folder.resolve("notes.txt"), "not a document");
        controlPlane.on("PUT /meshes/first", 201, "{}").on("PUT /meshes/second", 201, "{}");

        Verbs.Result result = controlPlane.higuma(home, "", "apply", "-f", folder.toString(), "-v", "mesh=second");

        assertThat(result.out()).isEqualTo("Mesh first created\nMesh second created\n");
    }

    @Test
    void aVariableWithoutAValueSendsNothing() {
        Verbs.Result result = controlPlane.higuma(home, "type: Mesh\nname: \"{{ mesh }}\"\n", "apply", "-f", "-");

        assertThat(result.err()).contains("-:2:8: variable `mesh` has no value");
        assertThat(controlPlane.writes()).isEmpty();
    }

    @Test
    void aDryRunPrintsAndSendsNothing() {
        Verbs.Result result =
                controlPlane.higuma(home, "{\"type\": \"Mesh\", \"name\": \"m\"}", "apply", "--dry-run", "-f", "-");

        assertThat(result.out()).isEqualTo("---\ntype: Mesh\nname: m\n");
        assertThat(controlPlane.requests()).isEmpty();
    }

    @Test
    void warningsStandBesideTheReport() {
        controlPlane.on("PUT /meshes/m", 200, "{\"warnings\": [\"mtls is of the 2.x generation\"]}");

        Verbs.Result result = controlPlane.higuma(home, "type: Mesh\nname: m\n", "apply", "-f", "-");

        assertThat(result.err()).isEqualTo("warning: Mesh m: mtls is of the 2.x generation\n");
        assertThat(result.exitCode()).isEqualTo(ExitCode.OK);
    }

    @Test
    void aFileThatIsNotThereIsTheEnvironmentsFault() {
        Verbs.Result result = controlPlane.higuma(
                home, "", "apply", "-f", home.resolve("no.yaml").toString());

        assertThat(result.exitCode()).isEqualTo(ExitCode.ENVIRONMENT);
        assertThat(result.err()).contains("there is no file");
    }
}
