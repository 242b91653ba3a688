package io.higuma.engine;

import io.higuma.model.wire.ProxyConfig;
import io.higuma.model.wire.TypeUrl;
import io.higuma.xds.Action;
import io.higuma.xds.AdsStream;
import io.higuma.xds.ConfigSource;
import io.higuma.xds.Differences;
import io.higuma.xds.Node;
import io.higuma.xds.Refusal;
import io.higuma.xds.Request;
import io.higuma.xds.Response;
import io.higuma.xds.ResponseCodec;
import io.higuma.xds.Tally;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// A stream with everything but its socket: the state machine, the encoding, and a client that asks for everything and
/// acknowledges at once. Its state belongs to one thread, which stands for an event loop.
final class SimulatedProxy implements ConfigSource.ProxyStream {

    /// What all of them did.
    static final class Counts {
        final AtomicLong messages = new AtomicLong();
        final AtomicLong bytes = new AtomicLong();
        final AtomicLong refused = new AtomicLong();
    }

    private final Counts counts;
    private final Executor loop;
    private final AdsStream machine;
    private final AtomicReference<@Nullable ProxyConfig> offered = new AtomicReference<>();
    private ConfigSource.@Nullable Session session;

    SimulatedProxy(Counts counts, Executor loop, Differences differences) {
        this.counts = counts;
        this.loop = loop;
        this.machine = new AdsStream(AdsStream.Variant.DELTA, 20_000, 1 << 20, differences);
    }

    void connect(ConfigSource source, Node node) {
        loop.execute(() -> {
            session = source.open(node, this);
            for (TypeUrl type : TypeUrl.values()) {
                perform(machine.received(request(type, type.wildcard() ? List.of() : List.of("*"), "")));
            }
        });
    }

    private static Request request(TypeUrl type, List<String> subscribe, String nonce) {
        return new Request(type.url(), Optional.empty(), subscribe, List.of(), Map.of(), "", nonce, Optional.empty());
    }

    @Override
    public void offer(ProxyConfig config) {
        if (offered.getAndSet(config) == null) {
            loop.execute(() -> {
                ProxyConfig newest = offered.getAndSet(null);
                if (newest != null) {
                    perform(machine.offered(newest));
                }
            });
        }
    }

    private void perform(List<Action> first) {
        Queue<Action> todo = new ArrayDeque<>(first);
        ConfigSource.Session open = session;
        while (open != null && !todo.isEmpty()) {
            switch (todo.remove()) {
                case Action.Send(Response response) -> {
                    int size = ResponseCodec.encode(response).stream()
                            .mapToInt(part -> part.length)
                            .sum();
                    machine.wrote(response.type(), size);
                    counts.messages.incrementAndGet();
                    counts.bytes.addAndGet(size);
                    open.sent(response.type(), size);
                    todo.addAll(machine.received(request(response.type(), List.of(), response.nonce())));
                }
                case Action.Settled(long revision) -> open.settled(revision);
                case Action.Rejected rejected -> counts.refused.incrementAndGet();
                case Action.StillRejected still ->
                    open.stillRejected(still.type(), still.revision(), still.resources(), still.message());
                case Action.End end -> counts.refused.incrementAndGet();
            }
        }
    }

    @Override
    public void refuse(Refusal refusal) {
        counts.refused.incrementAndGet();
    }

    @Override
    public Tally tally() {
        return machine.tally();
    }
}
