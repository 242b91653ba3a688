package io.higuma.bench.target;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;

/// A control plane to be driven.
public interface Target extends AutoCloseable {

    /// Such as `http://127.0.0.1:5681`.
    URI api();

    /// The TLS port for bootstrap and xDS.
    InetSocketAddress xds();

    /// The processes whose CPU and memory count.
    List<Long> pids();

    /// Whether [#restart] can be asked for.
    boolean restartable();

    /// Ends the control plane and starts it again on the same data; returns when it answers.
    ///
    /// @param kill with SIGKILL, else with SIGTERM
    void restart(boolean kill) throws IOException, InterruptedException;

    @Override
    void close();

    /// One that somebody else started and will end.
    record Foreign(URI api, InetSocketAddress xds, List<Long> pids) implements Target {
        public Foreign {
            pids = List.copyOf(pids);
        }

        @Override
        public boolean restartable() {
            return false;
        }

        @Override
        public void restart(boolean kill) throws IOException {
            throw new IOException("a control plane that somebody else started is not restarted");
        }

        @Override
        public void close() {}
    }
}
