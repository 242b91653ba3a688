package io.higuma.api.http;

import io.higuma.model.Problem;
import java.util.List;

/// A request that is answered with an error of the contract (contract 3.3).
public final class ApiException extends RuntimeException {

    private static final long serialVersionUID = 1L;
    private static final String INVALID = "Resource is not valid";

    private final int status;
    private final String title;
    private final transient List<Problem> problems;

    private ApiException(int status, String title, String detail, List<Problem> problems) {
        super(detail, null, false, false);
        this.status = status;
        this.title = title;
        this.problems = List.copyOf(problems);
    }

    public static ApiException of(int status, String title, String detail) {
        return new ApiException(status, title, detail, List.of());
    }

    public static ApiException badRequest(String detail) {
        return of(400, "Bad Request", detail);
    }

    /// @param title what could not be done, in the contract's words
    public static ApiException notFound(String title) {
        return of(404, title, "Not found");
    }

    /// @param title what could not be done, in the contract's words
    public static ApiException invalid(String title, List<Problem> problems) {
        return new ApiException(400, title, INVALID, problems);
    }

    /// Problems with another sentence than the usual one.
    public static ApiException invalid(String title, String detail, List<Problem> problems) {
        return new ApiException(400, title, detail, problems);
    }

    public int status() {
        return status;
    }

    public String title() {
        return title;
    }

    public String detail() {
        return String.valueOf(getMessage());
    }

    public List<Problem> problems() {
        return problems;
    }
}
