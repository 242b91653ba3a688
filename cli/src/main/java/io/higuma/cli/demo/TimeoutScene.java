package io.higuma.cli.demo;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/// (d) A slow backend becomes a 504 at the promised time; the change itself drops no connection.
final class TimeoutScene implements Scene {

    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final int PROMISED_MILLIS = 500;
    private static final int TOLERANCE_MILLIS = 200;

    @Override
    public Step step(Shop shop) {
        return new Step(
                "timeout",
                "A timeout for a slow backend",
                List.of("(catalog now takes 3 s to answer)", Policies.HURRY, "higuma apply -f hurry.yaml"),
                "web gets 504 after 500 ms instead of waiting 3 s, and no connection is dropped for it");
    }

    @Override
    public Step.Observation play(Shop shop) throws InterruptedException {
        Notes notes = new Notes();
        shop.slow("catalog-1", 3000);
        shop.slow("catalog-2", 3000);
        Sidecar web = shop.sidecar("web-1");
        try (Traffic buyers = Traffic.start(50, () -> shop.call("web-1", "/via/cart/via/payments/"))) {
            buyers.more(20);
            Map<String, Long> before = connections(web);
            Call patient = shop.call("web-1", "/via/catalog/");
            shop.apply(Policies.HURRY);
            Duration applied = Await.until(LIMIT, () -> hurried(shop));
            Call hurried = shop.call("web-1", "/via/catalog/");
            notes.check(
                    patient.ok() && patient.millis() >= 2900,
                    "before: " + Words.of(patient) + " after " + patient.millis() + " ms");
            notes.check(
                    hurried.status() == 504
                            && Math.abs(hurried.millis() - PROMISED_MILLIS) <= TOLERANCE_MILLIS
                            && applied.compareTo(LIMIT) <= 0,
                    "now: " + Words.of(hurried) + " after " + hurried.millis() + " ms");
            notes.check(
                    connections(web).equals(before),
                    "connections of web's Envoy drained, listeners changed: "
                            + connections(web).values() + ", before the write " + before.values());
            notes.check(
                    buyers.bad() == 0,
                    buyers.bad() + " of " + buyers.total() + " other requests failed" + Words.failures(buyers));
        } finally {
            shop.slow("catalog-1", 0);
            shop.slow("catalog-2", 0);
        }
        shop.delete("meshtimeout", "hurry");
        return notes.observation();
    }

    private static boolean hurried(Shop shop) {
        try {
            return shop.call("web-1", "/via/catalog/").status() == 504;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    /// Envoy's own count of connections it closed to drain, and of listeners it was made to change.
    private static Map<String, Long> connections(Sidecar sidecar) {
        return sidecar.stats(name -> name.equals("listener_manager.listener_modified")
                || (name.startsWith("http.")
                        && !name.startsWith("http.admin")
                        && name.endsWith(".downstream_cx_drain_close")));
    }
}
