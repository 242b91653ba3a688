package io.higuma.envoy.build;

import com.google.protobuf.UInt32Value;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption;
import io.envoyproxy.envoy.config.core.v3.Pipe;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.DirectResponseAction;
import io.envoyproxy.envoy.config.route.v3.HeaderMatcher;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.extensions.filters.http.router.v3.Router;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import io.higuma.policy.HostName;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;

/// What the agent beside Envoy asks Envoy for, over a Unix socket in its work folder (contract, data plane 4.8): the
/// names of the mesh, which it serves itself.
///
/// @param workDir the work folder
public record AgentListener(String workDir, List<HostName> names) {

    public static final String NAME = "system_dynamicconfig";
    private static final int PATH_LIMIT = 98;
    private static final int OK = 200;
    private static final int NOT_MODIFIED = 304;

    public AgentListener {
        names = List.copyOf(names);
    }

    /// The socket: the contract cuts long paths before it adds the suffix.
    String path() {
        String full = (workDir.endsWith("/") ? workDir : workDir + "/") + "kuma-mesh-metric-config";
        return (full.length() > PATH_LIMIT ? full.substring(0, PATH_LIMIT) : full) + ".sock";
    }

    /// Host names and addresses need no escaping.
    String body() {
        return names.stream()
                .map(name -> "{\"name\":\"" + name.name() + "\",\"ips\":["
                        + name.addresses().stream().map(ip -> "\"" + ip + "\"").collect(Collectors.joining(","))
                        + "]}")
                .collect(Collectors.joining(",", "{\"records\":[", "],\"ttl\":30,\"extraLabels\":{\"mesh\":\"\"}}"));
    }

    public Listener build() {
        String body = body();
        String tag = digest(body);
        RouteConfiguration routes = RouteConfiguration.newBuilder()
                .setName(NAME)
                .setMaxDirectResponseBodySizeBytes(UInt32Value.of(body.getBytes(StandardCharsets.UTF_8).length))
                .addVirtualHosts(VirtualHost.newBuilder()
                        .setName(NAME)
                        .addDomains("*")
                        .addRoutes(Route.newBuilder()
                                .setName(NAME + "_dns_not_modified")
                                .setMatch(RouteMatch.newBuilder()
                                        .setPath("/dns")
                                        .addHeaders(HeaderMatcher.newBuilder()
                                                .setName("If-None-Match")
                                                .setStringMatch(StringMatcher.newBuilder()
                                                        .setExact(tag))))
                                .setDirectResponse(
                                        DirectResponseAction.newBuilder().setStatus(NOT_MODIFIED)))
                        .addRoutes(Route.newBuilder()
                                .setName(NAME + "_dns")
                                .setMatch(RouteMatch.newBuilder().setPath("/dns"))
                                .setDirectResponse(DirectResponseAction.newBuilder()
                                        .setStatus(OK)
                                        .setBody(DataSource.newBuilder().setInlineString(body)))
                                .addResponseHeadersToAdd(HeaderValueOption.newBuilder()
                                        .setHeader(HeaderValue.newBuilder()
                                                .setKey("Etag")
                                                .setValue(tag)))))
                .build();
        HttpConnectionManager manager = HttpConnectionManager.newBuilder()
                .setStatPrefix(NAME)
                .setRouteConfig(routes)
                .addHttpFilters(HttpFilter.newBuilder()
                        .setName("envoy.filters.http.router")
                        .setTypedConfig(Protos.pack(Router.getDefaultInstance())))
                .build();
        return Listener.newBuilder()
                .setName(NAME)
                .setAddress(Address.newBuilder().setPipe(Pipe.newBuilder().setPath(path())))
                .addFilterChains(FilterChain.newBuilder()
                        .addFilters(Filter.newBuilder()
                                .setName("envoy.filters.network.http_connection_manager")
                                .setTypedConfig(Protos.pack(manager))))
                .build();
    }

    private static String digest(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
