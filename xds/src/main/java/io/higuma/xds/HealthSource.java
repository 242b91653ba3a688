package io.higuma.xds;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/// Who wants to know how workloads are: the engine, seen from streams over which Envoys report it.
public interface HealthSource {

    /// A proxy has said who it is and is ready to probe. Called once per stream, on its event loop; must not block.
    Session open(Node node, HealthStream stream);

    /// The stream, seen from the engine. All methods may be called from any thread and never block.
    interface HealthStream {

        /// From now on the proxy shall probe these, and no others.
        void probe(List<Probe> probes);

        /// Ends the stream with a gRPC status.
        void refuse(Refusal refusal);
    }

    /// What the engine hears of a stream. Called in order, on the stream's event loop; must not block.
    interface Session {

        /// What the proxy found out, by the names of its probes. One that is not listed is not known yet.
        void reported(Map<String, Boolean> healthy);

        /// The stream is over. The last call.
        void closed();
    }

    /// A workload that is probed by opening TCP connections.
    ///
    /// @param name of the probe, in reports and in Envoy's statistics
    /// @param interval time between two connections
    /// @param timeout how long one may take
    /// @param healthy successes until it counts as healthy
    /// @param unhealthy failures until it does not any more
    /// @param source address that connections come from; empty for whatever the system chooses
    record Probe(
            String name,
            String address,
            int port,
            Duration interval,
            Duration timeout,
            int healthy,
            int unhealthy,
            String source) {}
}
