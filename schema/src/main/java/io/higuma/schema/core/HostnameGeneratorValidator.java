package io.higuma.schema.core;

import io.higuma.model.Labels;
import io.higuma.model.NameTemplate;
import io.higuma.model.Names;
import io.higuma.model.Problems;
import io.higuma.model.core.HostnameGeneratorSpec;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// HostnameGenerator, contract 1.6.
final class HostnameGeneratorValidator {

    private static final String STUB = "stub";

    private HostnameGeneratorValidator() {}

    static void validate(HostnameGeneratorSpec spec, Problems problems) {
        if (spec.selector().map(HostnameGeneratorSpec.Selector::kinds).orElse(0) != 1) {
            problems.add("spec.selector", "exact one selector (meshService, meshExternalService) must be defined");
        }
        if (spec.template().isEmpty()) {
            problems.add("spec.template", "must not be empty");
        } else {
            template(spec.template(), problems);
        }
        spec.extension()
                .filter(extension -> extension.type().isEmpty())
                .ifPresent(extension -> problems.add("spec.extension.type", "must not be empty"));
    }

    private static void template(String text, Problems problems) {
        NameTemplate template;
        try {
            template = NameTemplate.parse(text, HostnameGeneratorSpec.VARIABLES);
        } catch (IllegalArgumentException e) {
            problems.add("spec.template", "couldn't parse template: " + e.getMessage());
            return;
        }
        Map<String, String> variables = new TreeMap<>();
        HostnameGeneratorSpec.VARIABLES.forEach(name -> variables.put(name, name.toLowerCase(Locale.ROOT)));
        Map<String, String> labels = new TreeMap<>();
        template.labels().forEach(key -> labels.put(key, STUB));
        String rendered = template.render(variables, Labels.of(labels));
        List<String> texts = Names.subdomain(rendered);
        if (!texts.isEmpty()) {
            problems.add(
                    "spec.template",
                    "template renders to \"" + rendered + "\" which is not a valid DNS name: "
                            + String.join(", ", texts));
        }
    }
}
