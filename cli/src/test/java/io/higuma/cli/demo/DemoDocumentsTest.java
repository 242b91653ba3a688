package io.higuma.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.higuma.cli.client.Json;
import io.higuma.model.ResourceType;
import io.higuma.model.ResourceTypes;
import io.higuma.model.core.CoreTypes;
import io.higuma.schema.Parsed;
import io.higuma.schema.ResourceReader;
import io.higuma.schema.tree.Limits;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The documents of the story are valid, and its report has the shape that programs read.
class DemoDocumentsTest {

    private static final ResourceReader READER = new ResourceReader(types());

    static Stream<String> documents() {
        Stream<String> dataplanes = new Layout("127.9.9.", List.of(1, 2, 3, 4, 5, 6))
                .members().stream().map(Member::dataplane);
        return Stream.concat(
                Stream.of(
                        Policies.EVERYBODY,
                        Policies.IDENTITY,
                        Policies.CART_MAY_PAY,
                        Policies.WEB_MAY_SHOP,
                        Policies.GUEST,
                        Policies.HURRY,
                        Policies.VERSIONS,
                        Policies.canary(90, 10),
                        Policies.BANK),
                dataplanes);
    }

    @ParameterizedTest
    @MethodSource("documents")
    void everyDocumentOfTheStoryIsValid(String text) {
        List<Parsed> parsed = READER.readDocuments(text.getBytes(StandardCharsets.UTF_8), Limits.FILE);

        assertThat(parsed).isNotEmpty().allSatisfy(one -> assertThat(one).isInstanceOf(Parsed.Ok.class));
    }

    @Test
    void theReportHasOneEntryPerStep() {
        Step step = new Step("flip", "Flip", List.of(), "it flips");
        Step.Outcome outcome = new Step.Outcome(step, new Step.Observation(false, List.of("a", "b")), 12);

        assertThat(Json.write(Report.of(List.of(outcome))))
                .isEqualTo(
                        "[{\"name\":\"flip\",\"promised\":\"it flips\",\"observed\":\"a; b\",\"ok\":false,\"millis\":12}]");
    }

    @Test
    void aBrokenPromiseIsNotedAndStaysBroken() {
        Notes notes = new Notes();
        notes.check(false, "slow");
        notes.check(true, "fast");

        assertThat(notes.observation())
                .isEqualTo(new Step.Observation(false, List.of("NOT AS PROMISED: slow", "fast")));
    }

    private static ResourceTypes types() {
        List<ResourceType<?>> types = new ArrayList<>(CoreTypes.all());
        io.higuma.policies.Policies.all().forEach(policy -> types.add(policy.type()));
        return ResourceTypes.of(types);
    }
}
