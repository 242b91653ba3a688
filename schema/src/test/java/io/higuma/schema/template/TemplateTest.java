package io.higuma.schema.template;

import static org.assertj.core.api.Assertions.assertThat;

import io.higuma.model.Problem;
import io.higuma.model.Problems;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TemplateTest {

    private final Problems problems = new Problems();

    @Test
    void everyFormOfAVariableIsFilledWithTheValueAsItIs() {
        String filled = Template.fill(
                "a: {{ host }}\nb: {{host.port}}\nc: {{{host}}}\nd: {{& host }}",
                Map.of("host", "a<b&$1", "host.port", "80"),
                problems);

        assertThat(filled).isEqualTo("a: a<b&$1\nb: 80\nc: a<b&$1\nd: a<b&$1");
        assertThat(problems.isEmpty()).isTrue();
    }

    @Test
    void aVariableWithoutAValueIsAProblemAtItsPlace() {
        Template.fill("name: x\naddress: {{ adress }}", Map.of("address", "127.0.0.1"), problems);

        assertThat(problems.found())
                .containsExactly(new Problem(
                        "", "variable `adress` has no value: given are [address]", new Problem.Location(2, 10)));
    }

    @Test
    void aSectionIsRefused() {
        Template.fill("{{#each}}x{{/each}}", Map.of(), problems);

        assertThat(problems.found()).extracting(Problem::message).allMatch(m -> m.contains("is not a variable"));
        assertThat(problems.found()).hasSize(2);
    }

    @Test
    void whatTheResourceFillsInItselfStays() {
        String text = """
                template: "{{ .DisplayName }}.{{label \\"team\\"}}.{{ domain }}"
                path: '/{{ label "team" }}'
                """;

        String filled = Template.fill(text, Map.of("domain", "mesh"), problems);

        assertThat(filled).isEqualTo(text.replace("{{ domain }}", "mesh"));
        assertThat(problems.isEmpty()).isTrue();
    }
}
