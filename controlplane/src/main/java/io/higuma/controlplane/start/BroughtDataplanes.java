package io.higuma.controlplane.start;

import io.higuma.engine.DataplaneReader;
import io.higuma.model.Problem;
import io.higuma.model.core.CoreTypes;
import io.higuma.schema.Parsed;
import io.higuma.schema.ResourceReader;
import io.higuma.schema.Schemas;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/// Reads the Dataplane a proxy brings along as strictly as one that comes over the API.
public final class BroughtDataplanes implements DataplaneReader {

    private final Schemas schemas;
    private final ResourceReader reader;

    public BroughtDataplanes(Schemas schemas) {
        this.schemas = schemas;
        this.reader = new ResourceReader(schemas.types());
    }

    @Override
    public Reading read(String mesh, String name, String json) {
        Parsed parsed = reader.readJson(CoreTypes.DATAPLANE, json.getBytes(StandardCharsets.UTF_8));
        List<Problem> problems = schemas.check(parsed);
        return problems.isEmpty() && parsed instanceof Parsed.Ok ok
                ? new Reading(Optional.of(ok.resource()), List.of())
                : new Reading(Optional.empty(), problems);
    }
}
