package io.higuma.dataplane.tproxy;

import java.util.Optional;

/// Numbers from a first to a last, both included: ports or user ids.
public record Range(long first, long last) {

    public static Range of(long one) {
        return new Range(one, one);
    }

    /// Reads `8080` or `8000-8100`; empty if it is neither, or not within the bounds.
    public static Optional<Range> parse(String text, long least, long most) {
        if (!text.matches("[0-9]{1,10}(-[0-9]{1,10})?")) {
            return Optional.empty();
        }
        String[] ends = text.split("-", 2);
        long first = Long.parseLong(ends[0]);
        long last = ends.length == 1 ? first : Long.parseLong(ends[1]);
        return first < least || last > most || first > last ? Optional.empty() : Optional.of(new Range(first, last));
    }

    /// With the mark between the ends that a tool wants; one number alone if both ends are the same.
    String text(String mark) {
        return first == last ? String.valueOf(first) : first + mark + last;
    }
}
