package io.higuma.engine.measure;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/// A distribution of durations in fixed buckets. Any thread may record; it allocates nothing.
public final class Spread {

    /// Upper bounds in microseconds, inclusive.
    private static final long[] BOUNDS = {
        10,
        25,
        50,
        100,
        250,
        500,
        1_000,
        2_500,
        5_000,
        10_000,
        25_000,
        50_000,
        100_000,
        250_000,
        500_000,
        1_000_000,
        2_500_000,
        5_000_000,
        10_000_000,
        30_000_000
    };

    private static final double MICROS = 1e6;

    /// The last one is for what is longer than every bound.
    private final AtomicLongArray counts = new AtomicLongArray(BOUNDS.length + 1);

    private final LongAdder nanos = new LongAdder();

    /// What was recorded so far.
    ///
    /// @param bounds upper bounds of the buckets in seconds, ascending; the last bucket has none
    /// @param counts per bucket; one more than bounds
    /// @param seconds sum of all durations
    @SuppressWarnings("ArrayRecordComponent") // made for one reader, never compared
    public record Picture(double[] bounds, long[] counts, double seconds) {

        public long count() {
            long sum = 0;
            for (long each : counts) {
                sum += each;
            }
            return sum;
        }

        /// Seconds that a share of the durations did not exceed: the bound of the bucket it lies in; 0 without any, the
        /// largest bound where it is exceeded.
        public double quantile(double share) {
            long rank = (long) Math.ceil(share * count());
            long seen = 0;
            for (int i = 0; i < counts.length && rank > 0; i++) {
                seen += counts[i];
                if (seen >= rank) {
                    return bounds[Math.min(i, bounds.length - 1)];
                }
            }
            return 0;
        }

        /// Seconds; 0 without any.
        public double mean() {
            long count = count();
            return count == 0 ? 0 : seconds / count;
        }
    }

    public void record(Duration duration) {
        record(TimeUnit.NANOSECONDS.convert(duration));
    }

    /// @param duration nanoseconds; negative ones count as none
    public void record(long duration) {
        long length = Math.max(0, duration);
        long micros = (length + 999) / 1000;
        int bucket = 0;
        while (bucket < BOUNDS.length && micros > BOUNDS[bucket]) {
            bucket++;
        }
        counts.incrementAndGet(bucket);
        nanos.add(length);
    }

    public Picture picture() {
        long[] copy = new long[counts.length()];
        for (int i = 0; i < copy.length; i++) {
            copy[i] = counts.get(i);
        }
        double[] bounds = new double[BOUNDS.length];
        for (int i = 0; i < bounds.length; i++) {
            bounds[i] = BOUNDS[i] / MICROS;
        }
        return new Picture(bounds, copy, nanos.sum() / 1e9);
    }
}
