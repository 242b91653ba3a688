package io.higuma.schema.bind;

import io.higuma.model.Problem;
import io.higuma.model.Problem.Location;
import io.higuma.model.Problems;
import java.util.ArrayList;
import java.util.List;

/// What binding found wrong. The contract answers values that cannot be decoded (a duration that is none) in another
/// form than values that break the schema, so the two are kept apart.
public final class Findings {

    private static final int WARNINGS = 50;

    private final Problems schema = new Problems();
    private final Problems decode = new Problems();
    private final List<String> warnings = new ArrayList<>();
    private int asides;

    void schema(String path, String message, Location at) {
        schema.add(new Problem(path, message, at));
    }

    /// A problem that does not keep the rest from being judged.
    void aside(String path, String message, Location at) {
        schema(path, message, at);
        asides++;
    }

    /// Whether all that was found was found aside.
    public boolean leaveTheRest() {
        return decode.isEmpty() && schema.found().size() == asides;
    }

    public void invalid(String path, String message, Location at) {
        schema(path, message, at);
    }

    /// A problem beside the spec: the contract names the field in the text and leaves the path empty.
    public void envelope(String message, Location at) {
        schema.add(new Problem("", message, at));
    }

    /// As [#envelope], for flat types, where it cannot be decoded.
    public void undecodable(String message, Location at) {
        decode.add(new Problem("", message, at));
    }

    void decode(String path, String message, Location at) {
        decode.add(new Problem(path, message, at));
    }

    void warn(String text) {
        if (warnings.size() < WARNINGS) {
            warnings.add(text);
        }
    }

    public List<Problem> schema() {
        return schema.found();
    }

    public List<Problem> decode() {
        return decode.found();
    }

    public List<String> warnings() {
        return List.copyOf(warnings);
    }

    public boolean isEmpty() {
        return schema.isEmpty() && decode.isEmpty();
    }
}
