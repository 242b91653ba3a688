package io.higuma.cli.demo;

import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;

/// The story for programs: a list of `name, promised, observed, ok, millis`.
final class Report {

    private Report() {}

    static ArrayNode of(List<Step.Outcome> outcomes) {
        ArrayNode steps = JsonNodeFactory.instance.arrayNode();
        for (Step.Outcome outcome : outcomes) {
            steps.addObject()
                    .put("name", outcome.step().name())
                    .put("promised", outcome.step().promised())
                    .put("observed", String.join("; ", outcome.observation().observed()))
                    .put("ok", outcome.observation().ok())
                    .put("millis", outcome.millis());
        }
        return steps;
    }
}
