package io.higuma.api.http;

import com.linecorp.armeria.common.AggregatedHttpRequest;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.common.ResponseHeadersBuilder;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.higuma.api.auth.Authentication;
import io.higuma.api.auth.Principal;
import io.higuma.model.wire.Bytes;
import io.higuma.store.ConflictException;
import io.higuma.store.StoreUnavailableException;
import java.net.InetSocketAddress;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The one place where Armeria's requests become ours: authenticates, routes, runs the handler on a virtual thread and
/// writes what comes of it. Size and time of a request are bounded by the server that runs this.
public final class RestService implements HttpService {

    private static final Logger log = LoggerFactory.getLogger(RestService.class);
    private static final String JSON = "application/json";
    private static final String NOT_ACCEPTABLE = "406: Not Acceptable\n\nAvailable representations: application/json";

    private final Router router;
    private final Authentication authentication;
    private final Executor blocking;
    private final Settings settings;

    /// @param basePath prefix of all paths; empty or begins with `/` and does not end with it
    /// @param rootUrl what absolute links begin with instead of what the client called
    public record Settings(String basePath, Optional<String> rootUrl) {}

    /// @param blocking runs handlers; virtual threads
    public RestService(Router router, Authentication authentication, Executor blocking, Settings settings) {
        this.router = router;
        this.authentication = authentication;
        this.blocking = blocking;
        this.settings = settings;
    }

    @Override
    public HttpResponse serve(ServiceRequestContext context, HttpRequest request) {
        CompletableFuture<HttpResponse> answer =
                request.aggregate().thenApplyAsync(whole -> write(answer(context, whole)), blocking);
        return HttpResponse.of(answer);
    }

    private ApiResponse answer(ServiceRequestContext context, AggregatedHttpRequest request) {
        try {
            return dispatch(context, request);
        } catch (ApiException e) {
            return ErrorBody.of(e);
        } catch (ConflictException e) {
            return ErrorBody.of(ApiException.of(409, "Conflict", String.valueOf(e.getMessage())));
        } catch (StoreUnavailableException e) {
            log.atError().addKeyValue("error", e.getMessage()).log("the store cannot be used");
            return ErrorBody.of(ApiException.of(503, "Service unavailable", String.valueOf(e.getMessage())));
        } catch (RuntimeException e) {
            log.atError()
                    .setCause(e)
                    .addKeyValue("path", context.path())
                    .log("a request met a fault of the control plane");
            return ErrorBody.of(ApiException.of(500, "Internal Server Error", "Internal Server Error"));
        }
    }

    private ApiResponse dispatch(ServiceRequestContext context, AggregatedHttpRequest request) {
        RequestHeaders headers = request.headers();
        String path = context.path();
        // Who asks what this is may come with anything (contract 3.8): clients try a control plane before they sign in.
        Principal principal = isRoot(path) ? Principal.ANONYMOUS : authentication.identify(approach(context, headers));
        if (!path.startsWith(settings.basePath())) {
            return ApiResponse.text(404, "404 page not found\n");
        }
        if (context.rawPath().contains("//")) {
            return ApiResponse.text(
                            307, "text/html; charset=utf-8", "<a href=\"" + path + "\">Temporary Redirect</a>.\n\n")
                    .withHeader("location", path);
        }
        path = path.substring(settings.basePath().length());
        if (path.isEmpty()) {
            path = "/";
        }
        String method = headers.method().name();
        return switch (router.find(method, path)) {
            case Router.Match.Unknown unknown -> ApiResponse.text(404, "404: Page Not Found");
            case Router.Match.WrongMethod wrong ->
                ApiResponse.text(405, "405: Method Not Allowed").withHeader("allow", Router.allow(wrong.allowed()));
            case Router.Match.Found found -> {
                Optional<ApiResponse> refused = negotiate(headers, request, found);
                yield refused.isPresent()
                        ? refused.get()
                        : found.handler()
                                .handle(new ApiRequest(
                                        found.template(),
                                        settings.basePath() + path,
                                        base(context, headers),
                                        found.variables(),
                                        Query.parse(Optional.ofNullable(context.query())
                                                .orElse("")),
                                        Bytes.wrap(request.content().array()),
                                        principal));
            }
        };
    }

    private boolean isRoot(String path) {
        return path.equals(settings.basePath()) || path.equals(settings.basePath() + "/");
    }

    /// Content types that we do not speak.
    private static Optional<ApiResponse> negotiate(
            RequestHeaders headers, AggregatedHttpRequest request, Router.Match.Found found) {
        String accept = headers.get(HttpHeaderNames.ACCEPT, "");
        if (found.produces() == Router.Produces.JSON
                && !accept.isEmpty()
                && !accept.contains(JSON)
                && !accept.contains("*/*")
                && !accept.contains("application/*")) {
            return Optional.of(ApiResponse.text(406, NOT_ACCEPTABLE));
        }
        String type = headers.get(HttpHeaderNames.CONTENT_TYPE, "").toLowerCase(Locale.ROOT);
        boolean sendsBody = switch (headers.method()) {
            case PUT, POST -> !type.isEmpty() || !request.content().isEmpty();
            default -> false;
        };
        return sendsBody && !type.strip().startsWith(JSON)
                ? Optional.of(ApiResponse.text(415, "415: Unsupported Media Type"))
                : Optional.empty();
    }

    private static Authentication.Approach approach(ServiceRequestContext context, RequestHeaders headers) {
        InetSocketAddress remote = context.remoteAddress();
        return new Authentication.Approach(
                remote.getAddress() != null && remote.getAddress().isLoopbackAddress(),
                headers.authority() == null ? "" : headers.authority(),
                headers.contains("forwarded") || headers.contains("x-forwarded-for") || headers.contains("x-real-ip"),
                Optional.ofNullable(headers.get("sec-fetch-site")),
                Optional.ofNullable(headers.get(HttpHeaderNames.ORIGIN)),
                headers.getAll(HttpHeaderNames.AUTHORIZATION));
    }

    private String base(ServiceRequestContext context, RequestHeaders headers) {
        return settings.rootUrl()
                .orElseGet(() -> (context.sessionProtocol().isTls() ? "https://" : "http://") + headers.authority());
    }

    /// An answer as Armeria sends it.
    public static HttpResponse write(ApiResponse response) {
        ResponseHeadersBuilder headers = ResponseHeaders.builder(response.status());
        if (!response.contentType().isEmpty()) {
            headers.set(HttpHeaderNames.CONTENT_TYPE, response.contentType());
        }
        response.headers().forEach(headers::set);
        return HttpResponse.of(headers.build(), HttpData.wrap(response.body().array()));
    }
}
