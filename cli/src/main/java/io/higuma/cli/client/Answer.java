package io.higuma.cli.client;

import java.util.OptionalLong;
import tools.jackson.databind.JsonNode;

/// A control plane's answer to a request that it did not refuse.
///
/// @param status the HTTP status, 200 to 299 or 404
/// @param text the body as it came
/// @param revision the revision a write has made; absent for reads and for writes that changed nothing
public record Answer(int status, String text, OptionalLong revision) {

    public boolean found() {
        return status != 404;
    }

    public JsonNode json() {
        return Json.read(text);
    }
}
