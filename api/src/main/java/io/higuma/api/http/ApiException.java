package io.higuma.api.http;

import io.higuma.model.Problem;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// An answer that is not a success, in the form of contract 3.3: every message twice, once under the names
/// that old clients
/// read.
public final class ApiException extends RuntimeException {

    private static final long serialVersionUID = 1L;
    private static final String INVALID = "Resource is not valid";

    private final int status;
    private final String title;
    private final transient List<Problem> problems;

    public ApiException(int status, String title, String detail) {
        this(status, title, detail, List.of());
    }

    public ApiException(int status, String title, String detail, List<Problem> problems) {
        super(detail, null, false, false);
        this.status = status;
        this.title = title;
        this.problems = List.copyOf(problems);
    }

    /// A resource that is not valid, with everything that is wrong.
    public static ApiException invalid(String title, List<Problem> problems) {
        return new ApiException(400, title, INVALID, problems);
    }

    public static ApiException notFound(String title) {
        return new ApiException(404, title, "Not found");
    }

    public static ApiException badRequest(String detail) {
        return new ApiException(400, "Bad Request", detail);
    }

    public int status() {
        return status;
    }

    public ApiResponse response() {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("type", "/std-errors");
        body.put("status", status);
        body.put("title", title);
        body.put("detail", getMessage());
        if (!problems.isEmpty()) {
            ArrayNode parameters = body.putArray("invalid_parameters");
            problems.forEach(p -> parameters.addObject().put("field", p.path()).put("reason", p.message()));
        }
        body.put("details", getMessage());
        if (!problems.isEmpty()) {
            ArrayNode causes = body.putArray("causes");
            problems.forEach(p -> causes.addObject().put("field", p.path()).put("message", p.message()));
        }
        return ApiResponse.json(status, body);
    }
}
