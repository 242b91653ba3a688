package io.higuma.schema.core;

import io.higuma.model.Problems;
import io.higuma.model.core.MeshExternalServiceSpec;
import io.higuma.model.core.MeshExternalServiceSpec.Mode;
import io.higuma.model.core.MeshExternalServiceSpec.Tls;
import io.higuma.model.core.MeshExternalServiceSpec.Verification;
import io.higuma.schema.SpecValidator;
import java.util.ArrayList;
import java.util.List;

/// MeshExternalService: what is wrong with it, and what of it may not be what was meant.
final class MeshExternalServiceChecks implements SpecValidator<MeshExternalServiceSpec> {

    @Override
    public void validate(MeshExternalServiceSpec spec, Problems problems) {
        MeshExternalServiceValidator.validate(spec, problems);
    }

    @Override
    public List<String> warnings(String name, MeshExternalServiceSpec spec) {
        List<String> warnings = new ArrayList<>();
        spec.extension()
                .ifPresent(extension -> warnings.add("spec.extension: nobody here knows the extension "
                        + extension.type() + ", so that calls are answered with 503"));
        spec.tls()
                .filter(Tls::enabled)
                .flatMap(Tls::verification)
                .filter(given -> given.mode() == Mode.SKIP_CA && isSaidWho(given))
                .ifPresent(given -> warnings.add("spec.tls.verification.mode: with SkipCA names are not checked either:"
                        + " anybody can make a certificate with any name"));
        return warnings;
    }

    private static boolean isSaidWho(Verification given) {
        return given.serverName().isPresent() || !given.subjectAltNames().isEmpty();
    }
}
