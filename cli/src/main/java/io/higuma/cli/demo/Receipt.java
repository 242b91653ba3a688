package io.higuma.cli.demo;

import io.higuma.cli.Verbs;
import io.higuma.cli.client.ControlPlane;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/// What the control plane says of a revision: which proxies run it, and since when.
///
/// @param concerned how many proxies it changes something for
/// @param running how many of them have acknowledged it
/// @param first from the write to the first acknowledgement; empty if there was none
/// @param last from the write to the last one so far
record Receipt(int concerned, int running, Optional<Duration> first, Optional<Duration> last) {

    private static final Pattern REVISION = Pattern.compile("\\(revision ([0-9]+)\\)");

    /// Asks until all proxies run it or the time is over.
    static Receipt await(Shop shop, long revision, Duration limit) throws InterruptedException {
        try (ControlPlane api = shop.api()) {
            Await.until(limit, () -> read(api, revision).complete());
            return read(api, revision);
        }
    }

    /// The revision that a verb said it wrote; 0 if it said none.
    static long revision(Verbs.Result applied) {
        Matcher revision = REVISION.matcher(applied.out());
        return revision.find() ? Long.parseLong(revision.group(1)) : 0;
    }

    boolean complete() {
        return concerned > 0 && running == concerned;
    }

    private static Receipt read(ControlPlane api, long revision) {
        JsonNode receipt = api.read("/revisions/" + revision).json();
        Optional<Instant> applied = time(receipt, "applied");
        return new Receipt(
                receipt.path("concerned").asInt(0),
                receipt.path("running").asInt(0),
                between(applied, time(receipt, "firstAck")),
                between(applied, time(receipt, "lastAck")));
    }

    private static Optional<Duration> between(Optional<Instant> from, Optional<Instant> to) {
        return from.flatMap(begin -> to.map(end -> Duration.between(begin, end)));
    }

    private static Optional<Instant> time(JsonNode receipt, String field) {
        try {
            return Optional.of(Instant.parse(receipt.path(field).asString("")));
        } catch (DateTimeException absent) {
            return Optional.empty();
        }
    }

    @Override
    public String toString() {
        return millis(first) + "/" + millis(last) + " (" + running + " of " + concerned + " proxies)";
    }

    private static String millis(Optional<Duration> duration) {
        return duration.map(value -> value.toMillis() + " ms").orElse("never");
    }
}
