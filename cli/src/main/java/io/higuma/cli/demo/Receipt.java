package io.higuma.cli.demo;

import io.higuma.cli.client.ControlPlane;
import java.time.Duration;
import tools.jackson.databind.JsonNode;

/// What the control plane says of a revision: which proxies run it, and since when.
///
/// @param proxies how many it concerns
/// @param running how many have acknowledged it
/// @param firstMillis from the write to the first acknowledgement
/// @param lastMillis from the write to the last
record Receipt(int proxies, int running, long firstMillis, long lastMillis) {

    /// Asks until all proxies run it or the time is over.
    static Receipt await(Shop shop, long revision, Duration limit) throws InterruptedException {
        try (ControlPlane api = shop.api()) {
            Await.until(limit, () -> read(api, revision).complete());
            return read(api, revision);
        }
    }

    boolean complete() {
        return proxies > 0 && running == proxies;
    }

    private static Receipt read(ControlPlane api, long revision) {
        JsonNode receipt = api.read("/revisions/" + revision).json();
        return new Receipt(
                receipt.path("proxies").asInt(0),
                receipt.path("running").asInt(0),
                receipt.path("firstMillis").asLong(0),
                receipt.path("lastMillis").asLong(0));
    }

    @Override
    public String toString() {
        return firstMillis + " ms/" + lastMillis + " ms (" + running + " of " + proxies + " proxies)";
    }
}
