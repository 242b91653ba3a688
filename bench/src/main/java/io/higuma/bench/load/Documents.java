package io.higuma.bench.load;

import java.time.Duration;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// The resources of a workload as JSON, as the contract has them.
public final class Documents {

    private static final int FIRST_OUTBOUND_PORT = 20_000;

    /// How a proxy gets its outbounds.
    public enum Outbounds {
        /// `networking.outbound[]`, each with a `backendRef`.
        EXPLICIT,
        /// Virtual addresses, limited by `reachableBackends` where the workload is scoped.
        VIPS
    }

    private final Topology topology;
    private final Outbounds outbounds;
    private final List<String> newcomers;

    /// @param newcomers names of services that do not exist yet and that every proxy shall see once they do
    public Documents(Topology topology, Outbounds outbounds, List<String> newcomers) {
        this.topology = topology;
        this.outbounds = outbounds;
        this.newcomers = List.copyOf(newcomers);
    }

    /// A Dataplane of the workload.
    public ObjectNode dataplane(int service, int instance) {
        ObjectNode root = bare(
                Topology.dataplaneName(service, instance),
                Topology.serviceName(service),
                topology.address(service, instance));
        ObjectNode networking = (ObjectNode) root.get("networking");
        switch (outbounds) {
            case EXPLICIT -> explicit(networking, topology.calls(service));
            case VIPS -> vips(networking, topology.calls(service));
        }
        return root;
    }

    private void explicit(ObjectNode networking, List<Integer> calls) {
        ArrayNode list = networking.putArray("outbound");
        int port = FIRST_OUTBOUND_PORT;
        for (int called : calls) {
            outbound(list, Topology.serviceName(called), port++);
        }
        for (String newcomer : newcomers) {
            outbound(list, newcomer, port++);
        }
    }

    private static void outbound(ArrayNode list, String service, int port) {
        list.addObject()
                .put("port", port)
                .putObject("backendRef")
                .put("kind", "MeshService")
                .put("name", service)
                .put("port", Topology.PORT);
    }

    private void vips(ObjectNode networking, List<Integer> calls) {
        ObjectNode transparent = networking.putObject("transparentProxying");
        transparent.put("redirectPortInbound", 15006).put("redirectPortOutbound", 15001);
        if (topology.workload().scope() instanceof Scope.All) {
            return;
        }
        ArrayNode refs = transparent.putObject("reachableBackends").putArray("refs");
        for (int called : calls) {
            reachable(refs, Topology.serviceName(called));
        }
        newcomers.forEach(newcomer -> reachable(refs, newcomer));
    }

    private static void reachable(ArrayNode refs, String service) {
        refs.addObject().put("kind", "MeshService").put("name", service).put("port", Topology.PORT);
    }

    /// A Dataplane that calls nobody: the extra one of a service, or the first of a new service.
    public static ObjectNode extra(String name, String service, String address) {
        return bare(name, service, address);
    }

    private static ObjectNode bare(String name, String service, String address) {
        ObjectNode root = resource("Dataplane", name);
        root.putObject("labels").put("kuma.io/workload", service).put("bench-instance", name);
        ObjectNode networking = root.putObject("networking");
        networking.put("address", address);
        networking.putArray("inbound").addObject().put("port", Topology.PORT).put("protocol", "http");
        return root;
    }

    /// A MeshTimeout of requests to everybody.
    ///
    /// @param instance the only proxy it selects; empty: all
    public static ObjectNode timeout(String name, String instance, Duration timeout) {
        ObjectNode root = resource("MeshTimeout", name);
        ObjectNode spec = root.putObject("spec");
        ObjectNode target = spec.putObject("targetRef");
        if (instance.isEmpty()) {
            target.put("kind", "Mesh");
        } else {
            target.put("kind", "Dataplane").putObject("labels").put("bench-instance", instance);
        }
        ObjectNode to = spec.putArray("to").addObject();
        to.putObject("targetRef").put("kind", "Mesh");
        to.putObject("default")
                .putObject("http")
                .put("requestTimeout", "%d.%03ds".formatted(timeout.toSeconds(), timeout.toMillisPart()));
        return root;
    }

    /// A policy of a workload with many: it selects the proxies of one service.
    ///
    /// @param kind `MeshTimeout`, `MeshRetry` or `MeshTrafficPermission`
    public static ObjectNode forService(String kind, String name, String service, int number) {
        ObjectNode root = resource(kind, name);
        ObjectNode spec = root.putObject("spec");
        spec.putObject("targetRef").put("kind", "Dataplane").putObject("labels").put("kuma.io/workload", service);
        switch (kind) {
            case "MeshTrafficPermission" ->
                spec.putArray("rules")
                        .addObject()
                        .putObject("default")
                        .putArray("allow")
                        .addObject()
                        .putObject("spiffeID")
                        .put("type", "Prefix")
                        .put("value", "spiffe://default.default.mesh.local/workload/client-" + number);
            case "MeshRetry" -> {
                ObjectNode to = spec.putArray("to").addObject();
                to.putObject("targetRef").put("kind", "Mesh");
                to.putObject("default").putObject("http").put("numRetries", 1 + number % 9);
            }
            default -> {
                ObjectNode to = spec.putArray("to").addObject();
                to.putObject("targetRef").put("kind", "Mesh");
                to.putObject("default").put("idleTimeout", (100 + number) + "s");
            }
        }
        return root;
    }

    /// An identity for every proxy, by a CA that the control plane makes.
    public static ObjectNode identity(String name) {
        ObjectNode root = resource("MeshIdentity", name);
        ObjectNode spec = root.putObject("spec");
        spec.putObject("selector").putObject("dataplane").putObject("matchLabels");
        ObjectNode provider = spec.putObject("provider").put("type", "Bundled");
        ObjectNode bundled = provider.putObject("bundled").put("insecureAllowSelfSigned", true);
        bundled.putObject("autogenerate").put("enabled", true);
        return root;
    }

    /// A secret that nothing refers to.
    public static ObjectNode secret(String name, int number) {
        return resource("Secret", name)
                .put(
                        "data",
                        java.util.Base64.getEncoder()
                                .encodeToString(
                                        ("unrelated " + number).getBytes(java.nio.charset.StandardCharsets.UTF_8)));
    }

    private static ObjectNode resource(String type, String name) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("type", type)
                .put("mesh", Topology.MESH)
                .put("name", name);
    }
}
