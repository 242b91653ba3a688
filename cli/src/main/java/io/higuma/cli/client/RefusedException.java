package io.higuma.cli.client;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/// The control plane understood the request and said no. Carries its words in the shape of the contract's error body
/// (contract 3.3).
public final class RefusedException extends RuntimeException {

    private static final long serialVersionUID = 1;

    /// What a value that cannot be decoded is told with (contract 3.3): `invalid Mesh object: "…"`.
    private static final Pattern UNDECODABLE = Pattern.compile("invalid \\w+ object: \"(.*)\"", Pattern.DOTALL);
    /// One of several in there: `path: reason (line 1, column 27)`, of the body that was sent.
    private static final Pattern PART =
            Pattern.compile("\\G(?:([^\\s:]+): )?(.*?) \\(line \\d+, column \\d+\\)(?:; |$)", Pattern.DOTALL);

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
        String detail = error.path("detail").asString("");
        if (violations.isEmpty()) {
            violations.addAll(undecodable(detail));
        }
        String title = error.path("title").asString("");
        return new RefusedException(
                status,
                title.isEmpty() ? "the control plane answered with status " + status : title,
                detail,
                violations);
    }

    private static List<Violation> undecodable(String detail) {
        List<Violation> found = new ArrayList<>();
        Matcher whole = UNDECODABLE.matcher(detail);
        if (whole.matches()) {
            Matcher part = PART.matcher(whole.group(1));
            while (part.find()) {
                found.add(new Violation(Objects.requireNonNullElse(part.group(1), ""), part.group(2)));
            }
        }
        return found;
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
