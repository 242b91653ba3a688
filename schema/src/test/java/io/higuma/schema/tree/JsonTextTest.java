package io.higuma.schema.tree;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class JsonTextTest {

    @Test
    void everyKindOfValueIsWrittenAsJson() throws MalformedException {
        String yaml = """
                text: "a \\"quoted\\"\\tline\\n"
                number: -1.5e3
                odd: 007
                yes: true
                none: null
                list: [1, {a: b}, []]
                empty: {}
                face: "😀"
                """;

        assertThat(JsonText.write(read(yaml)))
                .isEqualTo(
                        "{\"text\":\"a \\\"quoted\\\"\\u0009line\\n\",\"number\":-1.5e3,\"odd\":\"007\",\"yes\":true,"
                                + "\"none\":null,\"list\":[1,{\"a\":\"b\"},[]],\"empty\":{},\"face\":\"\\ud83d\\ude00\"}");
    }

    @Test
    void whatIsWrittenReadsAsTheSame() throws MalformedException {
        Node once = read("{\"a\": [\"x\\u0000y\", 1.0, {\"b\": \"\\\\\"}]}");
        String text = JsonText.write(once);

        assertThat(JsonText.write(JsonTree.read(text.getBytes(StandardCharsets.UTF_8), Limits.REQUEST)))
                .isEqualTo(text);
    }

    private static Node read(String yaml) throws MalformedException {
        List<Node> documents = YamlTree.read(yaml.getBytes(StandardCharsets.UTF_8), Limits.FILE);
        return documents.getFirst();
    }
}
