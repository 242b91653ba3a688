package io.higuma.bench.load;

import com.google.protobuf.ListValue;
import com.google.protobuf.NullValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.higuma.model.wire.Bytes;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// What a control plane tells a launcher, asked for once; the proxies of a run differ in name and workload only.
public final class Bootstrap {

    private static final YAMLMapper YAML = new YAMLMapper();

    private final Node template;

    private Bootstrap(Node template) {
        this.template = template;
    }

    /// `POST /bootstrap` for a Dataplane that is stored already.
    public static Bootstrap ask(InetSocketAddress server, String dataplane, String token, Documents.Outbounds outbounds)
            throws IOException {
        JsonNode answer = JsonMapper.shared().readTree(post(server, request(dataplane, token, outbounds)));
        String document =
                new String(Base64.getDecoder().decode(answer.path("bootstrap").asString("")), StandardCharsets.UTF_8);
        JsonNode node = YAML.readTree(document).path("node");
        if (!node.path("id").isString()) {
            throw new IOException("the bootstrap of the control plane has no node.id");
        }
        return new Bootstrap(Node.newBuilder()
                .setUserAgentName("envoy")
                .setMetadata(struct(node.path("metadata")))
                .build());
    }

    /// The encoded node of one proxy.
    public Bytes node(String dataplane, String workload) {
        return Bytes.wrap(template.toBuilder()
                .setId(Topology.MESH + "." + dataplane)
                .setCluster(workload)
                .build()
                .toByteArray());
    }

    private static ObjectNode request(String dataplane, String token, Documents.Outbounds outbounds) {
        ObjectNode root = JsonMapper.shared().createObjectNode();
        root.put("mesh", Topology.MESH).put("name", dataplane).put("proxyType", "dataplane");
        root.put("dataplaneToken", token);
        ObjectNode version = root.putObject("version");
        version.putObject("kumaDp")
                .put("version", "2.14.3")
                .put("gitTag", "2.14.3")
                .put("gitCommit", "unknown")
                .put("buildDate", "unknown");
        version.putObject("envoy")
                .put("version", "1.40.0")
                .put("build", "0/1.40.0/Clean/RELEASE/BoringSSL")
                .put("kumaDpCompatible", true);
        root.put("dnsPort", 15053).put("readinessPort", 9902).put("operatingSystem", "linux");
        ArrayNode features = root.putArray("features");
        features.add("feature-tcp-accesslog-via-named-pipe").add("feature-otel-via-kuma-dp");
        if (outbounds == Documents.Outbounds.VIPS) {
            features.add("feature-transparent-proxy-in-dataplane-metadata");
            transparentProxy(root.putObject("dataplaneConfig"));
        }
        root.put("workdir", "/var/lib/higuma-bench").put("ipv6Enabled", false);
        root.putObject("metricsResources").put("certPath", "").put("keyPath", "");
        root.put("systemCaPath", "/etc/ssl/certs/ca-certificates.crt");
        root.putObject("resources").put("maxHeapSizeBytes", 0);
        return root;
    }

    private static void transparentProxy(ObjectNode settings) {
        settings.put("ipFamilyMode", "ipv4");
        ObjectNode redirect = settings.putObject("redirect");
        redirect.putObject("inbound").put("enabled", true).put("port", 15006);
        redirect.putObject("outbound").put("enabled", true).put("port", 15001);
        redirect.putObject("dns").put("enabled", true).put("port", 15053);
    }

    /// The certificate is not checked: it is the control plane's own, on this machine.
    private static byte[] post(InetSocketAddress server, JsonNode body) throws IOException {
        URI uri = URI.create("https://" + server.getHostString() + ":" + server.getPort() + "/bootstrap");
        HttpsURLConnection call = (HttpsURLConnection) uri.toURL().openConnection();
        call.setSSLSocketFactory(trusting().getSocketFactory());
        call.setHostnameVerifier((name, session) -> true);
        call.setConnectTimeout(10_000);
        call.setReadTimeout(30_000);
        call.setRequestMethod("POST");
        call.setRequestProperty("content-type", "application/json");
        call.setRequestProperty("accept", "application/json");
        call.setDoOutput(true);
        try (OutputStream out = call.getOutputStream()) {
            out.write(body.toString().getBytes(StandardCharsets.UTF_8));
        }
        int status = call.getResponseCode();
        if (status != 200) {
            var error = call.getErrorStream();
            throw new IOException("POST /bootstrap was answered with " + status + ": "
                    + (error == null ? "" : new String(error.readAllBytes(), StandardCharsets.UTF_8)));
        }
        return call.getInputStream().readAllBytes();
    }

    private static SSLContext trusting() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            TrustManager[] managers = InsecureTrustManagerFactory.INSTANCE.getTrustManagers();
            context.init(null, managers, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("TLS cannot be set up", e);
        }
    }

    private static Struct struct(JsonNode json) {
        Struct.Builder struct = Struct.newBuilder();
        json.properties().forEach(field -> struct.putFields(field.getKey(), value(field.getValue())));
        return struct.build();
    }

    private static Value value(JsonNode json) {
        if (json.isObject()) {
            return Value.newBuilder().setStructValue(struct(json)).build();
        }
        if (json.isArray()) {
            ListValue.Builder list = ListValue.newBuilder();
            json.forEach(item -> list.addValues(value(item)));
            return Value.newBuilder().setListValue(list).build();
        }
        if (json.isBoolean()) {
            return Value.newBuilder().setBoolValue(json.asBoolean()).build();
        }
        if (json.isNumber()) {
            return Value.newBuilder().setNumberValue(json.asDouble()).build();
        }
        return json.isNull()
                ? Value.newBuilder().setNullValue(NullValue.NULL_VALUE).build()
                : Value.newBuilder().setStringValue(json.asString("")).build();
    }
}
