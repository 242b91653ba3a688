package io.higuma.api.info;

import io.higuma.engine.Inspection;
import io.higuma.engine.ReachReport;
import io.higuma.engine.Receipt;
import io.higuma.engine.Trouble;
import io.higuma.engine.measure.Load;
import io.higuma.engine.measure.Measures;
import io.higuma.engine.measure.Spread;
import io.higuma.model.ResourceKey;
import io.higuma.model.core.DataplaneInsightSpec;
import io.higuma.model.core.DataplaneSpec.ReachableBackend;
import io.higuma.model.wire.ProxyConfig;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// What the control plane has seen of proxies: lives in memory beside the store. Called from many
/// virtual threads, which may block.
public interface Observations {

    /// What is known of a proxy; empty if it never opened a stream.
    Optional<DataplaneInsightSpec> insight(ResourceKey dataplane);

    /// What the configuration of a proxy is made from; empty if the engine knows no such Dataplane.
    Optional<Inspection> inspect(ResourceKey dataplane);

    /// What a connected proxy was offered last; empty if it is not connected, or was offered nothing yet.
    Optional<ProxyConfig> config(ResourceKey dataplane);

    /// What a connected proxy would hold if every shadow policy of its mesh were a real one.
    Optional<ProxyConfig> configWithShadows(ResourceKey dataplane);

    /// What a proxy is told of services, and what it would be told with other
    /// `reachableBackends`: those given, or every service that does not deny it. Empty if the
    /// engine knows no such Dataplane.
    Optional<ReachReport> reach(ResourceKey dataplane, List<ReachableBackend> asked);

    /// Who runs a revision of the store; empty if it is too old to be remembered, or not there yet.
    Optional<Receipt> receipt(long revision);

    /// The same, once every connected proxy that it concerns has answered, or when the time is over.
    Optional<Receipt> receipt(long revision, Duration wait);

    /// The proxies a revision concerns, sorted; empty if their names are not known.
    Optional<List<Receipt.Proxy>> concerned(long revision);

    /// The newest receipts, the newest first; without names.
    List<Receipt> receipts();

    /// The newest revision of which nothing is known any more.
    long forgotten();

    /// What is wrong with connected proxies, what most of them suffer from first.
    List<Trouble> troubles();

    /// How busy the engine is now.
    Load load();

    /// What the engine counted since the start.
    Measures measures();

    /// How long the store took for its writes.
    Spread storeWrites();
}
