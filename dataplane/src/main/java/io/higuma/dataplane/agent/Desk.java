package io.higuma.dataplane.agent;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Answers one message, whatever way it came.
final class Desk {

    private static final Duration FRESH = Duration.ofSeconds(1);
    /// A name that is asked for and not there may have come just now.
    private static final Duration JUST_NOW = Duration.ofMillis(50);

    private final EnvoyNames names;
    private final List<String> domains;
    private final Upstream upstream;

    Desk(EnvoyNames names, List<String> domains, Upstream upstream) {
        this.names = names;
        this.domains = List.copyOf(domains);
        this.upstream = upstream;
    }

    /// Waits for the answer, if somebody else has to give it.
    ///
    /// @return empty if nothing is to be said
    Optional<byte[]> answer(byte[] message, boolean udp) {
        if (!Query.isAsked(message)) {
            return Optional.empty();
        }
        Optional<Query> query = Query.read(message);
        if (query.isPresent()) {
            Answers.Verdict verdict = Answers.to(query.get(), names.noOlderThan(FRESH), domains, udp);
            if (verdict instanceof Answers.Verdict.Absent) {
                verdict = Answers.to(query.get(), names.noOlderThan(JUST_NOW), domains, udp);
            }
            if (verdict instanceof Answers.Verdict.Say say) {
                return Optional.of(say.reply());
            }
            if (verdict instanceof Answers.Verdict.Absent absent) {
                return Optional.of(absent.reply());
            }
        }
        return Optional.of(upstream.ask(message, udp).orElseGet(() -> Reply.failure(message)));
    }
}
