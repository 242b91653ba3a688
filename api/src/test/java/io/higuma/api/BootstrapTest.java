package io.higuma.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.linecorp.armeria.common.SessionProtocol;
import com.linecorp.armeria.server.Server;
import io.higuma.api.bootstrap.BootstrapService;
import io.higuma.api.bootstrap.BootstrapSettings;
import io.higuma.api.bootstrap.Bootstraps;
import io.higuma.identity.CertificateAuthority;
import io.higuma.identity.ServerCertificate;
import io.higuma.model.wire.Bytes;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// What a launcher is told at `/bootstrap`: status codes and texts that kuma-dp decides by, and the document Envoy
/// starts with.
class BootstrapTest {

    private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");
    private static final ServerCertificate CERTIFICATE =
            ServerCertificate.selfSigned(List.of("127.0.0.1", "::1", "*.example.com"), NOW, new SecureRandom());
    private static final String WEB = "{\"type\":\"Dataplane\",\"mesh\":\"default\",\"name\":\"web\",\"labels\":"
            + "{\"kuma.io/workload\":\"shop\"},\"networking\":{\"address\":\"192.0.2.1\",\"admin\":{\"port\":9999},"
            + "\"inbound\":[{\"port\":8080}]}}";

    private static final AtomicReference<BootstrapService> SERVICE = new AtomicReference<>();

    private static RestPlane plane;
    private static String token = "";
    private static Server server;
    private static HttpClient client;

    @BeforeAll
    static void start() {
        plane = new RestPlane();
        token = plane.dataplaneToken("shop");
        client = HttpClient.newHttpClient();
        server = Server.builder()
                .port(0, SessionProtocol.HTTP)
                .service("/bootstrap", (context, request) -> SERVICE.get().serve(context, request))
                .build();
        server.start().join();
        plane.put(
                "/meshes/default/dataplanes/stored",
                WEB.replace("\"web\"", "\"stored\"").replace(",\"admin\":{\"port\":9999}", ""));
    }

    @AfterAll
    static void stop() {
        client.shutdownNow();
        server.stop().join();
        plane.close();
    }

    private static BootstrapSettings settings(boolean reloadable, Optional<String> host) {
        return new BootstrapSettings(true, reloadable, "127.0.0.1", 9901, true, host, Optional.empty(), true);
    }

    private record Answer(int status, String contentType, String text, int port) {
        JsonNode json() {
            return JsonMapper.shared().readTree(text);
        }

        /// The Envoy bootstrap inside.
        JsonNode document() {
            assertThat(status).as(text).isEqualTo(200);
            return JsonMapper.shared()
                    .readTree(
                            Base64.getDecoder().decode(json().path("bootstrap").asString()));
        }
    }

    private static Answer ask(String body) throws Exception {
        return ask(settings(false, Optional.empty()), "127.0.0.1", "application/json", body);
    }

    private static Answer ask(BootstrapSettings settings, String host, String accept, String body) throws Exception {
        Bootstraps bootstraps = new Bootstraps(
                plane.store,
                plane.schemas,
                settings,
                new Bootstraps.Server(
                        CERTIFICATE.certificate(), List.of("127.0.0.1", "0:0:0:0:0:0:0:1", "*.example.com")),
                plane.credentials(),
                () -> NOW);
        SERVICE.set(new BootstrapService(bootstraps, Runnable::run));
        HttpResponse<String> answer = client.send(
                HttpRequest.newBuilder(URI.create("http://" + host + ":" + server.activeLocalPort() + "/bootstrap"))
                        .header("content-type", "application/json")
                        .header("accept", accept)
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        return new Answer(
                answer.statusCode(),
                answer.headers().firstValue("content-type").orElse(""),
                answer.body(),
                server.activeLocalPort());
    }

    /// What kuma-dp sends, with a Dataplane of its own.
    private static ObjectNode request(String resource) {
        ObjectNode request = JsonNodeFactory.instance.objectNode();
        request.put("mesh", "default").put("name", "web").put("proxyType", "dataplane");
        request.put("dataplaneToken", token).put("dataplaneTokenPath", "/run/token");
        if (!resource.isEmpty()) {
            request.put("dataplaneResource", resource);
        }
        request.putObject("version").putObject("kumaDp").put("version", "2.14.3");
        request.putArray("features").add("feature-tcp-accesslog-via-named-pipe").add("feature-reuse-port");
        request.put("workdir", "/tmp/wd").put("readinessPort", 9902).put("dnsPort", 15053);
        request.put("ipv6Enabled", false).put("appProbeProxyDisabled", true).put("operatingSystem", "linux");
        request.putObject("dynamicMetadata").put("version.dependencies.coredns", "1.12");
        return request;
    }

    @Test
    void aLauncherThatBringsItsDataplaneGetsADocumentForIt() throws Exception {
        Answer answer = ask(request(WEB).toString());

        assertThat(answer.contentType()).isEqualTo("application/json");
        assertThat(answer.json()
                        .at("/kumaSidecarConfiguration/networking/address")
                        .asString())
                .isEqualTo("192.0.2.1");
        assertThat(answer.json()
                        .at("/kumaSidecarConfiguration/metrics/aggregate")
                        .isArray())
                .isTrue();
        JsonNode document = answer.document();
        assertThat(document.at("/node/id").asString()).isEqualTo("default.web");
        assertThat(document.at("/node/cluster").asString()).isEqualTo("shop");
        JsonNode metadata = document.at("/node/metadata");
        assertThat(metadata.at("/version/kumaDp/version").asString()).isEqualTo("2.14.3");
        assertThat(metadata.path("features").valueStream().map(JsonNode::asString))
                .containsExactly("feature-tcp-accesslog-via-named-pipe", "feature-reuse-port");
        assertThat(metadata.path("workdir").asString()).isEqualTo("/tmp/wd");
        assertThat(metadata.path("ipv6Enabled").asBoolean(true)).isFalse();
        assertThat(metadata.path("dataplane.admin.port").asString()).isEqualTo("9999");
        assertThat(metadata.path("dataplane.dns.port").asString()).isEqualTo("15053");
        assertThat(metadata.path("dataplane.readinessReporter.port").asString()).isEqualTo("9902");
        assertThat(metadata.path("dataplane.appProbeProxy.enabled").asString()).isEqualTo("true");
        assertThat(metadata.path("dataplane.proxyType").asString()).isEqualTo("dataplane");
        assertThat(metadata.path("higuma.started").asString()).isEqualTo(NOW.toString());
        assertThat(JsonMapper.shared()
                        .readTree(metadata.path("dataplane.resource").asString())
                        .path("name")
                        .asString())
                .isEqualTo("web");
        assertThat(metadata.at("/dynamicMetadata")
                        .path("version.dependencies.coredns")
                        .asString())
                .isEqualTo("1.12");
        assertThat(document.at("/admin/address/socketAddress/portValue").asInt())
                .isEqualTo(9999);
        assertThat(document.at("/dynamicResources/adsConfig/apiType").asString())
                .isEqualTo("DELTA_GRPC");
        assertThat(document.at("/dynamicResources/adsConfig/grpcServices/0/initialMetadata/0/key")
                        .asString())
                .isEqualTo("authorization");
        assertThat(document.at("/dynamicResources/adsConfig/grpcServices/0/initialMetadata/0/value")
                        .asString())
                .isEqualTo(token);
        assertThat(document.at("/staticResources/clusters/0/type").asString()).isEqualTo("STATIC");
        assertThat(document.at("/staticResources/clusters/0/loadAssignment/endpoints/0/lbEndpoints/0/endpoint/address/"
                                + "socketAddress/portValue")
                        .asInt())
                .isEqualTo(answer.port());
        assertThat(document.at("/staticResources/secrets/0/validationContext/trustedCa/inlineString")
                        .asString())
                .isEqualTo(CERTIFICATE.certificate());
    }

    @Test
    void anEnvoyWithNothingBesideItHasOneValueToLookUpAndNoMore() throws Exception {
        ObjectNode alone = request(WEB);
        alone.withArray("/features").add("feature-no-agent");

        assertThat(runtime(ask(alone.toString())))
                .containsExactly(Map.entry("re2.max_program_size.error_level", 4294967295L));
        assertThat(runtime(ask(request(WEB).toString())))
                .as("as kuma-dp knows it")
                .containsOnly(
                        Map.entry("re2.max_program_size.error_level", 4294967295L),
                        Map.entry("re2.max_program_size.warn_level", 1000L));
    }

    private static Map<String, Long> runtime(Answer answer) {
        return answer.document()
                .at("/layeredRuntime/layers/0/staticLayer")
                .propertyStream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, value -> value.getValue().asLong()));
    }

    @Test
    void aDataplaneThatItsAuthorShouldLookAtIsGivenWithAWarning() throws Exception {
        String twice = WEB.replace(
                "\"inbound\"",
                "\"outbound\":["
                        + "{\"port\":10001,\"backendRef\":{\"kind\":\"MeshService\",\"name\":\"cart\",\"port\":80}},"
                        + "{\"port\":10001,\"backendRef\":{\"kind\":\"MeshService\",\"name\":\"shop\",\"port\":80}}],"
                        + "\"inbound\"");

        Answer answer = ask(request(twice).toString());

        assertThat(answer.document().at("/node/id").asString())
                .as("it starts all the same")
                .isEqualTo("default.web");
        assertThat(answer.json().path("warnings").valueStream().map(JsonNode::asString))
                .singleElement()
                .asString()
                .startsWith("networking.outbound[0] (MeshService cart, port 80) and networking.outbound[1]"
                        + " (MeshService shop, port 80) both want 127.0.0.1:10001");
        assertThat(ask(request(WEB).toString()).json().has("warnings")).isFalse();
    }

    @Test
    void aLauncherThatNamesAStoredDataplaneGetsASocketForAdministration() throws Exception {
        JsonNode document = ask(request("").put("name", "stored").toString()).document();

        assertThat(document.at("/node/id").asString()).isEqualTo("default.stored");
        assertThat(document.at("/admin/address/pipe/path").asString()).isEqualTo("/tmp/wd/kuma-envoy-admin.sock");
        assertThat(document.at("/node/metadata")
                        .path("dataplane.admin.socketPath")
                        .asString())
                .isEqualTo("/tmp/wd/kuma-envoy-admin.sock");
        assertThat(document.at("/node/metadata").has("dataplane.resource")).isFalse();
    }

    @Test
    void aProxyThatMayHaveToProbeItsWorkloadOpensAStreamForIt() throws Exception {
        String probed = WEB.replace("{\"port\":8080}", "{\"port\":8080,\"serviceProbe\":{\"tcp\":{}}}");

        assertThat(reports(ask(request(WEB).toString())))
                .as("what it brings changes when it starts again, not before")
                .isFalse();
        assertThat(reports(ask(request(probed).toString())))
                .as("it has a probe")
                .isTrue();
        assertThat(reports(ask(request("").put("name", "stored").toString())))
                .as("what is kept here may get a probe while it runs")
                .isTrue();
    }

    private static boolean reports(Answer answer) {
        JsonNode document = answer.document();
        assertThat(document.at("/node/metadata").has("dataplane.healthDiscovery"))
                .isEqualTo(document.has("hdsConfig"));
        return document.has("hdsConfig");
    }

    @Test
    void aDataplaneThatIsNotThereYetIsAnEmpty404SoThatTheLauncherWaits() throws Exception {
        assertThat(ask(request("").toString()))
                .matches(a -> a.status() == 404 && a.text().isEmpty());
        assertThat(ask(request("").put("mesh", "none").toString()))
                .matches(a -> a.status() == 404 && a.text().isEmpty());
    }

    @Test
    void whatIsNoJsonIsAnEmpty400() throws Exception {
        for (String body : List.of("", "{", "[]", "null")) {
            assertThat(ask(body)).matches(a -> a.status() == 400 && a.text().isEmpty());
        }
    }

    @Test
    void anInvalidDataplaneIsToldEverything() throws Exception {
        Answer answer = ask(request(WEB.replace("192.0.2.1", "0.0.0.0").replace("8080", "80800"))
                .toString());

        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.text())
                .isEqualTo(
                        "networking.address: must not be 0.0.0.0 or ::; networking.inbound[0].port: port must be in the"
                                + " range [1, 65535]");
    }

    @Test
    void aDataplaneOfAMeshThatIsNotThereIsRefusedForGood() throws Exception {
        Answer answer = ask(request(WEB.replace("\"default\"", "\"none\"")).toString());

        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.text()).isEqualTo("mesh: mesh \"none\" does not exist");
    }

    @Test
    void outboundsDoNotGoWithTransparentProxying() throws Exception {
        String both = WEB.replace(
                "\"inbound\"",
                "\"transparentProxying\":{\"redirectPortInbound\":15006,\"redirectPortOutbound\":15001},"
                        + "\"outbound\":[{\"port\":1,\"backendRef\":{\"kind\":\"MeshService\",\"name\":\"a\",\"port\":80}}],"
                        + "\"inbound\"");

        Answer answer = ask(request(both).toString());

        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.text())
                .isEqualTo("outbound: should be empty since dataplane is in Transparent Proxying mode");
    }

    @Test
    void aTokenIsRequired() throws Exception {
        ObjectNode request = request(WEB);
        request.remove("dataplaneToken");
        request.remove("dataplaneTokenPath");

        Answer answer = ask(request.toString());

        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.text())
                .startsWith("Dataplane Token is required. Generate token using 'kumactl generate dataplane-token");
    }

    @Test
    void anAddressTheCertificateIsNotForIsRefusedWithTheOnesItIsFor() throws Exception {
        Answer answer = ask(
                settings(false, Optional.empty()),
                "localhost",
                "application/json",
                request(WEB).toString());

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.text())
                .startsWith("A data plane proxy is trying to connect to the control plane using \"localhost\" address")
                .contains("127.0.0.1");
    }

    @Test
    void aHostTheOperatorSetIsUsedAsItIs() throws Exception {
        JsonNode document = ask(
                        settings(false, Optional.of("cp.example.com")),
                        "localhost",
                        "application/json",
                        request(WEB).toString())
                .document();

        assertThat(document.at("/staticResources/clusters/0/type").asString()).isEqualTo("STRICT_DNS");
        assertThat(document.at("/staticResources/clusters/0/dnsLookupFamily").asString())
                .isEqualTo("V4_PREFERRED");
        assertThat(document.at("/staticResources/clusters/0/transportSocket/typedConfig/sni")
                        .asString())
                .isEqualTo("cp.example.com");
    }

    @Test
    void anAddressOfIpv6IsNoServerName() throws Exception {
        JsonNode document = ask(
                        settings(false, Optional.of("fd00::1")),
                        "localhost",
                        "application/json",
                        request(WEB).toString())
                .document();

        assertThat(document.at("/staticResources/clusters/0/type").asString()).isEqualTo("STATIC");
        assertThat(document.at("/staticResources/clusters/0/transportSocket/typedConfig/sni")
                        .isMissingNode())
                .isTrue();
    }

    @Test
    void aCertificateThatIsNoAuthorityIsRefused() throws Exception {
        Instant now = Instant.parse("2030-01-01T00:00:00Z");
        SecureRandom random = new SecureRandom();
        String leaf = new String(
                CertificateAuthority.generate("mesh", now, random)
                        .issue("spiffe://mesh/web", Duration.ofHours(1), now, random)
                        .chain()
                        .array(),
                StandardCharsets.US_ASCII);

        Answer answer = ask(request(WEB).put("caCert", leaf).toString());

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.text())
                .startsWith(
                        "A data plane proxy is trying to verify the control plane using the certificate which is not"
                                + " a certificate authority");
    }

    @Test
    void whoDoesNotAskForJsonGetsTheBareDocument() throws Exception {
        Answer answer = ask(
                settings(false, Optional.empty()),
                "127.0.0.1",
                "*/*",
                request(WEB).toString());

        assertThat(answer.contentType()).isEqualTo("text/x-yaml");
        assertThat(answer.json().at("/node/id").asString()).isEqualTo("default.web");
    }

    @Test
    void aTokenThatMayChangeIsReadFromItsFile() throws Exception {
        JsonNode document = ask(
                        settings(true, Optional.empty()),
                        "127.0.0.1",
                        "application/json",
                        request(WEB).toString())
                .document();

        JsonNode service = document.at("/dynamicResources/adsConfig/grpcServices/0");
        assertThat(service.at("/googleGrpc/callCredentials/0/fromPlugin/typedConfig/secretData/filename")
                        .asString())
                .isEqualTo("/run/token");
        assertThat(service.has("initialMetadata")).isFalse();
        assertThat(document.toString()).doesNotContain(token).doesNotContain("\"system_ads\"");
    }

    @Test
    void aZoneProxyOfTheSecondGenerationIsToldWhatToDo() throws Exception {
        Answer answer = ask(request("").put("proxyType", "ingress").toString());

        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.text()).contains("ingress").contains("networking.listeners");
    }

    @Test
    void anAddressOfTheSixthVersionIsKnownInItsShortForm() throws Exception {
        Bootstraps bootstraps = new Bootstraps(
                plane.store,
                plane.schemas,
                settings(false, Optional.empty()),
                new Bootstraps.Server(CERTIFICATE.certificate(), List.of("0:0:0:0:0:0:0:1")),
                plane.credentials(),
                () -> NOW);

        assertThat(bootstraps
                        .answer(
                                Bytes.wrap(request(WEB).toString().getBytes(StandardCharsets.UTF_8)),
                                new Bootstraps.Call("[::1]:5678", 5678, true))
                        .status())
                .isEqualTo(200);
    }
}
