package io.higuma.xds.grpc;

import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.higuma.xds.AdsStream;
import io.higuma.xds.ConfigSource;
import io.higuma.xds.Differences;
import io.higuma.xds.Refusal;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/// `envoy.service.discovery.v3.AggregatedDiscoveryService` with both methods, `DeltaAggregatedResources` and
/// `StreamAggregatedResources`, as something to add to an Armeria server.
///
/// ```java
/// AdsService ads = AdsService.bind(engine, AdsLimits.DEFAULT, faults);
/// ads.addTo(Server.builder().https(5678).tls(…)).service("/bootstrap", …).build().start();
/// ```
///
/// The gRPC framing is our own: one copy from ready bytes into the buffer that leaves.
public final class AdsService implements AutoCloseable {

    public static final String PREFIX = "/envoy.service.discovery.v3.AggregatedDiscoveryService/";

    private final ConfigSource source;
    private final AdsLimits limits;
    private final Consumer<Throwable> faults;
    private final Differences differences = new Differences();
    private final Wakeups wakeups = new Wakeups();
    private final Set<AdsCall> calls = ConcurrentHashMap.newKeySet();
    private volatile boolean closing;

    private AdsService(ConfigSource source, AdsLimits limits, Consumer<Throwable> faults) {
        this.source = source;
        this.limits = limits;
        this.faults = faults;
    }

    /// @param faults hears of bugs: exceptions out of the source or out of our own code. The stream ends,
    /// others go on
    public static AdsService bind(ConfigSource source, AdsLimits limits, Consumer<Throwable> faults) {
        return new AdsService(source, limits, faults);
    }

    /// Adds both methods, and sets what protects the port as a whole: number of connections, idle
    /// time, pings, and HTTP/2 windows. The caller adds ports, certificates and other services.
    public ServerBuilder addTo(ServerBuilder server) {
        return server.service(PREFIX + "DeltaAggregatedResources", new Method(AdsStream.Variant.DELTA))
                .service(PREFIX + "StreamAggregatedResources", new Method(AdsStream.Variant.STATE_OF_THE_WORLD))
                .maxNumConnections(limits.maxConnections())
                .idleTimeout(limits.idle())
                .pingInterval(limits.ping())
                .http2InitialConnectionWindowSize(1 << 20)
                .http2InitialStreamWindowSize(1 << 20);
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

    AdsLimits limits() {
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

    private final class Method implements HttpService {
        private final AdsStream.Variant variant;

        Method(AdsStream.Variant variant) {
            this.variant = variant;
        }

        @Override
        public HttpResponse serve(ServiceRequestContext context, HttpRequest request) {
            String contentType = request.headers().get(HttpHeaderNames.CONTENT_TYPE, "");
            if (!contentType.startsWith("application/grpc")) {
                return HttpResponse.of(HttpStatus.UNSUPPORTED_MEDIA_TYPE);
            }
            context.clearRequestTimeout();
            context.setMaxRequestLength(0);
            AdsCall call = new AdsCall(
                    AdsService.this,
                    context,
                    request,
                    new AdsStream(variant, limits.maxNames(), limits.maxResponseBytes(), differences));
            calls.add(call);
            HttpResponse response = call.start(variant);
            if (closing) {
                call.refuse(new Refusal(Refusal.Code.UNAVAILABLE, "the control plane is going down"));
            } else if (calls.size() > limits.maxStreams()) {
                call.refuse(new Refusal(
                        Refusal.Code.RESOURCE_EXHAUSTED, "more than " + limits.maxStreams() + " streams are open"));
            }
            return response;
        }
    }
}
