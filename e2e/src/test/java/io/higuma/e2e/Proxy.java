package io.higuma.e2e;

import io.higuma.testkit.Eventually;
import io.higuma.testkit.envoy.EnvoyAdmin;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// A sidecar: started with `higuma dp run`, which became Envoy.
final class Proxy implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final String name;
    private final Process process;
    private final Path workDir;

    private Proxy(String name, Process process, Path workDir) {
        this.name = name;
        this.process = process;
        this.workDir = workDir;
    }

    /// Runs `higuma dp run` with these arguments; its output goes to `log` in the work directory.
    static Proxy start(String name, Path workDir, List<String> arguments) {
        List<String> command = Java.command("io.higuma.dataplane.Main", "run", "--work-dir", workDir.toString());
        command.addAll(arguments);
        try {
            Files.createDirectories(workDir);
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(workDir.resolve("log").toFile())
                    .start();
            return new Proxy(name, process, workDir);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String name() {
        return name;
    }

    long pid() {
        return process.pid();
    }

    /// Waits until the control plane has given it listeners and Envoy has taken them.
    Proxy awaitConfigured() {
        Eventually.eventually(
                name + " has listeners",
                () -> {
                    if (!process.isAlive()) {
                        throw new AssertionError(name + " ended: " + log());
                    }
                    return admin().stat("listener_manager.lds.update_success").orElse(0L);
                },
                count -> count > 0);
        return this;
    }

    EnvoyAdmin admin() {
        try (DirectoryStream<Path> sockets = Files.newDirectoryStream(workDir, "*admin*.sock")) {
            for (Path socket : sockets) {
                return new EnvoyAdmin(UnixDomainSocketAddress.of(socket));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        throw new IllegalStateException(name + " has no admin socket yet");
    }

    /// Whether a cluster of this Envoy has an endpoint at this address.
    boolean knows(String addressAndPort) {
        return admin().text("/clusters").contains("::" + addressAndPort + "::");
    }

    Optional<Long> stat(String counter) {
        return admin().stat(counter);
    }

    /// The listeners, clusters and routes that this Envoy runs, each with its version and the time at which it
    /// was changed last.
    SortedMap<String, String> holds() {
        SortedMap<String, String> all = new TreeMap<>();
        dump("dynamic_listeners")
                .forEach(listener -> all.put(
                        "listener " + listener.path("name").asString(""), stand(listener.path("active_state"))));
        dump("dynamic_active_clusters")
                .forEach(cluster -> all.put(
                        "cluster " + cluster.path("cluster").path("name").asString(""), stand(cluster)));
        dump("dynamic_route_configs")
                .forEach(route -> all.put(
                        "route " + route.path("route_config").path("name").asString(""), stand(route)));
        return all;
    }

    /// Whether nothing is on its way out or in: no listener that drains, none that warms.
    boolean isSettled() {
        return !dump("dynamic_listeners").toString().matches("(?s).*\"(draining|warming)_state\".*")
                && dump("dynamic_warming_clusters").isEmpty();
    }

    /// The certificate this Envoy shows to others.
    X509Certificate certificate() throws CertificateException {
        for (JsonNode secret : dump("dynamic_active_secrets")) {
            String chain = secret.at("/secret/tls_certificate/certificate_chain/inline_bytes")
                    .asString("");
            if (!chain.isEmpty()) {
                return certificates(chain).iterator().next();
            }
        }
        throw new CertificateException(name + " has no certificate");
    }

    /// The roots this Envoy trusts.
    Set<X509Certificate> roots() throws CertificateException {
        Set<X509Certificate> roots = new HashSet<>();
        for (JsonNode secret : dump("dynamic_active_secrets")) {
            for (JsonNode domain :
                    secret.at("/secret/validation_context/custom_validator_config/typed_config/trust_domains")) {
                roots.addAll(
                        certificates(domain.at("/trust_bundle/inline_bytes").asString("")));
            }
        }
        return roots;
    }

    private static List<X509Certificate> certificates(String base64) throws CertificateException {
        return CertificateFactory.getInstance("X.509")
                .generateCertificates(
                        new ByteArrayInputStream(Base64.getDecoder().decode(base64)))
                .stream()
                .map(X509Certificate.class::cast)
                .toList();
    }

    private JsonNode dump(String kind) {
        return JSON.readTree(admin().text("/config_dump?resource=" + kind)).path("configs");
    }

    private static String stand(JsonNode resource) {
        return "version " + resource.path("version_info").asString("") + " since "
                + resource.path("last_updated").asString("");
    }

    /// How many responses of these types this Envoy took, certificates and endpoints apart.
    SortedMap<String, Long> updates() {
        SortedMap<String, Long> all = new TreeMap<>();
        admin().text("/stats?filter=(cds|lds|rds).*update_success$").lines().forEach(line -> {
            int colon = line.lastIndexOf(": ");
            all.put(line.substring(0, colon), Long.parseLong(line.substring(colon + 2)));
        });
        return all;
    }

    boolean isConnected() {
        return stat("control_plane.connected_state").orElse(0L) == 1;
    }

    String log() {
        try {
            return Files.readString(workDir.resolve("log"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /// SIGKILL.
    void kill() {
        process.toHandle().destroyForcibly();
        awaitEnd();
    }

    int awaitEnd() {
        try {
            if (!process.waitFor(120, TimeUnit.SECONDS)) {
                throw new AssertionError(name + " does not end");
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(5, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                process.waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
