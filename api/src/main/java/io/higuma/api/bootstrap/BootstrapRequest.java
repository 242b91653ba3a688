package io.higuma.api.bootstrap;

import io.higuma.model.wire.Bytes;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.json.JsonMapper;

/// What a launcher asks with. Fields are read where they are needed: most only travel on into the node's metadata.
///
/// @param token the dataplane token; never logged
/// @param resource the Dataplane as JSON text
/// @param features what the launcher can do
/// @param json the whole request
record BootstrapRequest(
        String mesh,
        String name,
        Optional<String> token,
        Optional<String> tokenPath,
        Optional<String> resource,
        Optional<String> caCertificate,
        List<String> features,
        JsonNode json) {

    private static final ObjectReader READER = JsonMapper.shared().reader();

    /// A launcher of ours, which becomes Envoy: nothing runs beside it.
    private static final String NO_AGENT = "feature-no-agent";

    /// Empty if it is no JSON object.
    static Optional<BootstrapRequest> read(Bytes body) {
        try {
            JsonNode json = READER.readTree(body.array());
            if (!json.isObject()) {
                return Optional.empty();
            }
            return Optional.of(new BootstrapRequest(
                    json.path("mesh").asString(""),
                    json.path("name").asString(""),
                    text(json, "dataplaneToken"),
                    text(json, "dataplaneTokenPath"),
                    text(json, "dataplaneResource"),
                    text(json, "caCert"),
                    json.path("features").valueStream().map(f -> f.asString("")).toList(),
                    json));
        } catch (JacksonException e) {
            return Optional.empty();
        }
    }

    private static Optional<String> text(JsonNode json, String field) {
        return Optional.of(json.path(field).asString("")).filter(value -> !value.isEmpty());
    }

    /// Text of a field that only travels on.
    Optional<String> text(String field) {
        return text(json, field);
    }

    /// What kind of proxy the launcher wants to run.
    String proxyType() {
        return text("proxyType").orElse("dataplane");
    }

    boolean withoutAgent() {
        return features.contains(NO_AGENT);
    }

    /// Never shows the token.
    @Override
    public String toString() {
        return mesh + "/" + name;
    }
}
