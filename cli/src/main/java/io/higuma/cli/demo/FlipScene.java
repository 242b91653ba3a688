package io.higuma.cli.demo;

import io.higuma.cli.Verbs;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// (c) A permission for the whole mesh is given and taken while requests run.
final class FlipScene implements Scene {

    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final int FLIPS = 3;

    @Override
    public Step step(Shop shop) {
        return new Step(
                "flip-a-permission",
                "A permission is flipped while requests run",
                List.of(
                        Policies.GUEST,
                        "higuma apply -f guest.yaml",
                        "higuma delete meshtrafficpermission guest",
                        "(three times)"),
                "every proxy runs the change within a second, the control plane tells when, and no allowed request fails");
    }

    @Override
    public Step.Observation play(Shop shop) throws InterruptedException {
        Notes notes = new Notes();
        shop.apply(Policies.WEB_MAY_SHOP);
        Await.until(
                LIMIT,
                () -> status(shop, "web-1", "/via/cart/via/payments/") == 200
                        && status(shop, "web-1", "/via/catalog/") == 200);
        List<Long> felt = new ArrayList<>();
        List<Receipt> receipts = new ArrayList<>();
        try (Traffic buyers = Traffic.start(100, () -> shop.call("web-1", "/via/cart/via/payments/"))) {
            buyers.more(50);
            for (int i = 0; i < FLIPS; i++) {
                felt.add(given(shop, receipts));
                shop.delete("meshtrafficpermission", "guest");
                Await.until(LIMIT, () -> status(shop, "intruder-1", "/via/catalog/") == 403);
            }
            buyers.more(50);
            notes.check(
                    buyers.bad() == 0,
                    buyers.bad() + " of " + buyers.total() + " allowed requests failed" + Words.failures(buyers));
        }
        boolean all = receipts.size() == FLIPS && receipts.stream().allMatch(Receipt::complete);
        notes.check(
                all, "from the write to the first proxy and to the last, by the control plane's receipts: " + receipts);
        notes.check(
                felt.stream().allMatch(millis -> millis < 1000),
                "the intruder felt it on a real request, command included, after " + felt + " ms");
        return notes.observation();
    }

    /// Gives the permission, and says how long it took until a real request felt it.
    private static long given(Shop shop, List<Receipt> receipts) throws InterruptedException {
        long begin = System.nanoTime();
        Verbs.Result applied = shop.apply(Policies.GUEST);
        Await.until(LIMIT, () -> status(shop, "intruder-1", "/via/catalog/") == 200);
        long millis = (System.nanoTime() - begin) / 1_000_000;
        long revision = Receipt.revision(applied);
        if (revision > 0) {
            receipts.add(Receipt.await(shop, revision, LIMIT));
        }
        return millis;
    }

    private static int status(Shop shop, String caller, String path) {
        try {
            return shop.call(caller, path).status();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return -1;
        }
    }
}
