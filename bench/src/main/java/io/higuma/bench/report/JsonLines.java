package io.higuma.bench.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// One JSON object per measurement and line, appended: nothing that was measured gets lost.
public final class JsonLines {

    private static final JsonMapper JSON = JsonMapper.shared();

    private final Path file;

    public JsonLines(Path file) {
        this.file = file;
    }

    public void append(RunInfo run, Measurement measurement) throws IOException {
        Path parent = file.toAbsolutePath().getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        Files.writeString(file, json(run, measurement) + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    static ObjectNode json(RunInfo run, Measurement measurement) {
        ObjectNode root = JSON.createObjectNode();
        root.put("at", run.at()).put("product", run.product());
        root.put("workload", run.workload().id()).put("proxies", run.workload().proxies());
        root.put("shape", run.workload().words());
        root.put("operation", measurement.operation()).put("variant", measurement.variant());
        root.put("valid", measurement.valid());
        ObjectNode values = root.putObject("values");
        measurement.values().forEach(values::put);
        ObjectNode latencies = root.putObject("latencies");
        measurement.latencies().forEach((name, samples) -> latency(latencies.putObject(name), samples));
        ArrayNode notes = root.putArray("notes");
        measurement.notes().forEach(notes::add);
        ArrayNode faults = root.putArray("faults");
        measurement.faults().forEach(faults::add);
        root.put("machine", run.machine()).put("load", run.load()).put("remarks", run.remarks());
        return root;
    }

    private static void latency(ObjectNode out, Samples samples) {
        out.put("count", samples.count());
        out.put("p50", samples.millis(50)).put("p95", samples.millis(95));
        out.put("p99", samples.millis(99)).put("max", samples.max());
        ArrayNode curve = out.putArray("curve");
        for (int percent = 0; percent <= 100; percent++) {
            curve.add(samples.millis(percent));
        }
    }

    /// All lines so far; empty if there is no file. A line that cannot be read is passed over.
    public List<JsonNode> read() throws IOException {
        List<JsonNode> all = new ArrayList<>();
        if (Files.exists(file)) {
            for (String line : Files.readAllLines(file)) {
                if (line.startsWith("{") && line.endsWith("}")) {
                    all.add(JSON.readTree(line));
                }
            }
        }
        return all;
    }
}
