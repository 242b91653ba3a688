package io.higuma.cli;

import io.higuma.cli.client.Answer;
import io.higuma.cli.client.ControlPlane;
import io.higuma.cli.output.Format;
import io.higuma.cli.output.Table;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/// `inspect cp`: how the control plane is, the numbers of its metrics as a page.
final class ControlPlanePage {

    private static final double MILLIS = 1000;

    private final Surroundings world;
    private final ControlPlane controlPlane;
    private final Format format;

    ControlPlanePage(Surroundings world, ControlPlane controlPlane, Format format) {
        this.world = world;
        this.controlPlane = controlPlane;
        this.format = format;
    }

    int print() {
        Answer answer = controlPlane.read("/_status");
        if (!answer.found()) {
            throw new Failure(ExitCode.REFUSED, "this control plane does not tell how it is");
        }
        JsonNode status = answer.json();
        if (format != Format.table) {
            format.print(world.out(), status);
            return ExitCode.OK;
        }
        facts(status);
        durations(status.path("durations"));
        pushes(status);
        return ExitCode.OK;
    }

    private void facts(JsonNode status) {
        JsonNode lag = status.path("lag");
        line("proxies connected", number(status, "streams"));
        line("newest revision", number(status, "revision"));
        line(
                "proxies behind",
                number(lag, "behind") + " (revisions behind: median " + number(lag, "median") + ", p99 "
                        + number(lag, "p99") + ", max " + number(lag, "max") + ")");
        line(
                "waiting",
                number(status, "queued") + " events for the loop, " + number(status, "waiting")
                        + " proxies for a compile thread");
        line("plans computed", number(status, "compilations"));
        JsonNode sharing = status.path("sharing");
        line(
                "resources",
                number(sharing, "distinct") + " distinct, held " + number(sharing, "held") + " times ("
                        + String.format(
                                Locale.ROOT, "%.1f", sharing.path("ratio").asDouble(0)) + " × shared)");
        line("faults", number(status, "faults"));
        world.out().println();
    }

    private void line(String what, String value) {
        world.out().println(String.format(Locale.ROOT, "%-20s%s", what, value));
    }

    private static String number(JsonNode from, String field) {
        return Long.toString(from.path(field).asLong(0));
    }

    private void durations(JsonNode durations) {
        Table table = new Table("DURATION", "COUNT", "MEAN", "P50 ≤", "P99 ≤");
        for (Map.Entry<String, JsonNode> each : durations.properties()) {
            JsonNode value = each.getValue();
            table.row(
                    each.getKey(),
                    number(value, "count"),
                    millis(value.path("mean")),
                    millis(value.path("p50")),
                    millis(value.path("p99")));
        }
        table.print(world.out());
        world.out().println();
    }

    private static String millis(JsonNode seconds) {
        return String.format(Locale.ROOT, "%.2f ms", seconds.asDouble(0) * MILLIS);
    }

    private void pushes(JsonNode status) {
        Table table = new Table("TYPE", "CONNECT", "PLAN", "DELIVERY", "BYTES", "REFUSED");
        for (Map.Entry<String, JsonNode> type : status.path("types").properties()) {
            JsonNode value = type.getValue();
            table.row(
                    type.getKey(),
                    number(value, "connect"),
                    number(value, "plan"),
                    number(value, "delivery"),
                    number(value, "bytes"),
                    number(value, "refused"));
        }
        table.print(world.out());
    }
}
