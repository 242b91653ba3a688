package io.higuma.schema.core;

import io.higuma.model.Problems;
import io.higuma.model.core.MeshMultiZoneServiceSpec;
import java.util.HashSet;
import java.util.Set;

/// MeshMultiZoneService, contract 1.6. Ports out of range and twice are refused on purpose, as for MeshService.
final class MeshMultiZoneServiceValidator {

    private MeshMultiZoneServiceValidator() {}

    static void validate(MeshMultiZoneServiceSpec spec, Problems problems) {
        if (spec.selector().meshService().matchLabels().isEmpty()) {
            problems.add("spec.selector.meshService.matchLabels", "cannot be empty");
        }
        if (spec.ports().isEmpty()) {
            problems.add("spec.ports", "cannot be empty");
        }
        Set<Integer> numbers = new HashSet<>();
        Set<String> names = new HashSet<>();
        for (int i = 0; i < spec.ports().size(); i++) {
            MeshMultiZoneServiceSpec.Port port = spec.ports().get(i);
            String path = "spec.ports[" + i + "]";
            if (port.name().filter(String::isEmpty).isPresent()) {
                problems.add(path + ".name", "must not be empty");
            }
            if (port.port() < 1 || port.port() > 65535) {
                problems.add(path + ".port", "port must be in the range [1, 65535]");
            } else if (!numbers.add(port.port())) {
                problems.add(path + ".port", "port " + port.port() + " is there twice");
            } else if (!names.add(port.section())) {
                problems.add(path + ".name", "port name \"" + port.section() + "\" is there twice");
            }
        }
    }
}
