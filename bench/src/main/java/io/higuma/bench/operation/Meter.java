package io.higuma.bench.operation;

import io.higuma.bench.report.Measurement;
import io.higuma.bench.target.Machine;
import io.higuma.bench.target.Target;
import io.higuma.bench.wire.Fleet;
import io.higuma.bench.wire.Traffic;
import io.higuma.model.wire.TypeUrl;
import java.util.List;
import java.util.Locale;
import java.util.function.IntSupplier;

/// What the control plane, the client and the wire did between two moments.
final class Meter {

    /// A client busier than this may be what is measured.
    private static final double BUSY = 0.7;

    private final Fleet fleet;
    private final List<Long> pids;
    private final long began = System.nanoTime();
    private final double cpu;
    private final long clientCpu;
    private final Traffic traffic;
    private final IntSupplier breaks;
    private final int broken;

    private Meter(Target target, Fleet fleet, IntSupplier breaks) {
        this.fleet = fleet;
        this.breaks = breaks;
        this.broken = breaks.getAsInt();
        this.pids = target.pids();
        this.traffic = fleet.traffic();
        this.clientCpu = fleet.cpuNanos();
        this.cpu = Machine.cpuSeconds(pids);
    }

    /// @param breaks streams that broke so far
    static Meter start(Target target, Fleet fleet, IntSupplier breaks) {
        return new Meter(target, fleet, breaks);
    }

    double seconds() {
        return (System.nanoTime() - began) / 1e9;
    }

    /// CPU seconds of the control plane; of a process that was replaced in between, only those of the old one.
    double cpuSeconds() {
        return Machine.cpuSeconds(pids) - cpu;
    }

    Traffic traffic() {
        return fleet.traffic().since(traffic);
    }

    double clientCpuSeconds() {
        return (fleet.cpuNanos() - clientCpu) / 1e9;
    }

    /// Adds what every operation has: traffic by type and what the client needed.
    void describe(Measurement out) {
        Traffic now = traffic();
        out.value("messages", now.allMessages()).value("bytes", now.allBytes()).value("resources", now.allResources());
        out.value("repeated resources", now.allRepeated()).value("broken streams", breaks.getAsInt() - broken);
        for (TypeUrl type : TypeUrl.values()) {
            if (now.messages(type) > 0) {
                String name = type.name().toLowerCase(Locale.ROOT);
                out.value(name + " messages", now.messages(type)).value(name + " bytes", now.bytes(type));
            }
        }
        double client = clientCpuSeconds();
        out.value("client cpu s", client);
        if (now.allMessages() > 0) {
            out.value("client µs/message", client * 1e6 / now.allMessages());
        }
    }

    /// Whether the client had enough to spare while it was busy.
    ///
    /// @param cpu its CPU seconds
    /// @param wall seconds it was busy in
    static void judgeClient(Measurement out, Fleet fleet, double cpu, double wall) {
        double share = wall <= 0 ? 0 : cpu / (wall * fleet.threads());
        out.value("client busy", share);
        if (share > BUSY) {
            out.fault("the client used %.0f %% of its %d event loops: it may be what was measured"
                    .formatted(100 * share, fleet.threads()));
        }
    }
}
