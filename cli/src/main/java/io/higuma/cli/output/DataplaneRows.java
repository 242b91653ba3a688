package io.higuma.cli.output;

import java.io.PrintStream;
import java.time.Instant;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/// The table of dataplanes: what was registered joined with what is known of the running proxy (contract 3.5).
public final class DataplaneRows {

    private final Instant now;
    private final Table table =
            new Table("MESH", "NAME", "ADDRESS", "STATUS", "IDENTITY", "LABELS", "LAST CONNECTED", "AGE");

    public DataplaneRows(Instant now) {
        this.now = now;
    }

    /// @param overview a `DataplaneOverview`
    public void add(JsonNode overview) {
        JsonNode insight = overview.path("dataplaneInsight");
        table.row(
                overview.path("mesh").asString(""),
                overview.path("name").asString(""),
                overview.path("dataplane").path("networking").path("address").asString(""),
                online(insight) ? "online" : "offline",
                insight.path("mTLS").path("issuedBackend").asString("-"),
                labels(overview.path("labels")),
                Age.of(lastConnected(insight), now),
                Age.of(overview.path("creationTime").asString(""), now));
    }

    public void print(PrintStream out) {
        table.print(out);
    }

    /// Some subscription has begun and not ended (contract 1.5).
    private static boolean online(JsonNode insight) {
        for (JsonNode subscription : insight.path("subscriptions")) {
            if (subscription.has("connectTime") && !subscription.has("disconnectTime")) {
                return true;
            }
        }
        return false;
    }

    private static String lastConnected(JsonNode insight) {
        String last = "";
        for (JsonNode subscription : insight.path("subscriptions")) {
            String time = subscription.path("connectTime").asString("");
            last = time.compareTo(last) > 0 ? time : last;
        }
        return last;
    }

    /// What people gave; what the control plane computes for itself would only widen the table.
    private static String labels(JsonNode labels) {
        Map<String, String> sorted = new TreeMap<>();
        for (Map.Entry<String, JsonNode> label : labels.properties()) {
            boolean computed =
                    label.getKey().startsWith("kuma.io/") && !label.getKey().equals("kuma.io/workload");
            if (!computed) {
                sorted.put(label.getKey(), label.getValue().asString(""));
            }
        }
        StringJoiner text = new StringJoiner(" ");
        sorted.forEach((key, value) -> text.add(key + "=" + value));
        return text.toString();
    }
}
