package io.higuma.xds;

import io.higuma.model.wire.ProxyConfig;
import io.higuma.model.wire.TypeUrl;
import java.util.List;

/// Where streams get what they send: the engine, seen from here.
public interface ConfigSource {

    /// A proxy has said who it is. Called once per stream, on the stream's own event loop; must not block: whatever
    /// takes time goes on elsewhere, and ends in [ProxyStream#offer] or [ProxyStream#refuse].
    Session open(Node node, ProxyStream stream);

    /// The stream, seen from the engine. All methods may be called from any thread and never block.
    interface ProxyStream {

        /// From now on the proxy shall hold this. Latest wins: a configuration that was not sent yet is forgotten.
        void offer(ProxyConfig config);

        /// Ends the stream with a gRPC status: not authenticated, not found, taken over.
        void refuse(Refusal refusal);

        /// What went over the stream so far.
        Tally tally();
    }

    /// What the engine hears of a stream. Called in order, on the stream's event loop; must not block.
    interface Session {

        /// The proxy runs everything that `revision` asked for: what changed is acknowledged, what is unchanged
        /// it had. Once per revision at most; a newer one covers the older ones.
        void settled(long revision);

        /// The proxy refuses an update and keeps what it had.
        ///
        /// @param resources what the refused response held
        /// @param message Envoy's words
        void rejected(TypeUrl type, long revision, List<String> resources, String message);

        /// Of a newer revision the proxy runs all but what it refused before, in the words it had then: it was not
        /// asked again.
        void stillRejected(TypeUrl type, long revision, List<String> resources, String message);

        /// A response left for the proxy. The numbers add up in the stream's [Tally].
        void sent(TypeUrl type, int bytes);

        /// The stream is over, for whatever reason. The last call.
        void closed();
    }
}
