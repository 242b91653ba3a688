package io.higuma.dataplane.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.higuma.dataplane.StopException;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What a person hands to the launcher: the Dataplane and the token.
class InputTest {

    private static final String DATAPLANE = """
            type: Dataplane
            mesh: shop
            name: "{{ name }}"
            networking:
              address: {{ address }}
              inbound: [{port: 80}]
            """;

    @Test
    void theDataplaneIsFilledInAndBecomesJson() {
        DataplaneDocument document =
                DataplaneDocument.read("dp.yaml", DATAPLANE, Map.of("name", "web-1", "address", "10.0.0.1"));

        assertThat(document)
                .isEqualTo(new DataplaneDocument(
                        "shop",
                        "web-1",
                        "{\"type\":\"Dataplane\",\"mesh\":\"shop\",\"name\":\"web-1\","
                                + "\"networking\":{\"address\":\"10.0.0.1\",\"inbound\":[{\"port\":80}]}}"));
    }

    @Test
    void everyVariableWithoutAValueIsToldWithItsPlace() {
        assertThatThrownBy(() -> DataplaneDocument.read("dp.yaml", DATAPLANE, Map.of()))
                .isInstanceOf(StopException.class)
                .hasMessageContaining("dp.yaml:3:8: variable `name` has no value")
                .hasMessageContaining("dp.yaml:5:12: variable `address` has no value");
    }

    @Test
    void everythingThatIsWrongIsToldAtOnce() {
        assertThatThrownBy(() -> DataplaneDocument.read("dp.yaml", "type: Mesh\n", Map.of()))
                .hasMessageContaining("expected `type: Dataplane`, found `Mesh`")
                .hasMessageContaining("name: expected a name")
                .hasMessageContaining("networking.address: expected");
    }

    @Test
    void brokenYamlIsToldWithLineAndColumn() {
        assertThatThrownBy(() -> DataplaneDocument.read("dp.yaml", "type: Dataplane\n\tname: x\n", Map.of()))
                .hasMessageContaining("dp.yaml:2:");
        assertThatThrownBy(() -> DataplaneDocument.read("dp.yaml", "type: Dataplane\ntype: Dataplane\n", Map.of()))
                .hasMessageContaining("dp.yaml:2:");
        assertThatThrownBy(() -> DataplaneDocument.read("dp.yaml", "a: 1\n---\nb: 2\n", Map.of()))
                .hasMessageContaining("expected one document, found 2");
    }

    @Test
    void anEmptyTokenFileIsToldByItsName() {
        assertThatThrownBy(() -> Token.of("token under file t", " \n")).hasMessage("token under file t is empty");
    }

    @Test
    void aTokenThatIsNoneIsNotSent() {
        assertThatThrownBy(() -> Token.of("token under file t", "a.b.c")).hasMessageContaining("is not a JWT");
        assertThatThrownBy(() -> Token.of("token under file t", "a\nb")).hasMessageContaining("more than one line");
    }

    @Test
    void aTokenIsNeverPrinted() {
        Token token = Token.of("t", "eyJhbGciOiJSUzI1NiJ9.e30.x\n");

        assertThat(token.text()).isEqualTo("eyJhbGciOiJSUzI1NiJ9.e30.x");
        assertThat(token.toString()).isEqualTo("[redacted]");
    }
}
