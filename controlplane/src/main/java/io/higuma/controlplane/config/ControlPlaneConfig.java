package io.higuma.controlplane.config;

import io.higuma.api.auth.Access;
import io.higuma.api.auth.Access.Audience;
import io.higuma.api.auth.Access.Right;
import io.higuma.api.bootstrap.BootstrapSettings;
import io.higuma.api.token.TokenRoutes;
import io.higuma.engine.Ipam;
import io.higuma.model.Cidr;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/// What a control plane is started with. Made from an [EffectiveConfig], which it keeps to show to people.
///
/// @param dataDir folder of the store, certificates and keys
/// @param persistent whether resources outlive the process
/// @param site the zone it stands for
public record ControlPlaneConfig(
        Path dataDir,
        boolean persistent,
        Site site,
        Tls tls,
        ApiServer api,
        DataplaneServer dataplanes,
        Listen diagnostics,
        EffectiveConfig effective) {

    /// An address and port to listen on; port 0 lets the system choose.
    public record Listen(String address, int port) {}

    /// @param skipMesh whether no default mesh is made
    /// @param skipNames whether no default HostnameGenerators are made
    /// @param ipam where virtual addresses are taken from
    public record Site(String zone, boolean global, boolean skipMesh, boolean skipNames, Ipam ipam) {}

    /// Files of a certificate that the operator brought; empty: one is made.
    public record Tls(Optional<Path> certificate, Optional<Path> key) {}

    /// @param http empty: not served
    /// @param https empty: not served
    /// @param basePath empty, or begins with `/` and does not end with it
    public record ApiServer(
            Optional<Listen> http,
            Optional<Listen> https,
            String basePath,
            Optional<String> rootUrl,
            boolean readOnly,
            boolean localhostIsAdmin,
            Access access,
            TokenRoutes.Issuers issuers) {}

    /// @param tokens whether a data plane must show a token
    /// @param bootstrap what Envoys are told at their start
    public record DataplaneServer(Listen listen, boolean tokens, BootstrapSettings bootstrap) {}

    /// @param home where data lies when no folder is set
    public static ControlPlaneConfig of(EffectiveConfig effective, Path home) {
        return new ControlPlaneConfig(
                dataDir(effective, home),
                !effective.text("store.type").equals("memory"),
                new Site(
                        effective.text("multizone.zone.name"),
                        effective.text("mode").equals("global"),
                        effective.flag("defaults.skipMeshCreation"),
                        effective.flag("defaults.skipHostnameGenerators"),
                        new Ipam(
                                Cidr.parse(effective.text("ipam.meshService.cidr")),
                                Cidr.parse(effective.text("ipam.meshExternalService.cidr")),
                                Cidr.parse(effective.text("ipam.meshMultiZoneService.cidr")))),
                new Tls(file(effective, "general.tlsCertFile"), file(effective, "general.tlsKeyFile")),
                api(effective),
                dataplanes(effective),
                listen(effective, "diagnostics.interface", "diagnostics.serverPort"),
                effective);
    }

    /// Settings by key over the defaults: for tests and for programs that hold a control plane inside.
    public static ControlPlaneConfig of(Map<String, String> settings, Path home) {
        return of(ConfigLoader.load(Optional.empty(), Map.of(), settings), home);
    }

    private static Path dataDir(EffectiveConfig config, Path home) {
        return nonEmpty(config.text("dataDir"))
                .or(() -> nonEmpty(config.text("general.workDir")))
                .map(Path::of)
                .orElse(home.resolve("cp"));
    }

    private static ApiServer api(EffectiveConfig config) {
        String basePath = config.text("apiServer.basePath");
        return new ApiServer(
                config.flag("apiServer.http.enabled")
                        ? Optional.of(listen(config, "apiServer.http.interface", "apiServer.http.port"))
                        : Optional.empty(),
                config.flag("apiServer.https.enabled")
                        ? Optional.of(listen(config, "apiServer.https.interface", "apiServer.https.port"))
                        : Optional.empty(),
                basePath.endsWith("/") ? basePath.substring(0, basePath.length() - 1) : basePath,
                nonEmpty(config.text("apiServer.rootUrl")),
                config.flag("apiServer.readOnly"),
                config.flag("apiServer.authn.localhostIsAdmin"),
                access(config),
                new TokenRoutes.Issuers(
                        config.flag("dpServer.authn.dpProxy.dpToken.enableIssuer"),
                        config.flag("apiServer.authn.tokens.enableIssuer"),
                        config.flag("dpServer.authn.zoneProxy.zoneToken.enableIssuer")));
    }

    private static DataplaneServer dataplanes(EffectiveConfig config) {
        String params = "bootstrapServer.params.";
        boolean tokens = !config.text("dpServer.authn.dpProxy.type").equals("none");
        int port = config.port(params + "xdsPort");
        return new DataplaneServer(
                listen(config, "dpServer.interface", "dpServer.port"),
                tokens,
                new BootstrapSettings(
                        tokens,
                        config.flag("dpServer.authn.enableReloadableTokens"),
                        config.text(params + "adminAddress"),
                        config.port(params + "adminPort"),
                        config.flag(params + "envoyAdminUnixSocket"),
                        nonEmpty(config.text(params + "xdsHost")),
                        port == 0 ? Optional.empty() : Optional.of(port),
                        config.flag("dpServer.hds.enabled")));
    }

    private static Access access(EffectiveConfig config) {
        return new Access(Map.of(
                Right.ADMIN_RESOURCES, audience(config, "adminResources"),
                Right.GENERATE_DATAPLANE_TOKEN, audience(config, "generateDpToken"),
                Right.GENERATE_USER_TOKEN, audience(config, "generateUserToken"),
                Right.GENERATE_ZONE_TOKEN, audience(config, "generateZoneToken"),
                Right.VIEW_CONFIG_DUMP, audience(config, "viewConfigDump"),
                Right.CONTROL_PLANE_METADATA, audience(config, "controlPlaneMetadata")));
    }

    private static Audience audience(EffectiveConfig config, String right) {
        String key = "access.static." + right;
        return new Audience(config.list(key + ".users"), config.list(key + ".groups"));
    }

    private static Listen listen(EffectiveConfig config, String address, String port) {
        return new Listen(config.text(address), config.port(port));
    }

    private static Optional<Path> file(EffectiveConfig config, String key) {
        return nonEmpty(config.text(key)).map(Path::of);
    }

    private static Optional<String> nonEmpty(String text) {
        return text.isEmpty() ? Optional.empty() : Optional.of(text);
    }
}
