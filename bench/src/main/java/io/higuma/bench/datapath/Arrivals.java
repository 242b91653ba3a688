package io.higuma.bench.datapath;

import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/// When requests of many callers are due: a Poisson process. One seed has one schedule.
final class Arrivals {

    private final SplittableRandom distances;
    private final double mean;
    private long due;

    /// @param begin time of the first, ns
    /// @param rate per second; 0 for all at once
    Arrivals(long begin, int rate, long seed) {
        this.distances = new SplittableRandom(seed);
        this.mean = rate == 0 ? 0 : (double) TimeUnit.SECONDS.toNanos(1) / rate;
        this.due = begin;
    }

    /// Time of the next one, ns.
    long due() {
        return due;
    }

    /// The next one is taken, and there is another one after it.
    void take() {
        due += (long) (distances.nextExponential() * mean);
    }
}
