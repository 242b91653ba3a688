package io.higuma.dataplane;

import io.higuma.schema.bind.Nearest;
import java.io.PrintWriter;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/// What kuma-dp can be told and this launcher cannot: taken, with a sentence that says why it changes nothing, so that
/// a unit file of kuma-dp's can be used as it is.
final class KumaDpSettings {

    private static final String LOG = "this launcher becomes Envoy, which writes to standard error";
    private static final String METRICS = "there is no MeshMetric yet";
    private static final String DNS = "Envoy answers for names, see --dns-proxy-port and --agent";
    private static final String SPIRE = "identities of SPIRE are not there yet";
    private static final String RESTARTS = "nothing runs beside Envoy that would have to be started again";

    private static final Map<String, String> FLAGS = new TreeMap<>(Map.ofEntries(
            Map.entry("--log-output-path", LOG),
            Map.entry("--log-max-retained-files", LOG),
            Map.entry("--log-max-size", LOG),
            Map.entry("--log-max-age", LOG),
            Map.entry("--metrics-cert-path", METRICS),
            Map.entry("--metrics-key-path", METRICS),
            Map.entry("--config-dir", "the work directory holds it, see --work-dir"),
            Map.entry("--dns-coredns-path", DNS),
            Map.entry("--dns-coredns-port", DNS),
            Map.entry("--dns-coredns-config-template-path", DNS),
            Map.entry("--dns-server-config-dir", DNS),
            Map.entry("--dns-envoy-port", DNS),
            Map.entry("--dns-prometheus-port", DNS)));

    /// By what follows `KUMA_` or `HIGUMA_`.
    private static final Map<String, String> VARIABLES = new TreeMap<>(Map.ofEntries(
            Map.entry("READINESS_PORT", "Envoy tells whether it is ready, at its admin port"),
            Map.entry("DATAPLANE_RUNTIME_METRICS_CERT_PATH", METRICS),
            Map.entry("DATAPLANE_RUNTIME_METRICS_KEY_PATH", METRICS),
            Map.entry(
                    "DATAPLANE_RUNTIME_DYNAMIC_CONFIGURATION_REFRESH_INTERVAL",
                    "the agent asks Envoy when a question comes"),
            Map.entry("DATAPLANE_RUNTIME_SPIRE_SUPPORTED", SPIRE),
            Map.entry("DATAPLANE_RUNTIME_SPIRE_SOCKET_PATH", SPIRE),
            Map.entry(
                    "DATAPLANE_RUNTIME_OTEL_PIPE_ENABLED",
                    "there are no access logs, traces and metrics to pass on yet"),
            Map.entry("DATAPLANE_RESILIENT_COMPONENT_BASE_BACKOFF", RESTARTS),
            Map.entry("DATAPLANE_RESILIENT_COMPONENT_MAX_BACKOFF", RESTARTS),
            Map.entry("APPLICATION_PROBE_PROXY_PORT", "it is for Kubernetes, which is not there yet")));

    private KumaDpSettings() {}

    static void add(CommandSpec command) {
        FLAGS.keySet()
                .forEach(flag -> command.addOption(OptionSpec.builder(flag)
                        .type(String.class)
                        .arity("1")
                        .hidden(true)
                        .build()));
    }

    /// One sentence for each that is given, and for each variable that looks like a slip of the pen.
    static void tell(ParseResult given, Map<String, String> environment, PrintWriter err) {
        FLAGS.forEach((flag, why) -> {
            if (given.hasMatchedOption(flag)) {
                err.println("higuma dp: " + flag + " has no effect: " + why);
            }
        });
        Collection<String> known = Stream.concat(EnvironmentDefaults.endings().stream(), VARIABLES.keySet().stream())
                .flatMap(ending -> Stream.of("KUMA_" + ending, "HIGUMA_" + ending))
                .toList();
        for (String name : new TreeSet<>(environment.keySet())) {
            String why = VARIABLES.get(name.replaceFirst("^(KUMA|HIGUMA)_", ""));
            if (why != null && asks(environment.getOrDefault(name, ""))) {
                err.println("higuma dp: " + name + " has no effect: " + why);
            } else if (name.matches("(KUMA|HIGUMA)_(DATAPLANE|CONTROL_PLANE|DNS)_.*") && !known.contains(name)) {
                Nearest.to(name, known)
                        .ifPresent(near -> err.println(
                                "higuma dp: " + name + " has no effect: it is not known, did you mean " + near + "?"));
            }
        }
    }

    /// Who switches off what is not there has what was asked for.
    private static boolean asks(String value) {
        return !value.isEmpty() && !value.equals("false") && !value.equals("0");
    }
}
