package io.higuma.controlplane.server;

import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// The requests of a server that are being answered.
final class Answering {

    private final AtomicInteger open = new AtomicInteger();
    private final CompletableFuture<Void> none = new CompletableFuture<>();
    private volatile boolean ending;

    /// A decorator: counts a request until its answer is on its way, or its client is gone.
    HttpResponse serve(HttpService service, ServiceRequestContext context, HttpRequest request) throws Exception {
        open.incrementAndGet();
        var _ = context.log().whenComplete().thenRun(() -> {
            open.decrementAndGet();
            look();
        });
        return service.serve(context, request);
    }

    /// Ends when no request is open, or after a time.
    CompletableFuture<Void> none(Duration atMost) {
        ending = true;
        look();
        return none.completeOnTimeout(null, atMost.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void look() {
        if (ending && open.get() == 0) {
            none.complete(null);
        }
    }
}
