package io.higuma.cli.demo;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;

/// (e) Traffic moves to a new version in steps, with requests running; a bar shows who answers.
final class CanaryScene implements Scene {

    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final int PER_SECOND = 400;
    private static final int SAMPLE = 250;
    private static final int WIDTH = 40;
    /// Four standard deviations of 250 coins, as a share: a split beyond is no luck.
    private static final double LUCK = 4 * 0.5 / Math.sqrt(SAMPLE);

    private final Screen screen;

    CanaryScene(Screen screen) {
        this.screen = screen;
    }

    @Override
    public Step step(Shop shop) {
        return new Step(
                "canary",
                "A new version takes over in steps",
                List.of(
                        Policies.VERSIONS + "---\n" + Policies.canary(90, 10),
                        "higuma apply -f canary.yaml",
                        "(then with weights 50 and 50, then 0 and 100)"),
                "each version gets its share of the calls, a change is felt at once, and no request fails");
    }

    @Override
    public Step.Observation play(Shop shop) throws InterruptedException {
        Notes notes = new Notes();
        shop.apply(Policies.VERSIONS);
        Map<String, AtomicInteger> counts = new ConcurrentSkipListMap<>();
        try (Traffic visitors = Traffic.start(PER_SECOND, () -> counted(shop, counts))) {
            for (int share : List.of(10, 50, 100)) {
                notes.check(split(shop, visitors, counts, share), told(counts, share));
            }
            notes.check(
                    visitors.bad() == 0,
                    visitors.bad() + " of " + visitors.total() + " calls failed" + Words.failures(visitors));
        }
        shop.delete("meshhttproute", "canary");
        return notes.observation();
    }

    private static Call counted(Shop shop, Map<String, AtomicInteger> counts) throws InterruptedException {
        Call call = shop.call("web-1", "/via/catalog/");
        String version = call.ok() ? call.service() : "failed";
        counts.computeIfAbsent(version, v -> new AtomicInteger()).incrementAndGet();
        return call;
    }

    /// Gives the new version its share and says whether it gets it, by a sample of calls.
    private boolean split(Shop shop, Traffic visitors, Map<String, AtomicInteger> counts, int share)
            throws InterruptedException {
        Receipt.await(shop, Receipt.revision(shop.apply(Policies.canary(100 - share, share))), LIMIT);
        // What is under way was sent before.
        visitors.more(1);
        counts.clear();
        long goal = visitors.total() + SAMPLE;
        Await.until(LIMIT, () -> {
            screen.bar(bar(counts, share), false);
            return visitors.total() >= goal;
        });
        screen.bar(bar(counts, share), true);
        return Math.abs(newShare(counts) - share / 100.0) <= (share == 100 ? 0 : LUCK);
    }

    private static double newShare(Map<String, AtomicInteger> counts) {
        int total = counts.values().stream().mapToInt(AtomicInteger::get).sum();
        return total == 0 ? 0 : of(counts, "catalog-2") / (double) total;
    }

    private static int of(Map<String, AtomicInteger> counts, String version) {
        AtomicInteger count = counts.get(version);
        return count == null ? 0 : count.get();
    }

    private static String bar(Map<String, AtomicInteger> counts, int share) {
        int filled = (int) Math.round(newShare(counts) * WIDTH);
        return "v1 " + "░".repeat(WIDTH - filled) + "█".repeat(filled) + " v2  " + told(counts, share);
    }

    private static String told(Map<String, AtomicInteger> counts, int share) {
        return "weight " + share + " of 100 for v2: " + of(counts, "catalog-2") + " calls against "
                + of(counts, "catalog-1");
    }
}
