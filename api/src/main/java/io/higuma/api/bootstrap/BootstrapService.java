package io.higuma.api.bootstrap;

import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.AbstractHttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.higuma.api.http.ApiResponse;
import io.higuma.api.http.RestService;
import io.higuma.model.wire.Bytes;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// `POST /bootstrap` on the port for data planes.
public final class BootstrapService extends AbstractHttpService {

    private static final Logger log = LoggerFactory.getLogger(BootstrapService.class);

    private final Bootstraps bootstraps;
    private final Executor blocking;

    /// @param blocking runs what may block; virtual threads
    public BootstrapService(Bootstraps bootstraps, Executor blocking) {
        this.bootstraps = bootstraps;
        this.blocking = blocking;
    }

    @Override
    protected HttpResponse doPost(ServiceRequestContext context, HttpRequest request) {
        String authority = request.authority() == null ? "" : request.authority();
        boolean json = request.headers().get(HttpHeaderNames.ACCEPT, "").contains("application/json");
        Bootstraps.Call call =
                new Bootstraps.Call(authority, context.localAddress().getPort(), json);
        return HttpResponse.of(request.aggregate()
                .thenApplyAsync(whole -> answer(Bytes.wrap(whole.content().array()), call), blocking));
    }

    private HttpResponse answer(Bytes body, Bootstraps.Call call) {
        try {
            ApiResponse response = bootstraps.answer(body, call);
            log.atDebug().addKeyValue("status", response.status()).log("a bootstrap was asked for");
            return RestService.write(response);
        } catch (RuntimeException e) {
            log.atError().setCause(e).log("a bootstrap met a fault of the control plane");
            return HttpResponse.of(
                    HttpStatus.INTERNAL_SERVER_ERROR, MediaType.PLAIN_TEXT_UTF_8, "Internal Server Error");
        }
    }
}
