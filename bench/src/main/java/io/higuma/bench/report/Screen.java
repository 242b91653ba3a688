package io.higuma.bench.report;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.Map;

/// The table on the terminal: a line for each measurement when it is whole, and on a terminal one line below that
/// moves.
public final class Screen {

    private static final int WIDTH = 110;

    private final PrintWriter out;
    private final boolean terminal;

    public Screen(PrintWriter out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    /// A line that stays.
    public void say(String line) {
        wipe();
        out.println(line);
        out.flush();
    }

    /// A line that the next one replaces; elsewhere than on a terminal, nothing.
    public void progress(String line) {
        if (terminal) {
            String shown = line.length() > WIDTH ? line.substring(0, WIDTH) : line;
            out.print("\r\033[K" + shown);
            out.flush();
        }
    }

    private void wipe() {
        if (terminal) {
            out.print("\r\033[K");
        }
    }

    public void heading() {
        say(String.format(
                Locale.ROOT,
                "%-16s %-16s %8s %8s %8s %8s %12s %9s %9s",
                "operation",
                "latency",
                "p50 ms",
                "p95",
                "p99",
                "max",
                "CPU",
                "messages",
                "MB"));
    }

    public void row(Measurement measurement) {
        String name = measurement.name();
        boolean first = true;
        for (Map.Entry<String, Samples> each : measurement.latencies().entrySet()) {
            Samples latency = each.getValue();
            say(String.format(
                    Locale.ROOT,
                    "%-16s %-16s %8.2f %8.2f %8.2f %8.2f %s",
                    first ? name : "",
                    shortened(each.getKey()),
                    latency.millis(50),
                    latency.millis(95),
                    latency.millis(99),
                    latency.max(),
                    first ? cost(measurement) : ""));
            first = false;
        }
        if (first) {
            say(String.format(Locale.ROOT, "%-16s %52s %s", name, "", cost(measurement)));
        }
        StringBuilder rest = new StringBuilder("                 ");
        measurement.values().forEach((key, value) -> {
            if (!key.equals("messages") && !key.equals("bytes") && !key.startsWith("cpu")) {
                rest.append(key).append(' ').append(Chart.number(value)).append(" · ");
            }
        });
        say(rest.toString());
        measurement.notes().forEach(note -> say("                 note: " + note));
        measurement.faults().forEach(fault -> say("                 INVALID: " + fault));
    }

    private static String shortened(String name) {
        return name.length() > 16 ? name.substring(0, 16) : name;
    }

    private static String cost(Measurement measurement) {
        Map<String, Double> values = measurement.values();
        String cpu = "";
        if (values.containsKey("cpu s/change")) {
            cpu = String.format(Locale.ROOT, "%.2f ms/ch", 1000 * measurement.value("cpu s/change"));
        } else if (values.containsKey("cores")) {
            cpu = String.format(Locale.ROOT, "%.3f cores", measurement.value("cores"));
        } else if (values.containsKey("cpu s")) {
            cpu = String.format(Locale.ROOT, "%.2f s", measurement.value("cpu s"));
        }
        return String.format(
                Locale.ROOT,
                "%12s %9.0f %9.2f",
                cpu,
                values.getOrDefault("messages", 0.0),
                values.getOrDefault("bytes", 0.0) / 1e6);
    }
}
