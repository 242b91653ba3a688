package io.higuma.api.http;

import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.common.TimeoutException;
import com.linecorp.armeria.common.util.Exceptions;
import com.linecorp.armeria.server.HttpResponseException;
import com.linecorp.armeria.server.HttpStatusException;
import com.linecorp.armeria.server.ServerErrorHandler;
import com.linecorp.armeria.server.ServiceConfig;
import com.linecorp.armeria.server.ServiceRequestContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// How a server answers what never reaches a service. A body over the limit is refused as soon as
/// that is known, and the rest of it is never read. What is nobody's mistake but ours is logged.
public final class ProtocolErrors implements ServerErrorHandler {

    private static final Logger log = LoggerFactory.getLogger(ProtocolErrors.class);

    @Override
    public @Nullable HttpResponse onServiceException(ServiceRequestContext context, Throwable cause) {
        if (!(cause instanceof HttpStatusException
                || cause instanceof HttpResponseException
                || cause instanceof TimeoutException
                || Exceptions.isExpected(cause))) {
            log.atError().addKeyValue("path", context.path()).setCause(cause).log("a request met a fault");
        }
        return null; // the usual way
    }

    @Override
    public @Nullable AggregatedHttpResponse renderStatus(
            @Nullable ServiceRequestContext context,
            ServiceConfig config,
            @Nullable RequestHeaders headers,
            HttpStatus status,
            @Nullable String description,
            @Nullable Throwable cause) {
        if (status.code() != HttpStatus.REQUEST_ENTITY_TOO_LARGE.code()) {
            return null;
        }
        ApiResponse body = ErrorBody.of(ApiException.of(
                status.code(),
                "Request entity too large",
                "the body is larger than " + config.maxRequestLength() + " bytes"));
        return AggregatedHttpResponse.of(
                ResponseHeaders.builder(status)
                        .set(HttpHeaderNames.CONTENT_TYPE, body.contentType())
                        .build(),
                HttpData.wrap(body.body().array()));
    }
}
