package io.higuma.cli.demo;

import java.net.URI;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;

/// One instance of a service of the shop, as it is written down.
///
/// @param mesh the mesh it is in
/// @param name of the instance, which is the dataplane's name
/// @param workload the service it is an instance of
/// @param version of the service, as a label; empty for none
/// @param address its own loopback address
/// @param inboundPort where its Envoy takes calls from others
/// @param servicePort where the service itself listens
/// @param outbounds target → the port of its own address at which its Envoy takes calls to that target
record Member(
        String mesh,
        String name,
        String workload,
        String version,
        String address,
        int inboundPort,
        int servicePort,
        Map<String, Integer> outbounds) {

    Member {
        outbounds = Map.copyOf(outbounds);
    }

    Member withVersion(String label) {
        return new Member(mesh, name, workload, label, address, inboundPort, servicePort, outbounds);
    }

    /// The service's own door, past every proxy: this is how the demo makes it act.
    URI uri(String path) {
        return URI.create("http://" + address + ":" + servicePort + path);
    }

    /// The document its launcher is given.
    String dataplane() {
        StringJoiner outbound = new StringJoiner("");
        new TreeMap<>(outbounds)
                .forEach((target, port) -> outbound.add("""
                            - {address: %s, port: %d, backendRef: {kind: MeshService, name: %s, port: %d}}
                        """.formatted(address, port, target, inboundPort)));
        return """
                type: Dataplane
                mesh: %s
                name: %s
                labels: {kuma.io/workload: %s%s}
                networking:
                  address: %s
                  inbound: [{port: %d, name: http, servicePort: %d, serviceAddress: %s, protocol: http}]
                """.formatted(
                                mesh,
                                name,
                                workload,
                                version.isEmpty() ? "" : ", version: " + version,
                                address,
                                inboundPort,
                                servicePort,
                                address)
                + (outbounds.isEmpty() ? "" : "  outbound:\n" + outbound);
    }
}
