package io.higuma.xds.grpc;

import io.higuma.xds.AdsStream;
import io.higuma.xds.ConfigSource;
import io.higuma.xds.Differences;
import io.higuma.xds.Node;
import io.higuma.xds.Refusal;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/// `envoy.service.discovery.v3.AggregatedDiscoveryService` with both methods, `DeltaAggregatedResources` and
/// `StreamAggregatedResources`.
///
/// ```java
/// AdsService.bind(engine, PortLimits.DEFAULT, faults).addTo(port);
/// ```
public final class AdsService implements AutoCloseable {

    private static final String PREFIX = "/envoy.service.discovery.v3.AggregatedDiscoveryService/";

    private final ConfigSource source;
    private final PortLimits limits;
    private final Consumer<Throwable> faults;
    private final Differences differences = new Differences();
    private final Wakeups wakeups = new Wakeups();
    private final Set<AdsCall> calls = ConcurrentHashMap.newKeySet();
    private volatile boolean closing;

    private AdsService(ConfigSource source, PortLimits limits, Consumer<Throwable> faults) {
        this.source = source;
        this.limits = limits;
        this.faults = faults;
    }

    /// @param faults hears of bugs: exceptions out of the source or out of our own code. The stream ends,
    /// others go on
    public static AdsService bind(ConfigSource source, PortLimits limits, Consumer<Throwable> faults) {
        return new AdsService(source, limits, faults);
    }

    /// Adds both methods.
    public void addTo(GrpcPort port) {
        port.add(
                PREFIX + "DeltaAggregatedResources",
                (stream, credential) -> open(AdsStream.Variant.DELTA, stream, credential));
        port.add(
                PREFIX + "StreamAggregatedResources",
                (stream, credential) -> open(AdsStream.Variant.STATE_OF_THE_WORLD, stream, credential));
    }

    /// Open streams.
    public int streams() {
        return calls.size();
    }

    /// Ends all streams with UNAVAILABLE, politely, and takes no new ones. Proxies keep what they have and
    /// come back.
    @Override
    public void close() {
        closing = true;
        calls.forEach(call -> call.refuse(new Refusal(Refusal.Code.UNAVAILABLE, "the control plane is going down")));
    }

    PortLimits limits() {
        return limits;
    }

    ConfigSource source() {
        return source;
    }

    Wakeups wakeups() {
        return wakeups;
    }

    Consumer<Throwable> faults() {
        return faults;
    }

    void ended(AdsCall call) {
        calls.remove(call);
    }

    private AdsCall open(AdsStream.Variant variant, GrpcStream stream, Optional<Node.Credential> credential) {
        AdsCall call = new AdsCall(
                this,
                stream,
                credential,
                variant,
                new AdsStream(variant, limits.maxNames(), limits.maxResponseBytes(), differences));
        calls.add(call);
        call.start();
        if (closing) {
            call.refuse(new Refusal(Refusal.Code.UNAVAILABLE, "the control plane is going down"));
        } else if (calls.size() > limits.maxStreams()) {
            call.refuse(new Refusal(
                    Refusal.Code.RESOURCE_EXHAUSTED, "more than " + limits.maxStreams() + " streams are open"));
        }
        return call;
    }
}
