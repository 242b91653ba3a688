package io.higuma.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.higuma.model.target.TargetChecks;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The small languages of the contract: durations, identifiers, server names, templates, SPIFFE ids.
class ValuesTest {

    @ParameterizedTest
    @CsvSource({
        "0, 0s",
        "0s, 0s",
        "1m, 1m0s",
        "90s, 1m30s",
        "1h30m, 1h30m0s",
        "1.5h, 1h30m0s",
        "1h30m0.5s, 1h30m0.5s",
        "250ms, 250ms",
        "1500ms, 1.5s",
        "1us, 1µs",
        "1µs, 1µs",
        "1ns, 1ns",
        "-1s, -1s",
        "+1s, 1s",
        ".5s, 500ms",
        "5.s, 5s",
        "24h, 24h0m0s",
        "1000000h, 1000000h0m0s"
    })
    void durationsAreReadAndPrintedAsGoDoes(String text, String canonical) {
        assertThat(GoDuration.print(GoDuration.parse(text).orElseThrow())).isEqualTo(canonical);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "5", "1d", " 1s", "1s ", "soon", "s", ".s", "1", "--1s", "1s-1s", "9999999999h", "1e3s", "١s"
            })
    void whatGoDoesNotTakeIsNoDuration(String text) {
        assertThat(GoDuration.parse(text)).isEmpty();
    }

    @Test
    void everyDurationComesBackFromItsText() {
        Random random = new Random(5);
        for (int i = 0; i < 10_000; i++) {
            Duration duration = Duration.ofNanos(random.nextLong() >> random.nextInt(63));
            if (duration.toNanos() == Long.MIN_VALUE) {
                continue;
            }
            assertThat(GoDuration.parse(GoDuration.print(duration))).contains(duration);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"kri_mt_default___my-timeout_", "kri_m____default_", "kri_dp_m_east_ns_web-1_http"})
    void identifiersComeBackFromTheirText(String text) {
        assertThat(Kri.parse(text)).hasToString(text);
        assertThat(Kri.parse(text + "_")).hasToString(text);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "main                         | invalid identifier string: \"main\"",
                "kri_m                        | invalid identifier string: \"kri_m\"",
                "kri_mt_default___my-timeout  | invalid identifier string: \"kri_mt_default___my-timeout\"",
                "kri_m____default_x_y         | invalid identifier string: \"kri_m____default_x_y\"",
                "kro_m____default_            | identifier must start with 'kri': \"kro_m____default_\"",
            })
    void whatIsNoIdentifierIsRefusedInTheWordsOfTheContract(String text, String told) {
        assertThatThrownBy(() -> Kri.parse(text)).hasMessage(told);
    }

    @Test
    void aServerNameHasThePartsThatAreThere() {
        assertThat(Sni.of(Kri.parse("kri_msvc_m___web_http"))).contains("sni.msvc.m.web.http");
        assertThat(Sni.of(Kri.parse("kri_msvc_m_east__web_80"))).contains("sni.msvc.m.east.web.80");
        assertThat(Sni.of(Kri.parse("kri_msvc_m_east_ns_web_80"))).contains("sni.msvc.m.east.ns.web.80");
        assertThat(Sni.of(Kri.parse("kri_msvc_m___" + "a".repeat(253) + "_80"))).isEmpty();
    }

    @Test
    void templatesAreFilled() {
        NameTemplate template =
                NameTemplate.parse("/{{ .Mesh }}/{{.Zone}}/{{ label \"app\" }}!", List.of("Mesh", "Zone"));

        assertThat(template.render(Map.of("Mesh", "m", "Zone", "z"), Labels.of(Map.of("app", "web"))))
                .isEqualTo("/m/z/web!");
        assertThatThrownBy(() -> template.render(Map.of("Mesh", "m", "Zone", "z"), Labels.NONE))
                .hasMessage("there is no label app");
        assertThatThrownBy(() -> template.render(Map.of("Mesh", "m"), Labels.of(Map.of("app", "web"))))
                .hasMessage(".Zone has no value here");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{{ .Mesh      | template: :1: unclosed action",
                "{{ upper .A }}| template: :1: function \"upper\" not defined",
                "{{ .Bogus }}  | unknown variable .Bogus at character 1, expected one of [.Mesh]",
                "{{ label x }} | unknown action {{ label x }} at character 1",
                "{{ }}         | unknown action {{  }} at character 1",
            })
    void brokenTemplatesSayWhatIsWrong(String text, String told) {
        assertThatThrownBy(() -> NameTemplate.parse(text, List.of("Mesh"))).hasMessageStartingWith(told);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "fine",
            value = {
                "spiffe://a/b                | fine",
                "spiffe://trust.domain       | fine",
                "''                          | cannot be empty",
                "not-a-spiffe-id             | scheme is missing or invalid",
                "SPIFFE://a/b                | scheme is missing or invalid",
                "spiffe:///b                 | trust domain is missing",
                "spiffe://A/b                | trust domain characters are limited",
                "spiffe://a/                 | path cannot have a trailing slash",
                "spiffe://a/b/               | path cannot have a trailing slash",
                "spiffe://a//b               | path cannot contain empty segments",
                "spiffe://a/../b             | path cannot contain dot segments",
                "spiffe://a/b c              | path segment characters are limited",
            })
    void spiffeIds(String id, String told) {
        if (told == null) {
            assertThat(TargetChecks.spiffeIdProblem(id)).isEmpty();
        } else {
            assertThat(TargetChecks.spiffeIdProblem(id).orElseThrow()).startsWith(told);
        }
    }
}
