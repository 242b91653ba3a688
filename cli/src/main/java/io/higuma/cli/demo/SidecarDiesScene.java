package io.higuma.cli.demo;

import java.time.Duration;
import java.util.List;

/// (g) A sidecar dies: its callers stop choosing it.
final class SidecarDiesScene implements Scene {

    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final int CALLS = 40;

    @Override
    public Step step(Shop shop) {
        return new Step(
                "sidecar-dies",
                "A sidecar dies",
                List.of("kill -9 " + shop.sidecar("catalog-2").process().pid() + "    # the Envoy of catalog-2"),
                "catalog-2 leaves the load balancing of its callers; from then on catalog-1 answers every call");
    }

    @Override
    public Step.Observation play(Shop shop) throws InterruptedException {
        Notes notes = new Notes();
        Member gone = shop.member("catalog-2");
        Sidecar web = shop.sidecar("web-1");
        int before = answeredBy(shop, gone.name());
        shop.sidecar(gone.name()).process().destroyForcibly().waitFor();
        Duration left = Await.until(LIMIT, () -> !web.knows(gone.address(), gone.inboundPort()));
        int after = answeredBy(shop, gone.name());
        int kept = answeredBy(shop, "catalog-1");
        notes.check(before > 0, "before: catalog-2 answered " + before + " of " + CALLS + " calls");
        notes.check(
                left.compareTo(LIMIT) <= 0,
                "web's Envoy dropped " + gone.address() + " " + left.toMillis() + " ms after the kill");
        notes.check(after == 0 && kept == CALLS, "after: catalog-1 answered " + kept + " of " + CALLS + " calls");
        return notes.observation();
    }

    private static int answeredBy(Shop shop, String instance) throws InterruptedException {
        int count = 0;
        for (int i = 0; i < CALLS; i++) {
            Call call = shop.call("web-1", "/via/catalog/");
            count += call.ok() && call.service().equals(instance) ? 1 : 0;
        }
        return count;
    }
}
