package io.higuma.cli.output;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// A receipt as the API gives it: who runs a revision.
///
/// @param json the answer
public record Receipt(JsonNode json) {

    /// @param proxy `mesh/name`
    public record Refused(String proxy, String message) {}

    public long revision() {
        return json.path("revision").asLong(0);
    }

    public int concerned() {
        return json.path("concerned").asInt(0);
    }

    public int running() {
        return json.path("running").asInt(0);
    }

    /// How many connected proxies have not answered.
    public int waitingFor() {
        return json.path("waitingFor").asInt(0);
    }

    /// How many keep what they had.
    public int refusing() {
        return json.path("refusing").asInt(0);
    }

    public int away() {
        return json.path("away").asInt(0);
    }

    public boolean complete() {
        return json.path("complete").asBoolean(false);
    }

    /// Whether every connected proxy has answered.
    public boolean answered() {
        return json.path("answered").asBoolean(false);
    }

    /// The first names of those that have not answered.
    public List<String> missing() {
        List<String> names = new ArrayList<>();
        json.path("missing").forEach(name -> names.add(name.asString("")));
        return names;
    }

    /// The first of those that refuse.
    public List<Refused> refused() {
        List<Refused> found = new ArrayList<>();
        json.path("refused")
                .forEach(each -> found.add(new Refused(
                        each.path("proxy").asString(""), each.path("message").asString(""))));
        return found;
    }

    /// `812/1000 proxies run revision 4711 · first 3 ms · last 21 ms`
    public String sentence() {
        if (concerned() == 0 && away() == 0) {
            return "no connected proxy is concerned by revision " + revision();
        }
        return running() + "/" + concerned() + " proxies run revision " + revision() + time("first", "firstMillis")
                + time("last", "lastMillis") + (away() > 0 ? " · " + away() + " away" : "");
    }

    private String time(String word, String field) {
        return json.has(field) ? " · " + word + " " + json.path(field).asLong(0) + " ms" : "";
    }
}
