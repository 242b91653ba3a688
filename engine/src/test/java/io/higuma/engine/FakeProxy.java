package io.higuma.engine;

import io.higuma.model.ResourceKey;
import io.higuma.model.wire.ProxyConfig;
import io.higuma.model.wire.TypeUrl;
import io.higuma.xds.ConfigSource;
import io.higuma.xds.Node;
import io.higuma.xds.Refusal;
import io.higuma.xds.Tally;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A proxy at the far end of a stream, as far as the engine sees one.
final class FakeProxy implements ConfigSource.ProxyStream {

    private final boolean obedient;
    private final List<ProxyConfig> offers = new ArrayList<>();
    private @Nullable Refusal refusal;
    private boolean closed;
    private final Tally tally = new Tally();
    /// There once the engine has taken the stream; an offer may come before.
    private final CompletableFuture<ConfigSource.Session> session = new CompletableFuture<>();

    /// @param obedient whether it acknowledges whatever it is offered at once
    FakeProxy(MeshEngine engine, ResourceKey key, boolean obedient, Map<String, Object> metadata) {
        this.obedient = obedient;
        session.complete(engine.configSource()
                .open(
                        new Node(
                                key.mesh() + "." + key.name(),
                                "web",
                                "envoy",
                                metadata,
                                Optional.empty(),
                                "127.0.0.1:1"),
                        this));
    }

    @Override
    public void offer(ProxyConfig config) {
        synchronized (this) {
            offers.add(config);
        }
        if (obedient) {
            acknowledge(config);
        }
    }

    void acknowledge(ProxyConfig config) {
        tell(open -> open.settled(config.revision()));
    }

    private void tell(Consumer<ConfigSource.Session> words) {
        CompletableFuture<?> _ = session.thenAccept(words);
    }

    @Override
    public Tally tally() {
        return tally;
    }

    void reject(ProxyConfig config, String words) {
        reject(config, List.of("listener"), words);
    }

    void reject(ProxyConfig config, List<String> resources, String words) {
        tell(open -> open.rejected(TypeUrl.LISTENER, config.revision(), resources, words));
    }

    /// A newer configuration holds what was refused before.
    void rejectStill(ProxyConfig config, String words) {
        tell(open -> open.stillRejected(TypeUrl.LISTENER, config.revision(), List.of("listener"), words));
    }

    @Override
    public synchronized void refuse(Refusal given) {
        refusal = given;
    }

    void close() {
        synchronized (this) {
            closed = true;
        }
        tell(ConfigSource.Session::closed);
    }

    /// Whether the stream is open, as far as this end knows.
    synchronized boolean isOpen() {
        return !closed && refusal == null;
    }

    synchronized Optional<Refusal> refusal() {
        return Optional.ofNullable(refusal);
    }

    synchronized int offers() {
        return offers.size();
    }

    /// Everything that was offered, the oldest first.
    synchronized List<ProxyConfig> offered() {
        return List.copyOf(offers);
    }

    synchronized Optional<ProxyConfig> holds() {
        return offers.isEmpty() ? Optional.empty() : Optional.of(offers.getLast());
    }

    /// Whether it holds an endpoint of the only cluster whose name contains `service`.
    boolean sees(String service, String address) {
        return holds().map(config -> shows(config, service, address)).orElse(false);
    }

    /// Whether an endpoint is in the only cluster whose name contains `service`, as the bytes show it.
    static boolean shows(ProxyConfig config, String service, String address) {
        return config.set(TypeUrl.ENDPOINT).byName().entrySet().stream()
                .anyMatch(entry -> entry.getKey().contains(service)
                        && new String(entry.getValue().bytes().array(), java.nio.charset.StandardCharsets.ISO_8859_1)
                                .contains(address));
    }
}
