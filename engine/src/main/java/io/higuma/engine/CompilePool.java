package io.higuma.engine;

import io.higuma.engine.ConnectedProxy.Work;
import io.higuma.engine.Troubles.Cause;
import io.higuma.engine.flight.CompileEvent;
import io.higuma.engine.measure.PushReason;
import io.higuma.envoy.CompileException;
import io.higuma.envoy.CompiledProxy;
import io.higuma.model.wire.ProxyConfig;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The threads that compile. They read the published state, offer what they made to the stream, and tell the
/// loop what others have to know of it.
final class CompilePool implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(CompilePool.class);

    /// So many tasks are handed to a thread at once, at the most.
    private static final int HANDFUL = 32;

    /// So many times each thread comes for tasks, at the least, so that none works while others are idle.
    private static final int HANDFULS = 8;

    private final MeshCore core;
    private final ThreadPoolExecutor workers;
    /// Tasks that no thread has begun. Any thread.
    private final AtomicInteger waiting = new AtomicInteger();

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
        return new Mailbox<>(task -> work("compile", List.of(task)), Work::and, work -> serve(proxy, work));
    }

    /// Runs things that take time, in no order; a fault in one is reported and stops none of the others.
    void work(String what, List<? extends Runnable> tasks) {
        waiting.addAndGet(tasks.size());
        int handful = Math.clamp(tasks.size() / (HANDFULS * workers.getCorePoolSize()), 1, HANDFUL);
        for (int from = 0; from < tasks.size(); from += handful) {
            List<? extends Runnable> some = tasks.subList(from, Math.min(from + handful, tasks.size()));
            workers.execute(() -> some.forEach(task -> run(what, task)));
        }
    }

    private void run(String what, Runnable task) {
        waiting.decrementAndGet();
        try {
            task.run();
        } catch (RuntimeException | StackOverflowError e) {
            core.faults().handle(what, e);
        }
    }

    /// How much work waits for a thread.
    int backlog() {
        return waiting.get();
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
