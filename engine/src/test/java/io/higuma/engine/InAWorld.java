package io.higuma.engine;

import com.google.protobuf.InvalidProtocolBufferException;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.higuma.model.core.DataplaneSpec.InboundState;
import io.higuma.model.wire.ProxyConfig;
import io.higuma.model.wire.TypeUrl;
import io.higuma.model.wire.WireResource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;

/// A test that begins with a world and ends with one in which nothing went wrong.
abstract class InAWorld {

    /// An identity that can issue nothing. Its name, and the workload that it is for.
    static final String WITHOUT_AUTHORITY = """
            type: MeshIdentity
            mesh: default
            name: %s
            spec:
              selector: {dataplane: {matchLabels: {kuma.io/workload: %s}}}
              provider:
                type: Bundled
                bundled:
                  ca:
                    certificate: {type: Secret, secretRef: {kind: Secret, name: nobody-wrote-it}}
                    privateKey: {type: Secret, secretRef: {kind: Secret, name: nobody-wrote-it}}
            """;

    final World world = new World();

    @AfterEach
    void end() {
        world.close();
    }

    /// An instance of a service at 127.0.0.9.
    final void server(String name, String workload) {
        server(name, workload, "127.0.0.9");
    }

    /// An instance of a service.
    final void server(String name, String workload, String address) {
        world.put(World.dataplane(name, workload, address, List.of(), InboundState.READY));
    }

    /// What differs between two configurations, by reference: `CLUSTER name`, sorted.
    static List<String> moved(ProxyConfig before, ProxyConfig after) {
        List<String> moved = new ArrayList<>();
        for (TypeUrl type : TypeUrl.values()) {
            Set<String> names = new TreeSet<>(before.set(type).byName().keySet());
            names.addAll(after.set(type).byName().keySet());
            names.stream()
                    .filter(name ->
                            before.set(type).get(name) != after.set(type).get(name))
                    .forEach(name -> moved.add(type + " " + name));
        }
        return moved.stream().sorted().toList();
    }

    static Optional<Cluster> cluster(ProxyConfig config, String name) {
        WireResource resource = config.set(TypeUrl.CLUSTER).get(name);
        try {
            return resource == null
                    ? Optional.empty()
                    : Optional.of(Cluster.parseFrom(resource.bytes().array()));
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }

    /// Whether everything that a proxy was ever offered calls a cluster with mutual TLS, where it has it.
    static boolean neverInPlaintext(FakeProxy proxy, String cluster) {
        return proxy.offered().stream()
                .map(config -> cluster(config, cluster))
                .flatMap(Optional::stream)
                .allMatch(Cluster::hasTransportSocket);
    }
}
