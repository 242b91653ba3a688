package io.higuma.bench.datapath;

import java.util.List;
import java.util.Optional;

/// Numbers that were seen independently of each other.
///
/// @param values in any order; kept in ascending order
record Sample(List<Double> values) {

    /// How often the range of a median may miss it.
    private static final double DOUBT = 0.05;

    Sample {
        values = values.stream().sorted().toList();
    }

    /// @param low not more than `high`
    record Range(double low, double high) {}

    boolean isEmpty() {
        return values.isEmpty();
    }

    /// Halfway between the two in the middle if there are two; 0 if there are none.
    double median() {
        int size = values.size();
        return size == 0 ? 0 : (values.get((size - 1) / 2) + values.get(size / 2)) / 2;
    }

    /// The narrowest range between two of the numbers, as far from the ends as each other, in which the median of
    /// what they were drawn from is at least 19 times of 20, whatever its distribution: a number is as often below
    /// that median as above.
    ///
    /// @return empty for less than six numbers: all of them are on one side too often
    Optional<Range> medianRange() {
        int size = values.size();
        double chance = Math.pow(0.5, size);
        double outside = 0;
        int left = 0;
        while (2 * (outside + chance) <= DOUBT && left < size / 2) {
            outside += chance;
            chance = chance * (size - left) / (left + 1);
            left++;
        }
        return left == 0 ? Optional.empty() : Optional.of(new Range(values.get(left - 1), values.get(size - left)));
    }
}
