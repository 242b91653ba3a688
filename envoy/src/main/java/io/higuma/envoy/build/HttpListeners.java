package io.higuma.envoy.build;

import com.google.protobuf.BoolValue;
import io.envoyproxy.envoy.config.accesslog.v3.AccessLogFilter;
import io.envoyproxy.envoy.config.accesslog.v3.ComparisonFilter;
import io.envoyproxy.envoy.config.accesslog.v3.ResponseFlagFilter;
import io.envoyproxy.envoy.config.accesslog.v3.StatusCodeFilter;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption;
import io.envoyproxy.envoy.config.core.v3.HttpProtocolOptions;
import io.envoyproxy.envoy.config.core.v3.RuntimeUInt32;
import io.envoyproxy.envoy.config.core.v3.SubstitutionFormatString;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.extensions.filters.http.grpc_stats.v3.FilterConfig;
import io.envoyproxy.envoy.extensions.filters.http.router.v3.Router;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.LocalReplyConfig;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.Rds;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.ResponseMapper;
import io.higuma.model.core.Protocol;
import java.time.Duration;
import java.util.Optional;

/// The HTTP connection manager, as inbounds and outbounds have it. Routes always come by RDS, so
/// that a changed route moves no listener.
final class HttpListeners {

    /// Header on an answer of the proxy's own that says why it is none of the service.
    static final String REASON_HEADER = "x-higuma-reason";

    /// Who answered (RFC 9110, 10.2.4). Between proxies it tells the caller's that the other one answered
    /// in place of its workload. No workload can say so, as its proxy takes the header out of its answers
    /// ([Routes.Inbound]), and none gets to know of it, as a caller's proxy puts its own name there.
    /// Envoy finds it without a search: to look for a header like [#REASON_HEADER], it makes a map of
    /// all headers of each answer.
    static final String SERVER_HEADER = "server";

    private static final String PRODUCT = "higuma (";
    private static final String WORKLOAD = "workload_";
    /// No connection to the workload could be made: it has not seen the request.
    private static final String WORKLOAD_UNREACHABLE = WORKLOAD + "unreachable";
    /// The workload closed the connection before it answered: it may have seen the request. One that closes what was
    /// idle for a while does so now and then, just when the next request is on its way.
    private static final String WORKLOAD_BROKE_OFF = WORKLOAD + "broke_off";
    /// What [#SERVER_HEADER] begins with on every answer in place of a workload, a product and a comment.
    static final String ANSWERED_FOR_WORKLOAD = PRODUCT + WORKLOAD;
    /// What it is if the workload has not seen the request.
    static final String WORKLOAD_NOT_REACHED = answered(WORKLOAD_UNREACHABLE);

    private static final int FORBIDDEN = 403;
    private static final long IDLE_SECONDS = 7200;
    private static final long STREAM_IDLE_SECONDS = 3600;

    // What all listeners have alike is made once
    private static final HttpFilter ROUTER = HttpFilter.newBuilder()
            .setName("envoy.filters.http.router")
            .setTypedConfig(Protos.pack(Router.getDefaultInstance()))
            .build();
    private static final HttpConnectionManager.InternalAddressConfig INTERNAL = internalAddresses();
    private static final ResponseMapper REFUSED = forbidden();
    private static final ResponseMapper UNREACHABLE = inPlaceOfWorkload("UF", WORKLOAD_UNREACHABLE);
    private static final ResponseMapper BROKE_OFF = inPlaceOfWorkload("UC", WORKLOAD_BROKE_OFF);
    /// In few bytes, for every listener of callers has this.
    private static final ResponseMapper UNSERVED = explained(flagged("UH"), "no_healthy_upstream[%UPSTREAM_CLUSTER%]");

    private HttpListeners() {}

    /// What differs between connection managers.
    ///
    /// @param name of the listener: prefix of its stats
    /// @param route name of its RouteConfiguration
    /// @param authenticated whether callers are known by their certificates and checked
    /// @param inbound whether it serves the workload
    record Connections(
            String name,
            String route,
            Protocol protocol,
            boolean inbound,
            boolean authenticated,
            Optional<Duration> requestHeaders) {}

    static Filter filter(Connections manager) {
        HttpConnectionManager.Builder builder = HttpConnectionManager.newBuilder()
                .setStatPrefix(manager.name())
                .setCodecType(HttpConnectionManager.CodecType.AUTO)
                .setRds(Rds.newBuilder().setConfigSource(Protos.ADS).setRouteConfigName(manager.route()))
                .setStreamIdleTimeout(Protos.seconds(STREAM_IDLE_SECONDS))
                .setCommonHttpProtocolOptions(
                        HttpProtocolOptions.newBuilder().setIdleTimeout(Protos.seconds(IDLE_SECONDS)))
                .setInternalAddressConfig(INTERNAL);
        manager.requestHeaders()
                .filter(Duration::isPositive)
                .ifPresent(timeout -> builder.setRequestHeadersTimeout(Protos.duration(timeout)));
        builder.setLocalReplyConfig(explanations(manager));
        if (manager.authenticated()) {
            builder.setForwardClientCertDetails(HttpConnectionManager.ForwardClientCertDetails.SANITIZE_SET)
                    .setSetCurrentClientCertDetails(HttpConnectionManager.SetCurrentClientCertDetails.newBuilder()
                            .setUri(true))
                    .addHttpFilters(
                            HttpFilter.newBuilder().setName(Rbac.HTTP_FILTER).setTypedConfig(Rbac.httpFilter()));
        }
        if (manager.inbound()) {
            builder.setServerHeaderTransformation(HttpConnectionManager.ServerHeaderTransformation.PASS_THROUGH);
        } else {
            builder.setNormalizePath(BoolValue.of(true));
        }
        if (manager.protocol() == Protocol.GRPC) {
            builder.addHttpFilters(HttpFilter.newBuilder()
                    .setName("envoy.filters.http.grpc_stats")
                    .setTypedConfig(Protos.pack(FilterConfig.newBuilder()
                            .setEmitFilterState(true)
                            .setStatsForAllMethods(BoolValue.of(false))
                            .build())));
        }
        builder.addHttpFilters(ROUTER);
        return Filter.newBuilder()
                .setName("envoy.filters.network.http_connection_manager")
                .setTypedConfig(Protos.pack(builder.build()))
                .build();
    }

    private static LocalReplyConfig explanations(Connections manager) {
        LocalReplyConfig.Builder replies = LocalReplyConfig.newBuilder();
        if (manager.authenticated()) {
            replies.addMappers(REFUSED);
        }
        if (manager.inbound()) {
            replies.addMappers(UNREACHABLE).addMappers(BROKE_OFF);
        } else {
            replies.addMappers(UNSERVED);
        }
        return replies.build();
    }

    /// Answers of the proxy's own that have this response flag.
    private static AccessLogFilter flagged(String flag) {
        return AccessLogFilter.newBuilder()
                .setResponseFlagFilter(ResponseFlagFilter.newBuilder().addFlags(flag))
                .build();
    }

    /// A 403 of the proxy's own says why, in the body and in a header; one of the workload's is left alone.
    private static ResponseMapper forbidden() {
        AccessLogFilter forbidden = AccessLogFilter.newBuilder()
                .setStatusCodeFilter(StatusCodeFilter.newBuilder()
                        .setComparison(ComparisonFilter.newBuilder()
                                .setOp(ComparisonFilter.Op.EQ)
                                .setValue(RuntimeUInt32.newBuilder()
                                        .setDefaultValue(FORBIDDEN)
                                        .setRuntimeKey("higuma.refusals"))))
                .build();
        return explained(forbidden, "%RESPONSE_CODE_DETAILS%").toBuilder()
                .setBodyFormatOverride(SubstitutionFormatString.newBuilder()
                        .setTextFormatSource(DataSource.newBuilder()
                                .setInlineString("%LOCAL_REPLY_BODY%: %RESPONSE_CODE_DETAILS%\n")))
                .build();
    }

    private static ResponseMapper inPlaceOfWorkload(String flag, String reason) {
        return explained(flagged(flag), reason).toBuilder()
                .addHeadersToAdd(header(SERVER_HEADER, answered(reason)))
                .build();
    }

    private static String answered(String reason) {
        return PRODUCT + reason + ")";
    }

    private static ResponseMapper explained(AccessLogFilter filter, String reason) {
        return ResponseMapper.newBuilder()
                .setFilter(filter)
                .addHeadersToAdd(header(REASON_HEADER, reason))
                .build();
    }

    private static HeaderValueOption.Builder header(String name, String value) {
        return HeaderValueOption.newBuilder()
                .setHeader(HeaderValue.newBuilder().setKey(name).setValue(value));
    }

    private static HttpConnectionManager.InternalAddressConfig internalAddresses() {
        return HttpConnectionManager.InternalAddressConfig.newBuilder()
                .addCidrRanges(Protos.cidr("10.0.0.0", 8))
                .addCidrRanges(Protos.cidr("172.16.0.0", 12))
                .addCidrRanges(Protos.cidr("192.168.0.0", 16))
                .addCidrRanges(Protos.cidr("fc00::", 7))
                .addCidrRanges(Protos.cidr("127.0.0.1", 32))
                .addCidrRanges(Protos.cidr("::1", 128))
                .build();
    }
}
