package io.higuma.cli.demo;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/// (e) Traffic moves to a new version in steps, with requests running; a bar shows who answers.
final class CanaryScene implements Scene {

    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final int PER_SECOND = 400;
    private static final int SAMPLE = 250;
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
        AtomicReference<Answers> answers = new AtomicReference<>(Answers.NONE);
        try (Traffic visitors = Traffic.start(PER_SECOND, () -> counted(shop, answers))) {
            for (int share : List.of(10, 50, 100)) {
                notes.check(split(shop, visitors, answers, share), answers.get().told(share));
            }
            notes.check(
                    visitors.bad() == 0,
                    visitors.bad() + " of " + visitors.total() + " calls failed" + Words.failures(visitors));
        }
        shop.delete("meshhttproute", "canary");
        return notes.observation();
    }

    private static Call counted(Shop shop, AtomicReference<Answers> answers) throws InterruptedException {
        Call call = shop.call("web-1", "/via/catalog/");
        answers.updateAndGet(before -> before.and(call));
        return call;
    }

    /// Gives the new version its share and says whether it gets it, by a sample of calls.
    private boolean split(Shop shop, Traffic visitors, AtomicReference<Answers> answers, int share)
            throws InterruptedException {
        Receipt.await(shop, Receipt.revision(shop.apply(Policies.canary(100 - share, share))), LIMIT);
        // What is under way was sent before.
        visitors.more(1);
        answers.set(Answers.NONE);
        long goal = visitors.total() + SAMPLE;
        Await.until(LIMIT, () -> {
            screen.bar(answers.get().bar(share), false);
            return visitors.total() >= goal;
        });
        Answers sample = answers.get();
        screen.bar(sample.bar(share), true);
        return Math.abs(sample.newShare() - share / 100.0) <= (share == 100 ? 0 : LUCK);
    }
}
