package io.higuma.api.bootstrap;

import io.higuma.model.Labels;
import io.higuma.model.Resource;
import io.higuma.model.core.DataplaneSpec;
import io.higuma.schema.ResourceWriter;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Writes an Envoy bootstrap (`envoy.config.bootstrap.v3.Bootstrap`) as JSON, which is YAML too. Pure.
final class BootstrapDocument {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final Pattern IP = Pattern.compile("[0-9.]+|.*:.*");
    private static final String ADS_CLUSTER = "system_ads";
    private static final String TRUST = "cp_validation_ctx";
    private static final String ACCESS_LOG_CLUSTER = "system_access_log_sink";
    private static final int HTTP_PORT_LIMIT = 65535;

    private final BootstrapSettings settings;
    private final BootstrapRequest request;
    private final Resource dataplane;
    private final Target target;
    private final Instant now;

    /// Where the Envoy connects to.
    ///
    /// @param certificates PEM of what it trusts
    record Target(String host, int port, String certificates) {}

    BootstrapDocument(
            BootstrapSettings settings, BootstrapRequest request, Resource dataplane, Target target, Instant now) {
        this.settings = settings;
        this.request = request;
        this.dataplane = dataplane;
        this.target = target;
        this.now = now;
    }

    ObjectNode write() {
        ObjectNode root = JSON.objectNode();
        root.set("node", node());
        root.set("admin", admin());
        root.set("layeredRuntime", runtime());
        root.putObject("defaultRegexEngine")
                .put("name", "envoy.regex_engines.google_re2")
                .putObject("typedConfig")
                .put("@type", "type.googleapis.com/envoy.extensions.regex_engines.v3.GoogleRE2");
        root.set("statsConfig", stats());
        root.set("dynamicResources", dynamic());
        if (reportsHealth()) {
            ObjectNode health = root.putObject("hdsConfig");
            health.put("apiType", "GRPC").put("transportApiVersion", "V3").put("setNodeOnFirstMessageOnly", true);
            service(health.putArray("grpcServices").addObject());
        }
        ObjectNode statics = root.putObject("staticResources");
        statics.putArray("secrets").add(trust());
        ArrayNode clusters = statics.putArray("clusters");
        if (tokenFile().isEmpty()) {
            clusters.add(adsCluster());
        }
        if (!request.withoutAgent()) {
            request.text("workdir").ifPresent(folder -> clusters.add(accessLogCluster(folder)));
        }
        return root;
    }

    private ObjectNode node() {
        ObjectNode node = JSON.objectNode();
        node.put("id", request.mesh() + "." + request.name());
        node.put("cluster", dataplane.labels().value(Labels.WORKLOAD).orElse("unknown"));
        node.set("metadata", metadata());
        return node;
    }

    private ObjectNode metadata() {
        ObjectNode metadata = JSON.objectNode();
        JsonNode json = request.json();
        copy(json, "version", metadata, "version");
        ArrayNode features = metadata.putArray("features");
        request.features().forEach(features::add);
        copy(json, "workdir", metadata, "workdir");
        copy(json.path("metricsResources"), "certPath", metadata, "metricsCertPath");
        copy(json.path("metricsResources"), "keyPath", metadata, "metricsKeyPath");
        copy(json, "systemCaPath", metadata, "systemCaPath");
        copy(json, "ipv6Enabled", metadata, "ipv6Enabled");
        copy(json, "dynamicMetadata", metadata, "dynamicMetadata");
        copy(json, "dataplaneConfig", metadata, "transparentProxy");
        copy(json, "otelEnv", metadata, "otelEnvInventory");
        String socket = json.path("spireResources").path("socketPath").asString("");
        if (!socket.isEmpty()) {
            metadata.putObject("spireAgent").put("socketPath", socket);
        }
        adminMetadata(metadata);
        port(json.path("dnsPort"), metadata, "dataplane.dns.port");
        if (!request.withoutAgent()) {
            port(json.path("readinessPort"), metadata, "dataplane.readinessReporter.port");
        }
        // The name says the opposite of what the value means, and has to stay so (`reference/dataplane.md` 1.3).
        if (json.path("appProbeProxyDisabled").asBoolean(false)) {
            metadata.put("dataplane.appProbeProxy.enabled", "true");
        }
        metadata.put("dataplane.proxyType", "dataplane");
        // Of two processes with one name, the one that was started later is served.
        metadata.put("higuma.started", now.toString());
        if (reportsHealth()) {
            metadata.put("dataplane.healthDiscovery", "true");
        }
        request.resource()
                .ifPresent(text -> metadata.put(
                        "dataplane.resource", ResourceWriter.write(dataplane).toString()));
        return metadata;
    }

    private void adminMetadata(ObjectNode metadata) {
        Optional<String> socket = socketPath();
        socket.ifPresentOrElse(
                path -> metadata.put("dataplane.admin.socketPath", path),
                () -> metadata.put("dataplane.admin.address", settings.adminAddress())
                        .put("dataplane.admin.port", Integer.toString(adminPort())));
    }

    private static void copy(JsonNode from, String field, ObjectNode to, String name) {
        JsonNode value = from.path(field);
        boolean empty = value.isMissingNode()
                || value.isNull()
                || (value.isContainer() && value.isEmpty())
                || (value.isString() && value.asString("").isEmpty());
        if (!empty) {
            to.set(name, value);
        }
    }

    private static void port(JsonNode port, ObjectNode metadata, String name) {
        int number = port.asInt(0);
        if (number > 0 && number <= HTTP_PORT_LIMIT) {
            metadata.put(name, Integer.toString(number));
        }
    }

    private Optional<String> socketPath() {
        Optional<Integer> own = ownAdminPort();
        return settings.adminSocket() && own.isEmpty()
                ? request.text("workdir").map(folder -> folder + "/kuma-envoy-admin.sock")
                : Optional.empty();
    }

    private Optional<Integer> ownAdminPort() {
        return dataplane
                .spec(DataplaneSpec.class)
                .networking()
                .admin()
                .flatMap(DataplaneSpec.Admin::port)
                .filter(port -> port > 0);
    }

    private int adminPort() {
        return ownAdminPort().orElse(settings.adminPort());
    }

    private ObjectNode admin() {
        ObjectNode admin = JSON.objectNode();
        admin.putArray("accessLog")
                .addObject()
                .put("name", "envoy.access_loggers.file")
                .putObject("typedConfig")
                .put("@type", "type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog")
                .put("path", "/dev/null");
        ObjectNode address = admin.putObject("address");
        socketPath()
                .ifPresentOrElse(
                        path -> address.putObject("pipe").put("path", path).put("mode", 0600),
                        () -> socketAddress(address, settings.adminAddress(), adminPort()));
        return admin;
    }

    private static void socketAddress(ObjectNode parent, String host, int port) {
        parent.putObject("socketAddress").put("address", host).put("portValue", port);
    }

    /// Regular expressions may be as large as they like. Where nothing runs beside Envoy, it is not told
    /// when to warn of large ones: a second value costs each request some 0.7 % more instructions, the first
    /// none (`docs/performance.md`).
    private ObjectNode runtime() {
        ObjectNode runtime = JSON.objectNode();
        ObjectNode layer =
                runtime.putArray("layers").addObject().put("name", "kuma").putObject("staticLayer");
        layer.put("re2.max_program_size.error_level", 4294967295L);
        if (!request.withoutAgent()) {
            layer.put("re2.max_program_size.warn_level", 1000);
        }
        return runtime;
    }

    private static ObjectNode stats() {
        ObjectNode stats = JSON.objectNode();
        ArrayNode tags = stats.putArray("statsTags");
        tag(tags, "name", "^grpc\\.((.+)\\.)");
        tag(tags, "status", "^grpc.*streams_closed(_([0-9]+))");
        tag(tags, "worker", "(worker_([0-9]+)\\.)");
        tag(tags, "listener", "((.+?)\\.)rbac\\.");
        return stats;
    }

    private static void tag(ArrayNode tags, String name, String regex) {
        tags.addObject().put("tagName", name).put("regex", regex);
    }

    private ObjectNode dynamic() {
        ObjectNode dynamic = JSON.objectNode();
        for (String type : new String[] {"ldsConfig", "cdsConfig"}) {
            ObjectNode source = dynamic.putObject(type);
            source.putObject("ads");
            source.put("initialFetchTimeout", "0s").put("resourceApiVersion", "V3");
        }
        ObjectNode ads = dynamic.putObject("adsConfig");
        ads.put("apiType", "DELTA_GRPC").put("transportApiVersion", "V3").put("setNodeOnFirstMessageOnly", true);
        service(ads.putArray("grpcServices").addObject());
        return dynamic;
    }

    /// Whether the proxy can be told to probe its workload. That takes a stream of its own, which Envoy
    /// opens at its start or never: for those that have a probe, and those whose Dataplane can get one
    /// while they run, because it is kept here and not beside them.
    private boolean reportsHealth() {
        return settings.healthDiscovery()
                && (request.resource().isEmpty()
                        || dataplane.spec(DataplaneSpec.class).networking().inbound().stream()
                                .anyMatch(inbound -> inbound.serviceProbe().isPresent()));
    }

    private void service(ObjectNode service) {
        if (tokenFile().isPresent()) {
            service.set("googleGrpc", reloading(tokenFile().get()));
            return;
        }
        // Envoy's own limit is 30 s: too long for a control plane that was restarted.
        ObjectNode grpc = service.putObject("envoyGrpc").put("clusterName", ADS_CLUSTER);
        grpc.putObject("retryPolicy")
                .putObject("retryBackOff")
                .put("baseInterval", "0.250s")
                .put("maxInterval", "2s");
        request.token()
                .ifPresent(token -> service.putArray("initialMetadata")
                        .addObject()
                        .put("key", "authorization")
                        .put("value", token));
    }

    /// The file the token is read from for every stream, where that is wanted and the launcher has one.
    private Optional<String> tokenFile() {
        return settings.reloadableTokens() ? request.tokenPath() : Optional.empty();
    }

    /// gRPC's own client instead of Envoy's: the only one that reads a token anew.
    private ObjectNode reloading(String file) {
        ObjectNode grpc = JSON.objectNode();
        grpc.put(
                "targetUri",
                (target.host().contains(":") ? "[" + target.host() + "]" : target.host()) + ":" + target.port());
        grpc.put("statPrefix", "ads").put("credentialsFactoryName", "envoy.grpc_credentials.file_based_metadata");
        grpc.putObject("channelCredentials")
                .putObject("sslCredentials")
                .putObject("rootCerts")
                .put("inlineString", target.certificates());
        ObjectNode plugin = grpc.putArray("callCredentials").addObject().putObject("fromPlugin");
        plugin.put("name", "envoy.grpc_credentials.file_based_metadata")
                .putObject("typedConfig")
                .put("@type", "type.googleapis.com/envoy.config.grpc_credential.v3.FileBasedMetadataConfig")
                .putObject("secretData")
                .put("filename", file);
        ObjectNode arguments = grpc.putObject("channelArgs").putObject("args");
        argument(arguments, "grpc.keepalive_time_ms", 10_000);
        argument(arguments, "grpc.keepalive_timeout_ms", 30_000);
        argument(arguments, "grpc.http2.max_pings_without_data", 0);
        argument(arguments, "grpc.max_receive_message_length", 4 << 20);
        return grpc;
    }

    private static void argument(ObjectNode arguments, String name, int value) {
        arguments.putObject(name).put("intValue", Integer.toString(value));
    }

    private ObjectNode trust() {
        ObjectNode secret = JSON.objectNode().put("name", TRUST);
        ObjectNode context = secret.putObject("validationContext");
        context.putObject("trustedCa").put("inlineString", target.certificates());
        ArrayNode names = context.putArray("matchTypedSubjectAltNames");
        for (String kind : new String[] {"DNS", "IP_ADDRESS"}) {
            names.addObject().put("sanType", kind).putObject("matcher").put("exact", target.host());
        }
        return secret;
    }

    private ObjectNode adsCluster() {
        boolean address = IP.matcher(target.host()).matches();
        ObjectNode cluster = cluster(ADS_CLUSTER, address ? "STATIC" : "STRICT_DNS");
        if (!address) {
            // A name such as localhost has addresses of both families; the server listens on IPv4 by default.
            cluster.put("dnsLookupFamily", "V4_PREFERRED");
        }
        ObjectNode socket = cluster.putObject("transportSocket").put("name", "envoy.transport_sockets.tls");
        ObjectNode tls = socket.putObject("typedConfig");
        tls.put("@type", "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext");
        if (!target.host().contains(":")) {
            // RFC 6066, 3: no addresses. Servers let one of IPv4 pass as a name; the JDK's breaks off at one of IPv6.
            tls.put("sni", target.host());
        }
        ObjectNode common = tls.putObject("commonTlsContext");
        common.putObject("tlsParams").put("tlsMinimumProtocolVersion", "TLSv1_2");
        common.putObject("validationContextSdsSecretConfig").put("name", TRUST);
        socketAddress(endpoint(cluster, ADS_CLUSTER), target.host(), target.port());
        return cluster;
    }

    private static ObjectNode accessLogCluster(String folder) {
        ObjectNode cluster = cluster(ACCESS_LOG_CLUSTER, "STATIC");
        endpoint(cluster, ACCESS_LOG_CLUSTER).putObject("pipe").put("path", folder + "/kuma-access-log.sock");
        return cluster;
    }

    private static ObjectNode cluster(String name, String type) {
        ObjectNode cluster = JSON.objectNode();
        cluster.put("name", name).put("type", type).put("connectTimeout", "1s");
        cluster.putObject("upstreamConnectionOptions")
                .putObject("tcpKeepalive")
                .put("keepaliveProbes", 3)
                .put("keepaliveTime", 10)
                .put("keepaliveInterval", 10);
        ObjectNode options = cluster.putObject("typedExtensionProtocolOptions")
                .putObject("envoy.extensions.upstreams.http.v3.HttpProtocolOptions");
        options.put("@type", "type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions");
        options.putObject("explicitHttpConfig").putObject("http2ProtocolOptions");
        return cluster;
    }

    private static ObjectNode endpoint(ObjectNode cluster, String name) {
        return cluster.putObject("loadAssignment")
                .put("clusterName", name)
                .putArray("endpoints")
                .addObject()
                .putArray("lbEndpoints")
                .addObject()
                .putObject("endpoint")
                .putObject("address");
    }
}
