package io.higuma.schema;

import static org.assertj.core.api.Assertions.assertThat;

import io.higuma.schema.core.CoreSchemas;
import io.higuma.schema.tree.Limits;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The kinds of services and their names: what is wrong beyond the schema, in the contract's words.
class ServiceKindsTest {

    private final Schemas schemas = Schemas.of(CoreSchemas.all());
    private final ResourceReader reader = new ResourceReader(schemas.types());

    private List<String> problems(String yaml) {
        Parsed parsed = reader.readDocuments(yaml.getBytes(StandardCharsets.UTF_8), Limits.FILE)
                .getFirst();
        return parsed instanceof Parsed.Ok ok
                ? schemas.check(ok.resource()).found().stream()
                        .map(p -> p.path() + ": " + p.message())
                        .toList()
                : parsed.allProblems().stream()
                        .map(p -> p.path() + ": " + p.message())
                        .toList();
    }

    private void expect(String yaml, String expected) {
        List<String> found = problems(yaml);
        if (expected == null) {
            assertThat(found).isEmpty();
        } else {
            assertThat(found).containsExactly(expected);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "none",
            value = {
                "{selector: {meshService: {matchLabels: {}}}, template: '{{ .DisplayName }}.mesh'} | none",
                "{selector: {meshService: {}}, template: '{{ .DisplayName }}.{{ .Namespace }}.{{ label \"x/y\" }}.mesh'} | none",
                "{selector: {}, template: a} | spec.selector: exact one selector (meshService, meshExternalService) must be defined",
                "{selector: {meshService: {}, meshExternalService: {}}, template: a} | spec.selector: exact one selector (meshService, meshExternalService) must be defined",
                "{selector: {meshService: {}}, template: ''} | spec.template: must not be empty",
                "{selector: {meshService: {}}, template: '{{ .DisplayName'} | spec.template: couldn't parse template: template: :1: unclosed action",
                "{selector: {meshService: {}}, template: a, extension: {type: ''}} | spec.extension.type: must not be empty",
            })
    void hostnameGenerators(String spec, String expected) {
        expect("type: HostnameGenerator\nname: a\nspec: " + spec, expected);
    }

    @ParameterizedTest
    @CsvSource({"A_b", "-a", "a..b", "'a b'", "{{ .Name }}_x"})
    void aTemplateThatMakesNoHostNameIsRefused(String template) {
        assertThat(problems("type: HostnameGenerator\nname: a\nspec: {selector: {meshService: {}}, template: \""
                        + template + "\"}"))
                .singleElement()
                .asString()
                .startsWith("spec.template: template renders to \"")
                .contains("which is not a valid DNS name: a lowercase RFC 1123 subdomain");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "none",
            value = {
                "{selector: {meshService: {matchLabels: {a: b}}}, ports: [{name: x, port: 80}]} | none",
                "{selector: {meshService: {matchLabels: {}}}, ports: [{port: 80}]} | spec.selector.meshService.matchLabels: cannot be empty",
                "{selector: {meshService: {matchLabels: {a: b}}}, ports: [{name: '', port: 80}]} | spec.ports[0].name: must not be empty",
                "{selector: {meshService: {matchLabels: {a: b}}}, ports: [{port: 0}]} | spec.ports[0].port: port must be in the range [1, 65535]",
                "{selector: {meshService: {matchLabels: {a: b}}}, ports: [{port: 1}, {port: 1}]} | spec.ports[1].port: port 1 is there twice",
                "{selector: {meshService: {matchLabels: {a: b}}}, ports: [{port: 1}, {port: 2, name: '1'}]} | spec.ports[1].name: port name \"1\" is there twice",
            })
    void servicesOfSeveralZones(String spec, String expected) {
        expect("type: MeshMultiZoneService\nmesh: default\nname: a\nspec: " + spec, expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "none",
            value = {
                "{match: {port: 80}, endpoints: [{address: example.com, port: 443}, {address: 192.0.2.1, port: 1, priority: 128}]} | none",
                "{match: {port: 1, protocol: kafka}} | 'spec.match.protocol: in body should be one of [tcp grpc http http2]'",
                "{match: {port: 1}, tls: {verification: {caCert: {inlineString: x}}}} | spec.tls.verification.caCert.type: in body is required",
                "{match: {port: 0}} | spec.match.port: in body should be greater than or equal to 1",
                "{match: {port: 1}, endpoints: [{address: 'a b', port: 443}]} | 'spec.endpoints[0].address: address has to be a valid IP or hostname'",
                "{match: {port: 1}, endpoints: [{address: a, port: 70000}]} | spec.endpoints[0].port: in body should be less than or equal to 65535",
                "{match: {port: 1}, endpoints: [{address: 300.1.1.1, port: 1}]} | spec.endpoints[0].address: address has to be a valid IP or hostname",
                "{match: {port: 1}, extension: {type: ''}} | spec.extension.type: must not be empty",
                "{match: {port: 1}, extension: {type: lambda, config: {a: [1]}}, endpoints: [{address: 'a b', port: 1}]} | none",
                "{match: {port: 1}, tls: {version: {min: TLS13, max: TLS12}}} | spec.tls.version.min: min version must be lower than max",
                "{match: {port: 1}, tls: {verification: {serverName: A_b}}} | spec.tls.verification.serverName: must be a valid DNS name",
                "{match: {port: 1}, tls: {verification: {clientCert: {type: Secret, secretRef: {kind: Secret, name: a}}}}} | spec.tls.verification.clientKey: must be defined when clientCert is defined",
                "{match: {port: 1}, tls: {verification: {clientKey: {type: Secret, secretRef: {kind: Secret, name: a}}}}} | spec.tls.verification.clientCert: must be defined when clientKey is defined",
                "{match: {port: 1}, tls: {verification: {caCert: {type: File, file: {path: /etc/passwd}}}}} | 'spec.tls.verification.caCert.type: File must be one of: Secret, InsecureInline'",
                "{match: {port: 1}, tls: {verification: {caCert: {type: InsecureInline}}}} | spec.tls.verification.caCert.insecureInline: must be defined",
            })
    void servicesOutsideTheMesh(String spec, String expected) {
        List<String> found = problems("type: MeshExternalService\nmesh: default\nname: a\nspec: " + spec);
        if (expected == null) {
            assertThat(found).isEmpty();
        } else {
            assertThat(found).contains(expected);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"matchLabels\":{}}"})
    void aSelectorOfEverythingIsShownAsItWasWritten(String selector) {
        String yaml = "type: HostnameGenerator\nname: a\nspec: {selector: {meshService: " + selector
                + "}, template: '{{ .DisplayName }}.mesh'}";

        Parsed parsed = reader.readDocuments(yaml.getBytes(StandardCharsets.UTF_8), Limits.FILE)
                .getFirst();

        assertThat(ResourceWriter.write(((Parsed.Ok) parsed).resource())
                        .at("/spec/selector/meshService")
                        .toString())
                .isEqualTo(selector);
    }
}
