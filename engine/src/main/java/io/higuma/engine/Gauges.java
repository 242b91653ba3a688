package io.higuma.engine;

import io.higuma.engine.measure.Load;
import io.higuma.model.wire.ProxyConfig;
import io.higuma.model.wire.TypeUrl;
import java.util.Arrays;

/// What is true of the engine at one moment. Loop only.
final class Gauges {

    private static final int PERCENT_99 = 99;

    private Gauges() {}

    static Load load(MeshCore core) {
        long newest = core.receipts().last();
        long[] lags = new long[core.connected().size()];
        int behind = 0;
        long held = 0;
        int i = 0;
        for (ConnectedProxy proxy : core.connected()) {
            long lag = newest + 1 - proxy.waves.oldest(newest);
            lags[i++] = lag;
            behind += lag > 0 ? 1 : 0;
            held += held(proxy);
        }
        Arrays.sort(lags);
        return new Load(
                lags.length,
                core.loop().queued(),
                core.waitingForWorkers(),
                new Load.Sharing(core.planner().compiler().interned(), held),
                new Load.Lag(at(lags, 50), at(lags, PERCENT_99), at(lags, 100), behind),
                new Load.Work(
                        newest, core.planner().compilations(), core.faults().count()));
    }

    private static long held(ConnectedProxy proxy) {
        ProxyConfig config = proxy.offered;
        long sum = 0;
        if (config != null) {
            for (TypeUrl type : TypeUrl.values()) {
                sum += config.set(type).size();
            }
        }
        return sum;
    }

    private static long at(long[] sorted, int percent) {
        int rank = (sorted.length * percent + 99) / 100;
        return sorted.length == 0 ? 0 : sorted[Math.max(0, rank - 1)];
    }
}
