package io.higuma.api.http;

import io.higuma.model.Problem;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Errors as the contract writes them (contract 3.3). `details` and `causes` say the same once more, for clients of
/// the first generation.
public final class ErrorBody {

    private ErrorBody() {}

    public static ApiResponse of(ApiException error) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("type", "/std-errors").put("status", error.status()).put("title", error.title());
        body.put("detail", error.detail());
        if (!error.problems().isEmpty()) {
            ArrayNode parameters = body.putArray("invalid_parameters");
            for (Problem problem : error.problems()) {
                parameters.addObject().put("field", problem.path()).put("reason", problem.message());
            }
        }
        body.put("details", error.detail());
        if (!error.problems().isEmpty()) {
            ArrayNode causes = body.putArray("causes");
            for (Problem problem : error.problems()) {
                causes.addObject().put("field", problem.path()).put("message", problem.message());
            }
        }
        return ApiResponse.json(error.status(), body);
    }
}
