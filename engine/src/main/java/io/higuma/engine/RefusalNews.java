package io.higuma.engine;

import io.higuma.xds.Refusal;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;

/// Which refusals of proxies are worth a line of the log: an Envoy that is refused asks again
/// every second or two, for as long as it runs. Remembers so many of them, since anybody may come
/// under any name. Owner: the loop.
final class RefusalNews {

    private static final Duration OLD = Duration.ofMinutes(5);
    private static final int MOST = 1_000;
    /// Characters of a name that are remembered; a mesh and a Dataplane have fewer.
    private static final int LONGEST = 400;

    /// The one that was told longest ago is first.
    private final LinkedHashMap<Told, Instant> told = new LinkedHashMap<>();

    private record Told(String node, Refusal.Code code) {}

    /// Whether this proxy was not refused for this kind of reason of late. It is from now on.
    boolean isNew(String node, Refusal refusal, Instant now) {
        while (!told.isEmpty() && told.firstEntry().getValue().isBefore(now.minus(OLD))) {
            told.pollFirstEntry();
        }
        Told news = new Told(node.substring(0, Math.min(node.length(), LONGEST)), refusal.code());
        if (told.containsKey(news)) {
            return false;
        }
        if (told.size() == MOST) {
            told.pollFirstEntry();
        }
        told.put(news, now);
        return true;
    }
}
