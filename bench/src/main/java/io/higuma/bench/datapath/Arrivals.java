package io.higuma.bench.datapath;

import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/// When requests of many callers are due: a Poisson process. One seed has one schedule.
final class Arrivals {

    private final SplittableRandom distances;
    private final double mean;
    private long due;

    /// @param begin time of the first, ns
    /// @param rate per second, 1 or more
    Arrivals(long begin, int rate, long seed) {
        this.distances = new SplittableRandom(seed);
        this.mean = (double) TimeUnit.SECONDS.toNanos(1) / rate;
        this.due = begin;
    }

    /// Takes the next one.
    ///
    /// @return when it is due, ns
    long take() {
        long taken = due;
        due += (long) (distances.nextExponential() * mean);
        return taken;
    }
}
