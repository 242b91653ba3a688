package io.higuma.bench.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/// `report.md` and its pictures, written anew from all measurements: of each the newest that is valid, or else the
/// newest.
public final class ReportPage {

    private static final List<String> COLUMNS = List.of("last ack", "complete", "back", "new certificate");

    /// Where a logarithmic axis begins: what came before the answer counts as this.
    private static final double LEAST_MILLIS = 0.1;

    private final Path folder;
    private final List<JsonNode> newest;

    private ReportPage(Path folder, List<JsonNode> newest) {
        this.folder = folder;
        this.newest = newest;
    }

    /// @param folder where `results.jsonl` lies and the page is written
    public static Path write(Path folder) throws IOException {
        Map<String, JsonNode> byName = new LinkedHashMap<>();
        for (JsonNode line : new JsonLines(folder.resolve("report/results.jsonl")).read()) {
            JsonNode old = byName.get(key(line));
            boolean keeps = old != null
                    && old.path("valid").asBoolean()
                    && !line.path("valid").asBoolean();
            if (!keeps) {
                byName.remove(key(line));
                byName.put(key(line), line);
            }
        }
        return new ReportPage(folder, List.copyOf(byName.values())).page();
    }

    private static String key(JsonNode line) {
        return String.join(
                "|",
                line.path("product").asString(""),
                line.path("workload").asString(""),
                line.path("proxies").asString(""),
                line.path("operation").asString(""),
                line.path("variant").asString(""));
    }

    private Path page() throws IOException {
        StringBuilder out = new StringBuilder("# What the bench measured\n\n");
        out.append(
                        "Written by `./dev bench`; [docs/performance.md](../docs/performance.md) says what is measured and how.\n")
                .append(
                        "Numbers of one machine over loopback, with the clients beside the control plane: compare, do not quote.\n\n");
        pictures(out);
        Map<String, List<JsonNode>> runs = new TreeMap<>();
        for (JsonNode line : newest) {
            String heading = line.path("product").asString("") + " · "
                    + line.path("shape").asString("");
            runs.computeIfAbsent(heading, h -> new ArrayList<>()).add(line);
        }
        runs.forEach((heading, lines) -> table(out, heading, lines));
        Path page = folder.resolve("report.md");
        Files.writeString(page, out.toString());
        return page;
    }

    private void pictures(StringBuilder out) throws IOException {
        picture(out, "last-ack", distribution());
        picture(
                out,
                "cpu-per-change",
                growth("CPU of the control plane per endpoint change", "CPU ms", "cpu s/change", 1000));
        picture(
                out,
                "last-ack-growth",
                growth("Last acknowledgement of one endpoint change, median", "ms", "last ack", 1));
        picture(out, "memory-growth", growth("Memory of the control plane", "RSS MiB", "rss MiB", 1));
    }

    private void picture(StringBuilder out, String name, Chart chart) throws IOException {
        if (chart.isEmpty()) {
            return;
        }
        Files.createDirectories(folder.resolve("report"));
        Files.writeString(folder.resolve("report").resolve(name + ".svg"), chart.svg());
        out.append("![").append(name).append("](report/").append(name).append(".svg)\n\n");
    }

    private Chart distribution() {
        Chart chart = new Chart(
                "One endpoint change: from the answered write to the last acknowledgement",
                new Chart.Axis("ms", true),
                new Chart.Axis("% of changes", false));
        Map<String, JsonNode> curves = new TreeMap<>();
        for (JsonNode line : newest) {
            JsonNode curve = line.path("latencies").path("last ack").path("curve");
            if (isOf("O2", line) && !curve.isEmpty()) {
                curves.put(
                        label(line) + " " + "%5d".formatted(line.path("proxies").asInt()), curve);
            }
        }
        curves.forEach((name, curve) -> {
            for (int percent = 0; percent < curve.size(); percent++) {
                chart.point(name, Math.max(LEAST_MILLIS, curve.get(percent).asDouble()), percent);
            }
        });
        return chart;
    }

    private Chart growth(String title, String unit, String what, double factor) {
        Chart chart = new Chart(title, new Chart.Axis("proxies", true), new Chart.Axis(unit, true)).withDots();
        Map<String, TreeMap<Integer, Double>> lines = new TreeMap<>();
        for (JsonNode line : newest) {
            String operation = what.startsWith("rss") ? "O1" : "O2";
            JsonNode value = what.equals("last ack")
                    ? line.path("latencies").path(what).path("p50")
                    : line.path("values").path(what);
            if (isOf(operation, line) && value.isNumber()) {
                lines.computeIfAbsent(label(line), w -> new TreeMap<>())
                        .put(line.path("proxies").asInt(), Math.max(0.001, value.asDouble() * factor));
            }
        }
        lines.forEach((name, points) -> points.forEach((x, y) -> chart.point(name, x, y)));
        return chart;
    }

    /// Pictures show what goes on for long: not what a process does in its first minute.
    private static boolean isOf(String operation, JsonNode line) {
        return line.path("operation").asString("").equals(operation)
                && !line.path("variant").asString("").equals("cold");
    }

    /// The workload; with the product before it where there are several.
    private String label(JsonNode line) {
        long products = newest.stream()
                .map(each -> each.path("product").asString(""))
                .distinct()
                .count();
        String workload = line.path("workload").asString("");
        return products > 1 ? line.path("product").asString("") + " " + workload : workload;
    }

    private static void table(StringBuilder out, String heading, List<JsonNode> lines) {
        out.append("## ").append(heading).append("\n\n");
        out.append("| operation | what | p50 ms | p95 | p99 | max | CPU | messages | MB | remarks |\n")
                .append("|---|---|---|---|---|---|---|---|---|---|\n");
        for (JsonNode line : lines) {
            row(out, line);
        }
        JsonNode any = lines.getLast();
        out.append("\n")
                .append(any.path("machine").asString(""))
                .append("; load before: ")
                .append(Chart.number(any.path("load").asDouble()))
                .append("; ")
                .append(any.path("at").asString(""));
        String remarks = any.path("remarks").asString("");
        out.append(remarks.isEmpty() ? "" : "; " + remarks).append(".\n\n");
    }

    private static void row(StringBuilder out, JsonNode line) {
        JsonNode latency = line.path("latencies").path("none");
        String what = "";
        for (String column : COLUMNS) {
            if (latency.isMissingNode() && line.path("latencies").has(column)) {
                latency = line.path("latencies").path(column);
                what = column;
            }
        }
        JsonNode values = line.path("values");
        String cpu = values.has("cpu s/change")
                ? Chart.number(1000 * values.path("cpu s/change").asDouble()) + " ms/change"
                : values.has("cores")
                        ? Chart.number(values.path("cores").asDouble()) + " cores"
                        : Chart.number(values.path("cpu s").asDouble()) + " s";
        List<String> remarks = new ArrayList<>();
        line.path("faults").forEach(fault -> remarks.add("**invalid: " + fault.asString("") + "**"));
        for (String name : List.of(
                "all complete s",
                "settled s",
                "rss MiB",
                "rss high MiB",
                "KiB/proxy",
                "all back s",
                "repeated resources",
                "messages to others",
                "messages beyond one per subscriber",
                "backlog at the end",
                "API answers s")) {
            if (values.has(name)) {
                remarks.add(name + " " + Chart.number(values.path(name).asDouble()));
            }
        }
        out.append("| ").append(line.path("operation").asString("")).append(' ');
        out.append(line.path("variant").asString("")).append(" | ").append(what);
        for (String percentile : List.of("p50", "p95", "p99", "max")) {
            out.append(" | ");
            out.append(latency.has(percentile) ? format(latency.path(percentile).asDouble()) : "");
        }
        out.append(" | ")
                .append(cpu)
                .append(" | ")
                .append(values.path("messages").asLong());
        out.append(" | ").append(format(values.path("bytes").asDouble() / 1e6));
        out.append(" | ").append(String.join(", ", remarks)).append(" |\n");
    }

    private static String format(double value) {
        return String.format(Locale.ROOT, value >= 100 ? "%.0f" : value >= 10 ? "%.1f" : "%.2f", value);
    }
}
