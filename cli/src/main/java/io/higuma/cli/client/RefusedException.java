package io.higuma.cli.client;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// The control plane understood the request and said no. Carries its words in the shape of the contract's error body
/// (contract 3.3).
public final class RefusedException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final int status;
    private final String title;
    private final String detail;
    private final transient List<Violation> violations;

    private RefusedException(int status, String title, String detail, List<Violation> violations) {
        super(detail.isEmpty() || detail.equals(title) ? title : title + " (" + detail + ")");
        this.status = status;
        this.title = title;
        this.detail = detail;
        this.violations = List.copyOf(violations);
    }

    /// One value that is wrong.
    ///
    /// @param field its path, such as `spec.to[0].targetRef.kind`; may be empty
    /// @param reason what was expected
    public record Violation(String field, String reason) {}

    static RefusedException of(int status, String body) {
        JsonNode error = Json.read(body);
        if (!error.isObject()) {
            String text = body.isBlank() ? "the control plane answered with status " + status : body.strip();
            return new RefusedException(status, text, "", List.of());
        }
        List<Violation> violations = new ArrayList<>();
        for (JsonNode part : error.path("invalid_parameters")) {
            violations.add(new Violation(
                    part.path("field").asString(""), part.path("reason").asString("")));
        }
        String title = error.path("title").asString("");
        return new RefusedException(
                status,
                title.isEmpty() ? "the control plane answered with status " + status : title,
                error.path("detail").asString(""),
                violations);
    }

    @Override
    public String getMessage() {
        String message = super.getMessage();
        return message == null ? "" : message;
    }

    public int status() {
        return status;
    }

    public String title() {
        return title;
    }

    public String detail() {
        return detail;
    }

    public List<Violation> violations() {
        return violations;
    }
}
