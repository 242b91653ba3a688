package io.higuma.cli.demo;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// (f) The control plane is killed under traffic and comes back on the same data.
final class ControlPlaneDiesScene implements Scene {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    /// Counters of the secret with a proxy's own certificate, which is named after its MeshIdentity.
    private static final String CERTIFICATE = "sds.kri_mid_";

    @Override
    public Step step(Shop shop) {
        return new Step(
                "control-plane-dies",
                "The control plane is killed",
                List.of("kill -9 " + shop.controlPlanePid(), "higuma cp run"),
                "no request fails; after the restart every proxy reconnects, and nothing is sent again that did not change"
                        + " (each gets a new certificate: the keys of proxies are not kept)");
    }

    @Override
    public Step.Observation play(Shop shop) throws IOException, InterruptedException {
        Notes notes = new Notes();
        try (Traffic buyers = Traffic.start(50, () -> shop.call("web-1", "/via/cart/via/payments/"))) {
            buyers.more(20);
            Map<String, Map<String, Long>> before = updates(shop);
            int resources = Resources.count(shop);
            shop.killControlPlane();
            buyers.more(50);
            long begin = System.nanoTime();
            shop.restartControlPlane();
            long badWhileDown = buyers.bad();
            long started = (System.nanoTime() - begin) / 1_000_000;
            Duration reconnected =
                    Await.until(LIMIT, () -> shop.sidecars().values().stream().allMatch(Sidecar::connected));
            buyers.more(50);
            notes.check(
                    buyers.bad() == 0,
                    buyers.bad() + " of " + buyers.total() + " requests failed, " + badWhileDown
                            + " of those while it was away" + Words.failures(buyers));
            notes.check(
                    reconnected.compareTo(LIMIT) <= 0,
                    "it answered again after " + started + " ms; all "
                            + shop.sidecars().size() + " proxies were connected " + reconnected.toMillis()
                            + " ms later");
            notes.check(
                    Resources.count(shop) == resources,
                    "its data: " + Resources.count(shop) + " resources, before " + resources);
            Map<String, Map<String, Long>> sent = difference(before, updates(shop));
            notes.check(
                    sent.isEmpty(),
                    sent.isEmpty()
                            ? "updates taken by the Envoys since, by their own counters, new certificates apart: 0"
                            : "updates taken by the Envoys since: " + sent);
        }
        return notes.observation();
    }

    private static Map<String, Map<String, Long>> updates(Shop shop) {
        Map<String, Map<String, Long>> all = new TreeMap<>();
        shop.sidecars().forEach((name, sidecar) -> all.put(name, sidecar.updates()));
        return all;
    }

    private static Map<String, Map<String, Long>> difference(
            Map<String, Map<String, Long>> before, Map<String, Map<String, Long>> after) {
        Map<String, Map<String, Long>> grown = new TreeMap<>();
        after.forEach((proxy, counters) -> counters.forEach((counter, value) -> {
            long more = value - before.getOrDefault(proxy, Map.of()).getOrDefault(counter, 0L);
            if (more != 0 && !counter.startsWith(CERTIFICATE)) {
                grown.computeIfAbsent(proxy, name -> new TreeMap<>()).put(counter, more);
            }
        }));
        return grown;
    }
}
