package io.higuma.schema;

import static org.assertj.core.api.Assertions.assertThat;

import io.higuma.schema.core.CoreSchemas;
import io.higuma.schema.tree.Limits;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What is wrong beyond the schema, in the contract's words.
class ValidationTest {

    private static final String CERTIFICATE = """
            -----BEGIN CERTIFICATE-----
            MIIBeDCCAR+gAwIBAgIUNuAfGF7MbrXluCeZ5FpcVKokOaswCgYIKoZIzj0EAwIw
            EjEQMA4GA1UEAwwHaGVsZG91dDAeFw0yNjExMjMxMzE1MDZaFw0zNjExMjAxMzE1
            MDZaMBIxEDAOBgNVBAMMB2hlbGRvdXQwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNC
            AARcVn7EXw2/E253i8f/wY9iDIxyJIt1Z2k2EH4DFcRpq13JsoMYpwTk7pgNUYTO
            QV1n0ms92ABy9+t4qTGNY6/oo1MwUTAdBgNVHQ4EFgQUF5scUPdw9i5pg5Re9KrU
            uUHYefIwHwYDVR0jBBgwFoAUF5scUPdw9i5pg5Re9KrUuUHYefIwDwYDVR0TAQH/
            BAUwAwEB/zAKBggqhkjOPQQDAgNHADBEAiAy9hZ3fo0NOclFe6KFRchxDVQRI5G+
            yYebummZ4roIAwIgeHMudLMOTQQaCl+zD/4/IpFISC4OH5EwlA40CHR5OPQ=
            -----END CERTIFICATE-----
            """;

    private final Schemas schemas = Schemas.of(CoreSchemas.all());
    private final ResourceReader reader = new ResourceReader(schemas.types());

    private Parsed.Ok read(String yaml) {
        Parsed parsed = reader.readDocuments(yaml.getBytes(StandardCharsets.UTF_8), Limits.FILE)
                .getFirst();
        assertThat(parsed.allProblems()).isEmpty();
        return (Parsed.Ok) parsed;
    }

    private List<String> problems(String yaml) {
        return schemas.check(read(yaml)).stream()
                .map(p -> p.path() + ": " + p.message())
                .toList();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "none",
            value = {
                "{address: 127.0.0.1}                       | none",
                "{address: web.example}                     | none",
                "{address: \"::1\"}                           | none",
                "{}                                         | networking.address: address can't be empty",
                "{address: 0.0.0.0}                         | networking.address: must not be 0.0.0.0 or ::",
                "{address: 'a b'}                           | networking.address: address has to be valid IP address or domain name",
                "{address: a, inbound: [{port: 0}]}         | networking.inbound[0].port: port must be in the range [1, 65535]",
                "{address: a, inbound: [{port: 1, servicePort: 70000}]}      | networking.inbound[0].servicePort: port must be in the range [1, 65535]",
                "{address: a, inbound: [{port: 1, serviceAddress: host}]}    | networking.inbound[0].serviceAddress: serviceAddress has to be valid IP address",
                "{address: 127.0.0.1, inbound: [{port: 80, serviceAddress: 127.0.0.1}]} | networking.inbound[0].serviceAddress: serviceAddress and servicePort has to differ from address and port",
                "{address: a, inbound: [{port: 1, address: host}]}           | networking.inbound[0].address: address has to be valid IP address",
                "{address: a, inbound: [{port: 1, serviceProbe: {interval: 0s}}]} | networking.inbound[0].serviceProbe.interval: must have a positive value",
                "{address: a, inbound: [{port: 1}, {port: 1}]}               | networking.inbound[1].port: a:1 is already used by another inbound",
                "{address: a, inbound: [{port: 80}], admin: {port: 80}}      | networking.admin.port: must differ from inbound",
                "{address: a, inbound: [{port: 80}], gateway: {}}            | networking.inbound: inbound cannot be defined for delegated gateways",
                "{address: a, gateway: {tags: {a: b}}}                       | 'networking.gateway.tags: mandatory tag \"kuma.io/service\" is missing'",
                "{address: a, gateway: {tags: {kuma.io/service: s, kuma.io/protocol: http}}} | 'networking.gateway.tags[\"kuma.io/protocol\"]: other values than tcp are not allowed, provided value \"http\"'",
                "{address: a, listeners: [{type: ZoneIngress, port: 0}]}     | networking.listeners[0].address: address can't be empty;networking.listeners[0].port: port must be in the range [1, 65535]",
                "{address: a, listeners: [{type: ZoneIngress, address: 127.0.0.1, port: 1}, {type: ZoneEgress, address: 127.0.0.1, port: 1}]} | networking.listeners[1]: address:port 127.0.0.1:1 is used by listeners of different types",
                "{address: a, outbound: [{port: 0, address: host, backendRef: {kind: MeshGateway}}]} | networking.outbound[0].port: port must be in the range [1, 65535];networking.outbound[0].address: address has to be valid IP address;'networking.outbound[0].backendRef.kind: invalid value. Available values are: MeshExternalService,MeshMultiZoneService,MeshService';networking.outbound[0].backendRef: either 'name' or 'labels' should be specified;networking.outbound[0].backendRef.port: port must be in the range [1, 65535]",
                "{address: a, transparentProxying: {redirectPortInbound: 70000}} | networking.transparentProxying.redirectPortInbound: port must be in the range [1, 65535]",
                "{address: a, transparentProxying: {reachableBackends: {refs: [{kind: MeshService}]}}} | networking.transparentProxing.reachableBackends.refs[0].name: name or labels are required",
            })
    void aDataplaneIsJudged(String networking, String told) {
        List<String> expected = told == null
                ? List.of()
                : List.of(told.replaceAll("(^|;)'|'(;|$)", "$1$2").split(";"));

        assertThat(problems("{type: Dataplane, mesh: default, name: a, networking: " + networking + "}"))
                .containsExactlyElementsOf(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "none",
            value = {
                "{}                                                                             | none",
                "{spiffeID: {trustDomain: '{{ .Mesh }}.x', path: '/w/{{ label \"app\" }}'}}      | none",
                "{spiffeID: {trustDomain: '{{ .Mesh'}}      | \"spec.spiffeID.trustDomain: couldn't parse template: template: :1: unclosed action\"",
                "{spiffeID: {path: '/{{ bogus }}'}}         | \"spec.spiffeID.path: couldn't parse template: template: :1: function \"bogus\" not defined\"",
                "{provider: {type: Bundled}}                | spec.provider.bundled: configuration needs to be defined",
                "{provider: {type: Bundled, bundled: {}}}   | spec.provider.bundled.ca: must be defined",
                "{provider: {type: Bundled, bundled: {autogenerate: {enabled: true}, ca: {}}}} | spec.provider.bundled.ca: shouldn't be defined once using autogenerated",
                "{provider: {type: Bundled, bundled: {ca: {certificate: {type: File, file: {path: a/../b}}, privateKey: {type: EnvVar, envVar: {name: ''}}}}}} | spec.provider.bundled.ca.certificate.file.path: file path contains directory traversal sequence: a/../b;spec.provider.bundled.ca.privateKey.envVar.name: must be defined",
                "{provider: {type: Bundled, bundled: {autogenerate: {enabled: true}, certificateParameters: {expiry: -1h}}}} | spec.provider.bundled.certificateParameters.expiry: must not be negative when defined",
                "{provider: {type: Spire, spire: {agent: {timeout: -2s}}}} | spec.provider.spire.agent.spire.agent.timeout: must not be negative when defined",
                "{provider: {type: Extension, extension: {name: acm, config: {a: 1}}}} | none",
            })
    void anIdentityIsJudged(String spec, String told) {
        List<String> expected = told == null
                ? List.of()
                : List.of(told.replaceAll("^\"|\"$", "").split(";"));

        assertThat(problems("{type: MeshIdentity, mesh: default, name: a, spec: " + spec + "}"))
                .containsExactlyElementsOf(expected);
    }

    @Test
    void aTrustBundleMustHoldCertificatesThatParse() {
        String bundle =
                "{type: MeshTrust, mesh: default, name: a, spec: {trustDomain: a.b, caBundles: [{type: Pem, pem:"
                        + " {value: \"%s\"}}]}}";
        String wrong = "spec.caBundles[0].pem.value: provided certificate has incorrect format";

        assertThat(problems(bundle.formatted(CERTIFICATE.replace("\n", "\\n")))).isEmpty();
        assertThat(problems(bundle.formatted("x"))).containsExactly(wrong);
        assertThat(problems(bundle.formatted("-----BEGIN CERTIFICATE-----\\nAAAA\\n-----END CERTIFICATE-----\\n")))
                .containsExactly(wrong);
        assertThat(problems(bundle.formatted(
                        CERTIFICATE.replace("CERTIFICATE", "PRIVATE KEY").replace("\n", "\\n"))))
                .containsExactly(wrong);
    }

    @Test
    void aServiceIsJudgedAndWarnedOf() {
        String service = "{type: MeshService, mesh: default, name: web, spec: %s}";

        assertThat(problems(service.formatted("{ports: [{port: 0}, {port: 70000}, {port: 80}, {port: 80}]}")))
                .containsExactly(
                        "spec.ports[0].port: port must be in the range [1, 65535]",
                        "spec.ports[1].port: port must be in the range [1, 65535]",
                        "spec.ports[3].port: port 80 is there twice");
        assertThat(
                        problems(
                                service.formatted(
                                        "{selector: {dataplaneRef: {name: a}, dataplaneLabels: {matchLabels: {a: b}}}, ports: [{port: 80}]}")))
                .containsExactly("spec.selector: must specify only one of: dataplaneRef or dataplaneLabels");
        assertThat(schemas.warnings(read(service.formatted("{ports: [{port: 80, name: A_B}]}"))
                        .resource()))
                .hasSize(2)
                .first()
                .asString()
                .startsWith("MeshService resource 'web' has no selector");
    }

    @Test
    void whatIsValidAndDoesNothingIsWarnedOf() {
        String outside = "{type: MeshExternalService, mesh: default, name: bank, spec: {match: {port: 443}, %s}}";
        String verification = "tls: {enabled: true, verification: {mode: %s, serverName: bank.example.com}}";

        assertThat(schemas.warnings(read(outside.formatted(verification.formatted("SkipCA")))
                        .resource()))
                .singleElement()
                .asString()
                .contains("names are not checked either");
        assertThat(schemas.warnings(read(outside.formatted(verification.formatted("SkipSAN")))
                        .resource()))
                .isEmpty();
        assertThat(schemas.warnings(
                        read(outside.formatted("extension: {type: lambda}")).resource()))
                .singleElement()
                .asString()
                .contains("nobody here knows the extension lambda");
        assertThat(schemas.warnings(read("""
                        type: Dataplane
                        mesh: default
                        name: web-1
                        networking:
                          address: 127.0.0.1
                          inbound: [{port: 80}]
                          transparentProxying: {redirectPortOutbound: 15001, directAccessServices: ["*"]}
                        """).resource()))
                .singleElement()
                .asString()
                .startsWith("networking.transparentProxying.directAccessServices does nothing");
    }

    @Test
    void outboundsOfOnePlaceAreTakenWithAWarningThatNamesBoth() {
        Parsed.Ok parsed = read("""
                type: Dataplane
                mesh: default
                name: web-1
                networking:
                  address: 127.0.0.1
                  inbound: [{port: 80}]
                  outbound:
                  - {port: 9000, backendRef: {kind: MeshService, name: cart, port: 80}}
                  - {port: 9001, backendRef: {kind: MeshService, name: cart, port: 81}}
                  - {address: 127.0.0.1, port: 9000, backendRef: {kind: MeshExternalService, labels: {app: mail}}}
                """);

        assertThat(schemas.check(parsed)).isEmpty();
        assertThat(schemas.warnings(parsed.resource()))
                .containsExactly("networking.outbound[0] (MeshService cart, port 80) and"
                        + " networking.outbound[2] (MeshExternalService with {app=mail}) both want 127.0.0.1:9000:"
                        + " while both services are there, the proxy keeps the configuration that it has;"
                        + " give one of them another address or port");
    }

    @Test
    void aProblemBeyondTheSchemaHasItsPlaceToo() {
        Parsed.Ok parsed = read("""
                type: MeshService
                mesh: default
                name: web
                spec:
                  ports:
                  - port: 80
                  - port: 70000
                """);

        assertThat(schemas.check(parsed).getFirst().location()).isEqualTo(new io.higuma.model.Problem.Location(7, 11));
    }
}
