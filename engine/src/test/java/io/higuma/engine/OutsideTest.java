package io.higuma.engine;

import static io.higuma.engine.World.captured;
import static io.higuma.engine.World.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.higuma.identity.ServerCertificate;
import io.higuma.model.core.Condition;
import io.higuma.model.core.CoreTypes;
import io.higuma.model.core.DataplaneSpec.InboundState;
import io.higuma.model.core.DataplaneSpec.ReachableBackend;
import io.higuma.model.core.MeshExternalServiceSpec;
import io.higuma.model.core.MeshExternalServiceSpec.Mode;
import io.higuma.model.core.MeshExternalServiceSpec.Verification;
import io.higuma.model.core.Protocol;
import io.higuma.model.core.SecureDataSource;
import io.higuma.model.core.ServiceStatus;
import io.higuma.model.wire.ProxyConfig;
import io.higuma.model.wire.TypeUrl;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// Services outside of the mesh: who is told of them, and with which secrets they are called.
class OutsideTest extends InAWorld {

    private static final String BANK = "kri_extsvc_default_default__bank_443";

    @Test
    void oneIsOneClusterOneListenerAndOneRouteForWhoMayReachIt() {
        world.put(captured("web-1", "web", "127.0.0.1", null));
        world.put(captured("mute-1", "mute", "127.0.0.2", List.of(World.backend("cart"))));
        ReachableBackend outside = new ReachableBackend(
                "MeshExternalService", Optional.of("bank"), Optional.empty(), Optional.empty(), new TreeMap<>());
        world.put(captured("clerk-1", "clerk", "127.0.0.3", List.of(outside)));
        FakeProxy web = world.connect("web-1");
        FakeProxy mute = world.connect("mute-1");
        FakeProxy clerk = world.connect("clerk-1");
        eventually("all are served", () -> web.offers() > 0 && mute.offers() > 0 && clerk.offers() > 0);
        world.quiet();
        ProxyConfig before = web.holds().orElseThrow();
        int offers = mute.offers();

        bank(Optional.empty());

        eventually("web is told", () -> cluster(web).isPresent());
        eventually("the clerk is told", () -> cluster(clerk).isPresent());
        world.quiet();
        assertThat(moved(before, web.holds().orElseThrow()))
                .containsExactly("CLUSTER " + BANK, "LISTENER " + BANK, "ROUTE " + BANK);
        assertThat(mute.offers()).as("nobody else is bothered").isEqualTo(offers);

        world.delete(CoreTypes.MESH_EXTERNAL_SERVICE.key(World.MESH, "bank"));
        eventually("it is gone", () -> cluster(web).isEmpty());
    }

    @Test
    void withoutItsSecretNobodyAnswersAndAChangedSecretMovesTheSecretOnly() {
        world.put(World.dataplane("web-1", "web", "127.0.0.1", List.of(), InboundState.READY));
        world.put(captured("web-1", "web", "127.0.0.1", null));
        FakeProxy web = world.connect("web-1");
        bank(Optional.of(secured("authority")));

        eventually("web is told of a cluster without members", () -> "[]".equals(members(web)));
        eventually("the service says what is missing", () -> condition().contains("no Secret authority"));

        secret("authority", certificate());
        eventually("it can be called", () -> "[bank.example.com]".equals(members(web)));
        eventually("nothing is wrong any more", () -> condition().isEmpty());
        world.quiet();
        ProxyConfig before = web.holds().orElseThrow();
        assertThat(before.set(TypeUrl.SECRET).byName().keySet())
                .contains("kri_extsvc_default_default__bank__authority");

        secret("authority", certificate());
        eventually("web has the new one", () -> web.holds().orElseThrow() != before);
        world.quiet();
        assertThat(moved(before, web.holds().orElseThrow()))
                .containsExactly("SECRET kri_extsvc_default_default__bank__authority");

        secret("authority", "this is no certificate");
        eventually("the service says so", () -> condition().contains("not a certificate"));
        world.quiet();
        assertThat(members(web)).as("what was read before stays").isEqualTo("[bank.example.com]");
        assertThat(web.holds().orElseThrow().set(TypeUrl.SECRET).byName().keySet())
                .contains("kri_extsvc_default_default__bank__authority");

        bank(Optional.of(secured("another")));
        eventually("another source is not the old one", () -> "[]".equals(members(web)));
    }

    @Test
    void aKeyThatIsNotThatOfTheCertificateIsTold() {
        ServerCertificate one = pair();
        ServerCertificate other = pair();
        secret("certificate", one.certificate());
        secret("key", other.key());
        bank(Optional.of(new Verification(
                Mode.SKIP_ALL,
                Optional.empty(),
                List.of(),
                Optional.empty(),
                Optional.of(source("certificate")),
                Optional.of(source("key")))));

        eventually("it is told", () -> condition().equals("clientKey is not the key of clientCert"));
        secret("key", one.key());
        eventually("it is mended", () -> condition().isEmpty());
    }

    private void bank(Optional<Verification> verification) {
        world.put(
                CoreTypes.MESH_EXTERNAL_SERVICE,
                "bank",
                Map.of(),
                new MeshExternalServiceSpec(
                        new MeshExternalServiceSpec.Match(
                                MeshExternalServiceSpec.MatchType.HOSTNAME_GENERATOR, 443, Protocol.HTTP),
                        Optional.empty(),
                        List.of(new MeshExternalServiceSpec.Endpoint("bank.example.com", 443, Optional.empty())),
                        verification.map(given ->
                                new MeshExternalServiceSpec.Tls(true, Optional.empty(), false, Optional.of(given)))));
    }

    private static Verification secured(String secret) {
        return new Verification(
                Mode.SECURED,
                Optional.empty(),
                List.of(),
                Optional.of(source(secret)),
                Optional.empty(),
                Optional.empty());
    }

    private static SecureDataSource source(String secret) {
        return new SecureDataSource(
                SecureDataSource.Type.SECRET,
                Optional.empty(),
                Optional.of(new SecureDataSource.SecretRef("Secret", secret)),
                Optional.empty(),
                Optional.empty());
    }

    private void secret(String name, String text) {
        world.put(World.secret(name, text));
    }

    private static String certificate() {
        return pair().certificate();
    }

    private static ServerCertificate pair() {
        return ServerCertificate.selfSigned(
                List.of("bank.example.com"), Instant.parse("2030-01-01T00:00:00Z"), new SecureRandom());
    }

    /// What keeps the service from being called; empty if nothing does.
    private String condition() {
        return world
                .status(CoreTypes.MESH_EXTERNAL_SERVICE, "bank")
                .map(ServiceStatus::conditions)
                .orElse(List.of())
                .stream()
                .filter(condition -> condition.type().equals(OutsideDesk.CONDITION))
                .map(Condition::message)
                .findFirst()
                .orElse("");
    }

    private static Optional<Cluster> cluster(FakeProxy proxy) {
        return proxy.holds().flatMap(config -> cluster(config, BANK));
    }

    /// The addresses of the members; empty if there is no cluster.
    private static String members(FakeProxy proxy) {
        return cluster(proxy)
                .map(cluster -> cluster.getLoadAssignment().getEndpointsList().stream()
                        .flatMap(place -> place.getLbEndpointsList().stream())
                        .map(member -> member.getEndpoint()
                                .getAddress()
                                .getSocketAddress()
                                .getAddress())
                        .toList()
                        .toString())
                .orElse("");
    }
}
