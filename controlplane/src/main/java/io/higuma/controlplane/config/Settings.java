package io.higuma.controlplane.config;

import io.higuma.controlplane.config.Setting.Kind;
import java.util.List;
import java.util.stream.Stream;

/// Everything that can be set, in the order in which it is printed. The keys are those of contract 7; ours are marked.
final class Settings {

    private static final String ADMIN = "mesh-system:admin";
    private static final String EVERYBODY = "mesh-system:unauthenticated,mesh-system:authenticated";

    static final List<Setting> ALL = List.of(
            choice("mode", "zone", "zone; global stands above zones", "global"),
            choice("environment", "universal", "universal: Kubernetes is not there yet"),
            text("dataDir", "", "ours: folder of the store, certificates and keys; ~/.higuma/cp when empty"),
            text("general.workDir", "", "the contract's name for dataDir"),
            text("general.tlsCertFile", "", "certificate of the HTTPS ports; made at first start when empty"),
            text("general.tlsKeyFile", "", "its key"),
            choice("store.type", "sqlite", "sqlite keeps data in the data folder, memory forgets it", "memory"),
            number("store.history", 100_000, "ours: revisions kept behind the newest; 0 keeps all"),
            bool("apiServer.http.enabled", true, "REST API without TLS"),
            text("apiServer.http.interface", "0.0.0.0", "address of the REST API"),
            port("apiServer.http.port", 5681, "port of the REST API"),
            bool("apiServer.https.enabled", true, "REST API with TLS"),
            text("apiServer.https.interface", "0.0.0.0", "address of the REST API with TLS"),
            port("apiServer.https.port", 5682, "port of the REST API with TLS"),
            bool("apiServer.authn.localhostIsAdmin", true, "a direct call from this host is the administrator's"),
            bool("apiServer.authn.tokens.bootstrapAdminToken", true, "make an administrator's token at first start"),
            bool("apiServer.authn.tokens.enableIssuer", true, "issue user tokens"),
            bool("apiServer.readOnly", false, "refuse every write"),
            bool(
                    "apiServer.validateWithEnvoy",
                    false,
                    "ours: try what a write brings in a real Envoy, before it is stored"),
            text("apiServer.envoyBinary", "", "ours: that Envoy; $ENVOY, PATH, ~/.higuma/envoy when empty"),
            text("apiServer.rootUrl", "", "what absolute links begin with; what the client called when empty"),
            new Setting("apiServer.basePath", "/", Kind.PATH, "prefix of all paths of the API"),
            text("dpServer.interface", "0.0.0.0", "ours: address of the port for data planes"),
            port("dpServer.port", 5678, "port for data planes: bootstrap and xDS"),
            choice("dpServer.authn.dpProxy.type", "dpToken", "dpToken, or none to let every data plane in", "none", ""),
            bool("dpServer.authn.enableReloadableTokens", false, "Envoy reads its token from the file for each stream"),
            bool("dpServer.authn.dpProxy.dpToken.enableIssuer", true, "issue dataplane tokens"),
            bool("dpServer.authn.zoneProxy.zoneToken.enableIssuer", true, "issue zone tokens"),
            bool("dpServer.hds.enabled", true, "proxies probe workloads that want it, and report what they find"),
            text("bootstrapServer.params.adminAddress", "127.0.0.1", "address of Envoy's admin interface"),
            port("bootstrapServer.params.adminPort", 9901, "its port, where it is not a Unix socket"),
            bool("bootstrapServer.params.envoyAdminUnixSocket", true, "Envoy's admin interface is a Unix socket"),
            text(
                    "bootstrapServer.params.xdsHost",
                    "",
                    "host that data planes connect to; the one they called when empty"),
            port("bootstrapServer.params.xdsPort", 0, "port that data planes connect to; dpServer.port when 0"),
            text("diagnostics.interface", "0.0.0.0", "ours: address of health and metrics"),
            port("diagnostics.serverPort", 5680, "port of health and metrics"),
            new Setting("multizone.zone.name", "default", Kind.NAME, "name of this zone"),
            bool("defaults.skipMeshCreation", false, "make no mesh called default at first start"),
            bool("defaults.skipHostnameGenerators", false, "make no HostnameGenerators at first start"),
            range("ipam.meshService.cidr", "241.0.0.0/8", "virtual addresses of MeshServices"),
            range("ipam.meshExternalService.cidr", "242.0.0.0/8", "virtual addresses of MeshExternalServices"),
            range("ipam.meshMultiZoneService.cidr", "243.0.0.0/8", "virtual addresses of MeshMultiZoneServices"),
            duration(
                    "ipam.gracePeriod",
                    "1h",
                    "ours: for how long address and names of a service that is gone are given to nobody else"),
            duty("ipam.allocationInterval", "5s", "allot virtual addresses"),
            duty("meshService.generationInterval", "2s", "make MeshServices of workload labels"),
            duration("meshService.deletionGracePeriod", "1h", "how long they outlive their last data plane"),
            duty("runtime.universal.workload.generationInterval", "2s", "make Workloads of workload labels"),
            duty(
                    "coreResources.status.meshServiceInterval",
                    "5s",
                    "find out identities, TLS and counts of MeshServices"),
            duty(
                    "coreResources.status.meshMultiZoneServiceInterval",
                    "5s",
                    "find out what MeshMultiZoneServices select"),
            bool("hostnames.enabled", true, "ours: make host names of HostnameGenerators"),
            list("access.static.adminResources.users", ADMIN, "who may read and write secrets"),
            list("access.static.adminResources.groups", ADMIN, "groups that may read and write secrets"),
            list("access.static.generateDpToken.users", ADMIN, "who may have dataplane tokens issued"),
            list("access.static.generateDpToken.groups", ADMIN, "groups that may"),
            list("access.static.generateUserToken.users", ADMIN, "who may have user tokens issued"),
            list("access.static.generateUserToken.groups", ADMIN, "groups that may"),
            list("access.static.generateZoneToken.users", ADMIN, "who may have zone tokens issued"),
            list("access.static.generateZoneToken.groups", ADMIN, "groups that may"),
            list("access.static.viewConfigDump.users", "", "who may see the configuration of proxies"),
            list("access.static.viewConfigDump.groups", EVERYBODY, "groups that may"),
            list("access.static.controlPlaneMetadata.users", "", "who may see this configuration"),
            list("access.static.controlPlaneMetadata.groups", EVERYBODY, "groups that may"),
            choice("log.level", "info", "ours: off, error, warn, info or debug", "off", "error", "warn", "debug"),
            choice("log.format", "text", "ours: text for people, json for programs", "json"));

    private Settings() {}

    private static Setting text(String key, String standard, String about) {
        return new Setting(key, standard, Kind.TEXT, about);
    }

    /// @param others the values beside the standard one
    private static Setting choice(String key, String standard, String about, String... others) {
        return new Setting(
                key,
                standard,
                Kind.CHOICE,
                about,
                Stream.concat(Stream.of(standard), Stream.of(others)).toList());
    }

    private static Setting bool(String key, boolean standard, String about) {
        return new Setting(key, Boolean.toString(standard), Kind.BOOL, about);
    }

    private static Setting port(String key, int standard, String about) {
        return new Setting(key, Integer.toString(standard), Kind.PORT, about);
    }

    private static Setting number(String key, int standard, String about) {
        return new Setting(key, Integer.toString(standard), Kind.NUMBER, about);
    }

    private static Setting range(String key, String standard, String about) {
        return new Setting(key, standard, Kind.RANGE, about);
    }

    private static Setting duration(String key, String standard, String about) {
        return new Setting(key, standard, Kind.DURATION, about);
    }

    /// Something that is done as soon as there is a reason; the contract knows how often it is looked for one.
    private static Setting duty(String key, String standard, String about) {
        return duration(key, standard, about + "; 0s switches it off, anything else is at once");
    }

    private static Setting list(String key, String standard, String about) {
        return new Setting(key, standard, Kind.LIST, about);
    }
}
