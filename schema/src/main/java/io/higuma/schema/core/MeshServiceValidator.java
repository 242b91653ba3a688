package io.higuma.schema.core;

import io.higuma.model.Names;
import io.higuma.model.Problems;
import io.higuma.model.core.MeshServiceSpec;
import io.higuma.schema.SpecValidator;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// MeshService, contract 1.6. Ports out of range and twice are refused on purpose: the reference takes them and Envoy
/// then does not.
final class MeshServiceValidator implements SpecValidator<MeshServiceSpec> {

    @Override
    public void validate(MeshServiceSpec spec, Problems problems) {
        spec.selector()
                .filter(s -> s.dataplaneRef().isPresent() && s.dataplaneLabels().isPresent())
                .ifPresent(s ->
                        problems.add("spec.selector", "must specify only one of: dataplaneRef or dataplaneLabels"));
        Set<Integer> numbers = new HashSet<>();
        Set<String> names = new HashSet<>();
        for (int i = 0; i < spec.ports().size(); i++) {
            MeshServiceSpec.Port port = spec.ports().get(i);
            String path = "spec.ports[" + i + "]";
            if (port.port() < 1 || port.port() > 65535) {
                problems.add(path + ".port", "port must be in the range [1, 65535]");
            } else if (!numbers.add(port.port())) {
                problems.add(path + ".port", "port " + port.port() + " is there twice");
            } else if (!names.add(port.section())) {
                problems.add(path + ".name", "port name \"" + port.section() + "\" is there twice");
            }
        }
    }

    @Override
    public List<String> warnings(String name, MeshServiceSpec spec) {
        List<String> found = new ArrayList<>();
        boolean selects = spec.selector()
                .filter(s -> s.dataplaneRef().isPresent() || s.dataplaneLabels().isPresent())
                .isPresent();
        if (!selects) {
            found.add("MeshService resource '" + name + "' has no selector, so it matches no data plane proxies. Set"
                    + " 'spec.selector.dataplaneRef' or 'spec.selector.dataplaneLabels'. The"
                    + " 'spec.selector.dataplaneTags' selector was removed, migrate it to 'dataplaneLabels'.");
        }
        for (MeshServiceSpec.Port port : spec.ports()) {
            List<String> texts = Names.dns1123Label(port.section());
            if (!texts.isEmpty()) {
                found.add("Invalid MeshService SNI (port \"" + port.section() + "\"): " + String.join(", ", texts)
                        + ". This is deprecated.");
            }
        }
        return found;
    }
}
