package io.higuma.bench.report;

import java.util.Arrays;
import java.util.stream.LongStream;

/// Durations in nanoseconds: all of them, so that percentiles are exact.
public final class Samples {

    private long[] values = new long[256];
    private int count;
    private boolean sorted = true;

    public Samples add(long nanos) {
        if (count == values.length) {
            values = Arrays.copyOf(values, 2 * count);
        }
        values[count++] = nanos;
        sorted = false;
        return this;
    }

    public Samples addAll(Samples others) {
        for (int i = 0; i < others.count; i++) {
            add(others.values[i]);
        }
        return this;
    }

    /// All of them, in nanoseconds and in no order.
    public LongStream nanos() {
        return Arrays.stream(values, 0, count);
    }

    public int count() {
        return count;
    }

    /// The value that `percent` of all do not exceed (nearest rank), in milliseconds; 0 if there are none.
    public double millis(double percent) {
        if (count == 0) {
            return 0;
        }
        if (!sorted) {
            Arrays.sort(values, 0, count);
            sorted = true;
        }
        int rank = (int) Math.ceil(percent / 100 * count);
        return values[Math.clamp(rank - 1, 0, count - 1)] / 1e6;
    }

    public double max() {
        return millis(100);
    }

    /// `p50 1.2 p95 3.4 p99 5.6 max 7.8 ms`
    @Override
    public String toString() {
        return "p50 %.2f p95 %.2f p99 %.2f max %.2f ms (%d)"
                .formatted(millis(50), millis(95), millis(99), max(), count);
    }
}
