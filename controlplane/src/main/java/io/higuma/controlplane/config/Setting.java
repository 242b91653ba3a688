package io.higuma.controlplane.config;

import io.higuma.model.Cidr;
import io.higuma.model.GoDuration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// One thing that can be set.
///
/// @param key path in the configuration file, such as `apiServer.http.port`
/// @param standard the value when nothing is set, as text; lists are comma separated
/// @param kind what values look like
/// @param about a sentence for people
/// @param choices the values there are; empty where there are too many
public record Setting(String key, String standard, Kind kind, String about, List<String> choices) {

    private static final Pattern WORD_END = Pattern.compile("(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])");

    private static final Pattern LABEL = Pattern.compile("[a-z]([-a-z0-9]{0,61}[a-z0-9])?");

    /// Variables of the contract that do not follow from the key, without their prefix.
    private static final Map<String, String> IRREGULAR = Map.ofEntries(
            Map.entry("access.static.viewConfigDump.users", "ACCESS_STATIC_GET_CONFIG_DUMP_USERS"),
            Map.entry("access.static.viewConfigDump.groups", "ACCESS_STATIC_GET_CONFIG_DUMP_GROUPS"),
            Map.entry("apiServer.https.tlsCaFile", "API_SERVER_HTTPS_CLIENT_CERTS_CA_FILE"),
            Map.entry("dnsServer.serviceVipPort", "DNS_SERVICE_SERVICE_VIP_PORT"),
            Map.entry("dpServer.hds.checkDefaults.healthyThreshold", "DP_SERVER_HDS_CHECK_HEALTHY_THRESHOLD"),
            Map.entry("dpServer.hds.checkDefaults.interval", "DP_SERVER_HDS_CHECK_INTERVAL"),
            Map.entry("dpServer.hds.checkDefaults.noTrafficInterval", "DP_SERVER_HDS_CHECK_NO_TRAFFIC_INTERVAL"),
            Map.entry("dpServer.hds.checkDefaults.timeout", "DP_SERVER_HDS_CHECK_TIMEOUT"),
            Map.entry("dpServer.hds.checkDefaults.unhealthyThreshold", "DP_SERVER_HDS_CHECK_UNHEALTHY_THRESHOLD"),
            Map.entry("ipam.knownInternalCIDRs", "IPAM_KNOWN_INTERNAL_CIDRS"),
            Map.entry("metrics.openTelemetry.enabled", "METRICS_OPENTELEMETRY_ENABLED"),
            Map.entry("policies.pluginPoliciesEnabled", "PLUGIN_POLICIES_ENABLED"),
            Map.entry("store.postgres.tls.caPath", "STORE_POSTGRES_TLS_ROOT_CERT_PATH"),
            Map.entry("store.postgres.tolerateNewerDBVersions", "STORE_POSTGRES_TOLERATE_NEWER_DB_VERSIONS"),
            Map.entry("tracing.openTelemetry.endpoint", "TRACING_OPENTELEMETRY_ENDPOINT"),
            Map.entry("xdsServer.dataplaneDeregistrationDelay", "XDS_DATAPLANE_DEREGISTRATION_DELAY"));

    /// What values look like.
    public enum Kind {
        TEXT,
        /// A DNS label.
        NAME,
        /// Begins with a slash.
        PATH,
        /// One of [#choices].
        CHOICE,
        /// 0 lets the system choose.
        PORT,
        /// A whole number from 0 to 999,999,999.
        NUMBER,
        BOOL,
        LIST,
        /// Of IPv4 addresses.
        RANGE,
        /// As Go writes it: `1h30m`, `500ms`, `0s`.
        DURATION
    }

    public Setting {
        choices = List.copyOf(choices);
    }

    /// A setting of any other kind than CHOICE.
    Setting(String key, String standard, Kind kind, String about) {
        this(key, standard, kind, about, List.of());
    }

    /// The variables of a key: `KUMA_API_SERVER_HTTP_PORT` for `apiServer.http.port` (contract
    /// 7), and where the contract has another name, that one too.
    static List<String> variables(String prefix, String key) {
        StringBuilder name = new StringBuilder(prefix);
        for (String part : key.split("\\.", -1)) {
            name.append('_').append(WORD_END.matcher(part).replaceAll("_").toUpperCase(Locale.ROOT));
        }
        String irregular = IRREGULAR.get(key);
        return irregular == null ? List.of(name.toString()) : List.of(name.toString(), prefix + "_" + irregular);
    }

    /// Why a text is no value of this setting; empty if it is one.
    List<String> problems(String value) {
        return switch (kind) {
            case TEXT, LIST -> List.of();
            case NAME ->
                LABEL.matcher(value).matches()
                        ? List.of()
                        : List.of(
                                "expected a DNS label (lower case letters, digits and dashes, at most 63, a letter first),"
                                        + " found \"" + value + "\"");
            case PATH ->
                value.startsWith("/")
                        ? List.of()
                        : List.of("expected a path that begins with /, found \"" + value + "\"");
            case CHOICE ->
                choices.contains(value) ? List.of() : List.of("expected " + words() + ", found \"" + value + "\"");
            case BOOL ->
                value.equals("true") || value.equals("false")
                        ? List.of()
                        : List.of("expected true or false, found \"" + value + "\"");
            case NUMBER ->
                value.matches("[0-9]{1,9}")
                        ? List.of()
                        : List.of("expected a whole number from 0 to 999999999, found \"" + value + "\"");
            case DURATION ->
                GoDuration.parse(value)
                                .filter(duration -> !duration.isNegative())
                                .isPresent()
                        ? List.of()
                        : List.of("expected a duration such as 1h, 5s or 0s, found \"" + value + "\"");
            case RANGE -> {
                try {
                    Cidr.parse(value);
                    yield List.of();
                } catch (IllegalArgumentException e) {
                    yield List.of(String.valueOf(e.getMessage()));
                }
            }
            case PORT ->
                value.matches("[0-9]{1,5}") && Integer.parseInt(value) <= 65535
                        ? List.of()
                        : List.of("expected a port from 0 (the system chooses) to 65535, found \"" + value + "\"");
        };
    }

    /// The choices that are words: the contract leaves some values empty.
    private String words() {
        return choices.stream().filter(choice -> !choice.isEmpty()).collect(Collectors.joining(" or "));
    }
}
