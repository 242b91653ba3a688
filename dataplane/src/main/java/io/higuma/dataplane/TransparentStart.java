package io.higuma.dataplane;

import io.higuma.dataplane.tproxy.LauncherSettings;
import io.higuma.dataplane.tproxy.Redirection;
import io.higuma.dataplane.tproxy.Settings;
import io.higuma.dataplane.tproxy.TransparentProxyConfig;
import io.higuma.dataplane.tproxy.TransparentProxyConfig.ProxyUser;
import io.higuma.model.Problems;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/// What `dp run --transparent-proxy` does beside a plain run: it installs the rules, if it may, and lets Envoy run as
/// the user whose traffic they leave alone.
///
/// | the launcher is | rules | Envoy runs as |
/// |---|---|---|
/// | root | installed here, at each start | `--kuma-dp-user` |
/// | that user | those of `higuma install transparent-proxy` | itself |
/// | anyone else | refused: Envoy's own traffic would come back to it for ever | |
final class TransparentStart {

    private static final int ROOT = 0;

    private final TransparentProxyConfig config;
    private final Redirection redirection;
    private final PrintWriter err;
    private final boolean installs;
    private final int self;
    private boolean installed;

    private TransparentStart(
            TransparentProxyConfig config, Redirection redirection, PrintWriter err, boolean installs, int self) {
        this.config = config;
        this.redirection = redirection;
        this.err = err;
        this.installs = installs;
        this.self = self;
    }

    static TransparentStart of(
            Settings settings, URI controlPlane, Map<String, String> environment, PrintWriter err, Problems problems) {
        InstallCommands.Given given = InstallCommands.Given.of(settings, environment, err, problems);
        int self = self();
        int user = given.config().user().uid();
        boolean installs = Redirection.isAdministrator();
        if (self != user && self != ROOT) {
            throw new StopException(
                    StopException.ENVIRONMENT,
                    "this is user " + self + ", but only traffic of user " + user
                            + " is left alone: what Envoy sends would come back to it. Start this as root, which"
                            + " installs the rules and lets Envoy run as user " + user
                            + "; or as that user, after `higuma install transparent-proxy`");
        }
        TransparentProxyConfig config =
                self == ROOT ? LauncherSettings.exceptLauncher(given.config(), port(controlPlane)) : given.config();
        return new TransparentStart(config, given.redirection(), err, installs, self);
    }

    private static int port(URI controlPlane) {
        return controlPlane.getPort() > 0 ? controlPlane.getPort() : "http".equals(controlPlane.getScheme()) ? 80 : 443;
    }

    private static int self() {
        try {
            return (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        } catch (IOException e) {
            throw new StopException(StopException.ENVIRONMENT, "/proc cannot be read: " + e.getMessage());
        }
    }

    TransparentProxyConfig config() {
        return config;
    }

    /// Rules from an earlier start capture already. They are renewed now, so that the launcher reaches the control
    /// plane whatever they were.
    void beforeBootstrap() {
        if (installs && !redirection.holders().isEmpty()) {
            install();
        }
    }

    /// On a fresh host nothing is captured before Envoy is about to start.
    void beforeEnvoy() {
        if (installs && !installed) {
            install();
        }
        if (!installs) {
            err.println("higuma dp: " + (self == ROOT ? "without the capability CAP_NET_ADMIN" : "not root")
                    + ": the rules of `higuma install transparent-proxy` are taken as they are;"
                    + " `higuma dp verify` tells whether they are there");
        }
    }

    private void install() {
        String tool = redirection.install(config);
        installed = true;
        err.println("higuma dp: traffic of this host goes through Envoy (" + tool + "), except that of user "
                + config.user().uid());
    }

    /// Whom this process is to become; empty if it is that user already.
    Optional<ProxyUser> successor() {
        return self == ROOT ? Optional.of(config.user()) : Optional.empty();
    }
}
