package io.higuma.engine;

import static io.higuma.engine.World.eventually;
import static io.higuma.engine.World.key;
import static org.assertj.core.api.Assertions.assertThat;

import io.higuma.model.Labels;
import io.higuma.xds.Refusal;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Two proxies that bear one name: who is served, what the other is told, and that it changes nothing.
class NamesakesTest {

    private static final String EARLY = "2030-01-01T00:00:00Z";
    private static final String LATE = "2030-01-01T00:00:01.5Z";

    private final World world = new World();

    @AfterEach
    void end() {
        world.close();
    }

    @Test
    void theOneThatWasStartedLaterIsServedUntilItEnds() {
        FakeProxy older = served("first", Map.of(Age.STARTED, EARLY));
        FakeProxy newer = served("second", Map.of(Age.STARTED, LATE));
        assertThat(told(older)).contains("a newer stream of default.web-1").contains("took over");
        assertThat(workload()).isEqualTo("second");

        for (int again = 0; again < 5; again++) {
            assertThat(told(connect("first", Map.of(Age.STARTED, EARLY))))
                    .contains("two proxies call themselves default.web-1")
                    .contains("the one that was started later is served, give one of them another name");
        }
        assertThat(workload()).as("what a refused proxy brings is not written").isEqualTo("second");
        assertThat(newer.isOpen()).isTrue();

        newer.close();
        served("first", Map.of(Age.STARTED, EARLY));
        assertThat(workload()).isEqualTo("first");
    }

    @Test
    void aProxyThatComesBackTakesItsOwnPlaceAtOnce() {
        FakeProxy stale = served("first", Map.of(Age.STARTED, EARLY));

        FakeProxy back = served("first", Map.of(Age.STARTED, EARLY));

        assertThat(told(stale)).contains("took over");
        assertThat(back.isOpen()).isTrue();
    }

    @Test
    void thoseThatDoNotSayWhenTheyWereStartedTakeTurnsThreeTimes() {
        for (int turn = 0; turn < 4; turn++) {
            served("turn-" + turn, Map.of());
        }

        assertThat(told(connect("turn-4", Map.of(Age.STARTED, "yesterday"))))
                .contains("two proxies call themselves default.web-1")
                .contains("the one that came first is served for now");
        assertThat(workload()).isEqualTo("turn-3");

        world.pass(Duration.ofSeconds(11));
        served("turn-5", Map.of());
        assertThat(workload()).isEqualTo("turn-5");
    }

    /// @param workload what the Dataplane that it brings is labelled with
    private FakeProxy connect(String workload, Map<String, Object> metadata) {
        Map<String, Object> all = new java.util.HashMap<>(metadata);
        all.put("dataplane.resource", workload);
        return world.connect("web-1", true, all);
    }

    private FakeProxy served(String workload, Map<String, Object> metadata) {
        FakeProxy proxy = connect(workload, metadata);
        eventually("it is served", () -> proxy.offers() > 0);
        return proxy;
    }

    private static String told(FakeProxy proxy) {
        eventually("it is refused", () -> proxy.refusal().isPresent());
        return proxy.refusal().map(Refusal::message).orElseThrow();
    }

    private String workload() {
        return world.store
                .get(key("web-1"))
                .flatMap(dataplane -> dataplane.labels().value(Labels.WORKLOAD))
                .orElse("");
    }
}
