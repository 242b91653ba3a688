package io.higuma.engine;

import io.higuma.engine.ConnectedProxy.Work;
import io.higuma.engine.Troubles.Cause;
import io.higuma.engine.flight.CompileEvent;
import io.higuma.engine.measure.PushReason;
import io.higuma.envoy.CompileException;
import io.higuma.envoy.CompiledProxy;
import io.higuma.model.wire.ProxyConfig;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The threads that compile. They read the published state, offer what they made to the stream, and tell the
/// loop what others have to know of it.
final class CompilePool implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(CompilePool.class);

    private final MeshCore core;
    private final ThreadPoolExecutor workers;

    CompilePool(MeshCore core) {
        this.core = core;
        this.workers = new ThreadPoolExecutor(
                core.settings().workers(),
                core.settings().workers(),
                0,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                Thread.ofPlatform().daemon().name("compiler-", 0).factory(),
                new ThreadPoolExecutor.DiscardPolicy()); // discards only what comes after close
    }

    Mailbox<Work> mailbox(ConnectedProxy proxy) {
        return new Mailbox<>(workers, Work::and, work -> serve(proxy, work));
    }

    /// Runs something that takes time; a fault in it is reported.
    void work(String what, Runnable body) {
        workers.execute(() -> {
            try {
                body.run();
            } catch (RuntimeException e) {
                core.faults().handle(what, e);
            }
        });
    }

    /// How much work waits for a thread.
    int backlog() {
        return workers.getQueue().size();
    }

    /// A worker's turn: everything from the newest state.
    private void serve(ConnectedProxy proxy, Work work) {
        EngineState now = core.published();
        try {
            if (work == Work.DELIVER && proxy.compiled != null) {
                keep(proxy, now);
            } else if (core.planner().awaitsCertificate(now, proxy.key, proxy.traits)) {
                hold(proxy, now);
            } else {
                Planner.Plan plan = plan(now, proxy);
                proxy.compiled = plan.compiled();
                offer(proxy, now, plan.compiled(), plan.facts());
            }
        } catch (RuntimeException e) {
            quarantine(proxy, now, e);
        }
    }

    private Planner.Plan plan(EngineState from, ConnectedProxy proxy) {
        long begin = System.nanoTime();
        CompileEvent event = new CompileEvent();
        event.begin();
        Planner.Plan plan = core.planner().plan(from, proxy.key, proxy.traits);
        event.end();
        if (event.shouldCommit()) {
            event.of(proxy.key.mesh(), proxy.key.name(), from.generation());
            event.commit();
        }
        core.measures().compile().record(System.nanoTime() - begin);
        return plan;
    }

    /// @param facts of a new plan; null if only endpoints or secrets are new
    private void offer(ConnectedProxy proxy, EngineState from, CompiledProxy compiled, Planner.@Nullable Facts facts) {
        ProxyConfig config = core.planner().config(from, proxy.key, compiled);
        if (facts != null) {
            core.loop().post("offered", () -> {
                proxy.trouble = null;
                proxy.origins = compiled.origins();
                proxy.offered(config.revision(), facts);
                core.endpoints().subscribe(proxy, compiled.endpointNames(), from);
            });
        }
        proxy.reason =
                proxy.offered == null ? PushReason.CONNECT : facts == null ? PushReason.DELIVERY : PushReason.PLAN;
        proxy.offered = config;
        proxy.stream.offer(config);
    }

    /// The grant of its certificate makes its next plan.
    private void hold(ConnectedProxy proxy, EngineState from) {
        core.loop().post("a certificate is waited for", () -> core.desk().awaited(proxy, from.generation()));
        keep(proxy, from);
    }

    /// The last good plan stays; the proxy gets the endpoints and secrets of the day.
    private void keep(ConnectedProxy proxy, EngineState from) {
        CompiledProxy good = proxy.compiled;
        if (good != null) {
            offer(proxy, from, good, null);
        }
    }

    /// Nothing can be made: that is said, and the proxy keeps what it has.
    private void quarantine(ConnectedProxy proxy, EngineState from, RuntimeException cause) {
        Cause words = Cause.of(cause);
        if (!(cause instanceof CompileException)) {
            core.faults().handle("compile " + proxy.key, cause);
        }
        core.loop().post("quarantine", () -> proxy.troubled(from.generation(), words));
        log.atWarn()
                .addKeyValue("proxy", proxy.key.name())
                .addKeyValue("mesh", proxy.key.mesh())
                .addKeyValue("reason", words.message())
                .log("a configuration cannot be made; the proxy keeps its last good one");
        keep(proxy, from);
    }

    @Override
    public void close() {
        workers.shutdownNow();
    }
}
