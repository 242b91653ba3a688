package io.higuma.cli;

import io.higuma.cli.output.Format;
import java.io.PrintStream;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// `inspect dataplane NAME --type reach`: what the proxy is told of services, what `reachableBackends` would save, and
/// what to write for it.
final class ReachPage {

    private static final double KILO = 1000;
    private static final double PERCENT = 100;

    private final PrintStream out;
    private final String name;
    private final boolean asked;

    /// @param asked whether a person named the services to keep
    ReachPage(PrintStream out, String name, boolean asked) {
        this.out = out;
        this.name = name;
        this.asked = asked;
    }

    void print(JsonNode report) {
        out.println(name + " is told " + told(report.path("now")));
        if (!report.path("redirected").asBoolean(false)) {
            out.println("It calls the outbounds that its Dataplane lists, one by one: reachableBackends would save"
                    + " nothing. (" + (report.path("connected").asBoolean(false) ? "Its" : "It is offline, and its")
                    + " Dataplane says nothing of a redirection of traffic.)");
            return;
        }
        verdicts(report);
        out.println("Which of them it really calls, the control plane does not know; the counters of its Envoy do:"
                + " cluster.NAME.upstream_rq_total and upstream_cx_total.");
        JsonNode refs = report.path("reachableBackends").path("refs");
        double now = report.path("now").path("bytes").asDouble(0);
        double then = report.path("then").path("bytes").asDouble(0);
        out.println();
        out.println("Limited to the " + refs.size() + (asked ? " you name" : " that do not deny it") + ": "
                + told(report.path("then")));
        if (then >= now) {
            out.println("That saves nothing.");
            return;
        }
        out.println("That saves " + size(now - then)
                + String.format(Locale.ROOT, ", %.0f %%", PERCENT * (now - then) / now) + ". Write in its Dataplane:");
        out.println();
        out.print(Format.yaml(snippet(report.path("reachableBackends"))));
    }

    private void verdicts(JsonNode report) {
        Map<String, Integer> counts = new TreeMap<>();
        report.path("services")
                .forEach(each -> counts.merge(each.path("verdict").asString(""), 1, Integer::sum));
        if (!report.path("identified").asBoolean(false)) {
            out.println("It has no identity, so no permission is asked for it.");
            return;
        }
        Map<String, String> words = Map.of(
                "allowed", "allow it by permission",
                "denied", "deny it by permission",
                "open", "are called without mutual TLS: no permission is asked",
                "routed", "have routes of its own, which may lead elsewhere",
                "unknown", "are outside of the mesh, or have no proxy that checks");
        counts.forEach((verdict, count) -> out.println("  " + count + " " + words.getOrDefault(verdict, verdict)));
    }

    private static ObjectNode snippet(JsonNode backends) {
        ObjectNode snippet = JsonMapper.shared().createObjectNode();
        snippet.putObject("networking").putObject("transparentProxying").set("reachableBackends", backends);
        return snippet;
    }

    private static String told(JsonNode told) {
        return number(told, "services") + " services: " + number(told, "clusters") + " clusters, "
                + number(told, "endpoints") + " endpoints, " + number(told, "listeners") + " listeners, "
                + number(told, "routes") + " routes; " + size(told.path("bytes").asDouble(0)) + ".";
    }

    private static String number(JsonNode told, String what) {
        return told.path(what).asString("0");
    }

    private static String size(double bytes) {
        return bytes < KILO
                ? String.format(Locale.ROOT, "%.0f B", bytes)
                : bytes < KILO * KILO
                        ? String.format(Locale.ROOT, "%.1f kB", bytes / KILO)
                        : String.format(Locale.ROOT, "%.1f MB", bytes / KILO / KILO);
    }
}
