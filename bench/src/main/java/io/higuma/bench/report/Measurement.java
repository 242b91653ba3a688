package io.higuma.bench.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What one operation gave. Made by one thread, handed on when it is whole.
public final class Measurement {

    private final String operation;
    private final String variant;
    private final Map<String, Double> values = new LinkedHashMap<>();
    private final Map<String, Samples> latencies = new LinkedHashMap<>();
    private final List<String> notes = new ArrayList<>();
    private final List<String> faults = new ArrayList<>();

    /// @param operation `O1` to `O13`
    /// @param variant such as `50/s`; empty if there is one only
    public Measurement(String operation, String variant) {
        this.operation = operation;
        this.variant = variant;
    }

    /// @param name with its unit, such as `cpu s/change`
    public Measurement value(String name, double value) {
        values.put(name, value);
        return this;
    }

    public Measurement value(String name, long value) {
        return value(name, (double) value);
    }

    public Measurement latency(String name, Samples samples) {
        latencies.put(name, samples);
        return this;
    }

    /// Something the reader should know.
    public Measurement note(String text) {
        notes.add(text);
        return this;
    }

    /// Something that makes the numbers worthless: a timeout, a difference between streams, a client too busy.
    public Measurement fault(String text) {
        faults.add(text);
        return this;
    }

    public String operation() {
        return operation;
    }

    public String variant() {
        return variant;
    }

    /// `O9 50/s`
    public String name() {
        return variant.isEmpty() ? operation : operation + " " + variant;
    }

    public Map<String, Double> values() {
        return java.util.Collections.unmodifiableMap(values);
    }

    public double value(String name) {
        Double value = values.get(name);
        if (value == null) {
            throw new IllegalArgumentException(name() + " has no value " + name + ", but " + values.keySet());
        }
        return value;
    }

    public Map<String, Samples> latencies() {
        return java.util.Collections.unmodifiableMap(latencies);
    }

    public Samples latency(String name) {
        Samples found = latencies.get(name);
        if (found == null) {
            throw new IllegalArgumentException(name() + " has no latency " + name + ", but " + latencies.keySet());
        }
        return found;
    }

    public List<String> notes() {
        return List.copyOf(notes);
    }

    public List<String> faults() {
        return List.copyOf(faults);
    }

    public boolean valid() {
        return faults.isEmpty();
    }
}
