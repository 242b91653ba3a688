package io.higuma.schema.core;

import io.higuma.model.Names;
import io.higuma.model.Problems;
import io.higuma.model.core.DataplaneSpec;
import io.higuma.model.core.DataplaneSpec.Inbound;
import io.higuma.model.core.DataplaneSpec.Networking;
import io.higuma.model.core.DataplaneSpec.Outbound;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// Dataplane, contract 1.5.
final class DataplaneValidator {

    private static final List<String> BACKENDS = List.of("MeshExternalService", "MeshMultiZoneService", "MeshService");
    private static final Pattern TAG_NAME = Pattern.compile("[a-zA-Z0-9.\\-_:/]*");
    private static final Pattern TAG_VALUE = Pattern.compile("[a-zA-Z0-9.\\-_:]*");
    private static final String PORT_RANGE = "port must be in the range [1, 65535]";

    private DataplaneValidator() {}

    static void validate(DataplaneSpec spec, Problems problems) {
        Networking networking = spec.networking();
        address(networking.address(), problems);
        networking.admin().flatMap(DataplaneSpec.Admin::port).ifPresent(port -> admin(networking, port, problems));
        networking.gateway().ifPresent(gateway -> gateway(networking, gateway, problems));
        for (int i = 0; i < networking.inbound().size(); i++) {
            inbound("networking.inbound[" + i + "]", networking.inbound().get(i), networking, problems);
        }
        inboundCollisions(networking, problems);
        for (int i = 0; i < networking.outbound().size(); i++) {
            outbound("networking.outbound[" + i + "]", networking.outbound().get(i), problems);
        }
        listeners(networking, problems);
        networking.transparentProxying().ifPresent(redirect -> {
            redirect("redirectPortInbound", redirect.redirectPortInbound(), problems);
            redirect("redirectPortOutbound", redirect.redirectPortOutbound(), problems);
        });
        networking
                .transparentProxying()
                .flatMap(DataplaneSpec.TransparentProxying::reachableBackends)
                .ifPresent(reachable -> reachable(reachable, problems));
    }

    private static void address(String address, Problems problems) {
        if (address.isEmpty()) {
            problems.add("networking.address", "address can't be empty");
        } else if (address.equals("0.0.0.0") || address.equals("::")) {
            problems.add("networking.address", "must not be 0.0.0.0 or ::");
        } else if (!Addresses.isIp(address) && !Names.subdomain(address).isEmpty()) {
            problems.add("networking.address", "address has to be valid IP address or domain name");
        }
    }

    private static void admin(Networking networking, int port, Problems problems) {
        if (networking.inbound().stream().anyMatch(in -> in.port() == port)) {
            problems.add("networking.admin.port", "must differ from inbound");
        }
        if (networking.outbound().stream().anyMatch(out -> out.port() == port)) {
            problems.add("networking.admin.port", "must differ from outbound");
        }
    }

    private static void gateway(Networking networking, DataplaneSpec.Gateway gateway, Problems problems) {
        if (!networking.inbound().isEmpty()) {
            problems.add("networking.inbound", "inbound cannot be defined for delegated gateways");
        }
        if (!networking.listeners().isEmpty()) {
            problems.add("networking.listeners", "listeners cannot be defined for delegated gateways");
        }
        Map<String, String> tags = gateway.tags();
        if (!tags.isEmpty() && !tags.containsKey("kuma.io/service")) {
            problems.add("networking.gateway.tags", "mandatory tag \"kuma.io/service\" is missing");
        }
        tags.forEach((name, value) -> tag("networking.gateway.tags[\"" + name + "\"]", name, value, problems));
    }

    private static void tag(String path, String name, String value, Problems problems) {
        if (name.equals("kuma.io/protocol") && !value.equals("tcp")) {
            problems.add(path, "other values than tcp are not allowed, provided value \"" + value + "\"");
        }
        if (name.isEmpty()) {
            problems.add(path, "tag name must be non-empty");
        } else if (!TAG_NAME.matcher(name).matches()) {
            problems.add(
                    path, "tag name must consist of alphanumeric characters, dots, dashes, slashes and underscores");
        }
        if (value.isEmpty()) {
            problems.add(path, "tag value must be non-empty");
        } else if (!TAG_VALUE.matcher(value).matches()) {
            problems.add(path, "tag value must consist of alphanumeric characters, dots, dashes and underscores");
        }
    }

    private static void inbound(String path, Inbound inbound, Networking networking, Problems problems) {
        port(path + ".port", inbound.port(), problems);
        inbound.servicePort().filter(p -> p != 0).ifPresent(p -> port(path + ".servicePort", p, problems));
        inbound.serviceAddress().filter(a -> !a.isEmpty()).ifPresent(address -> {
            String own = inbound.address().filter(a -> !a.isEmpty()).orElse(networking.address());
            if (!Addresses.isIp(address)) {
                problems.add(path + ".serviceAddress", "serviceAddress has to be valid IP address");
            } else if (address.equals(own) && inbound.workloadPort() == inbound.port()) {
                problems.add(
                        path + ".serviceAddress", "serviceAddress and servicePort has to differ from address and port");
            }
        });
        inbound.address()
                .filter(a -> !a.isEmpty() && !Addresses.isIp(a))
                .ifPresent(a -> problems.add(path + ".address", "address has to be valid IP address"));
        inbound.serviceProbe().ifPresent(probe -> probe(path + ".serviceProbe", probe, problems));
    }

    private static void probe(String path, DataplaneSpec.ServiceProbe probe, Problems problems) {
        positive(path + ".interval", probe.interval(), problems);
        positive(path + ".timeout", probe.timeout(), problems);
        threshold(path + ".unhealthyThreshold", probe.unhealthyThreshold(), problems);
        threshold(path + ".healthyThreshold", probe.healthyThreshold(), problems);
    }

    private static void positive(String path, Optional<Duration> value, Problems problems) {
        value.filter(v -> !v.isPositive()).ifPresent(v -> problems.add(path, "must have a positive value"));
    }

    private static void threshold(String path, Optional<Integer> value, Problems problems) {
        value.filter(v -> v <= 0).ifPresent(v -> problems.add(path, "must have a positive value"));
    }

    /// Two inbounds on one address and port, or under one name: refused on purpose, Envoy could serve only one.
    private static void inboundCollisions(Networking networking, Problems problems) {
        Set<String> places = new HashSet<>();
        Set<String> sections = new HashSet<>();
        for (int i = 0; i < networking.inbound().size(); i++) {
            Inbound inbound = networking.inbound().get(i);
            String place =
                    inbound.address().filter(a -> !a.isEmpty()).orElse(networking.address()) + ":" + inbound.port();
            if (!places.add(place)) {
                problems.add("networking.inbound[" + i + "].port", place + " is already used by another inbound");
            } else if (!sections.add(inbound.section())) {
                problems.add(
                        "networking.inbound[" + i + "].name",
                        "name \"" + inbound.section() + "\" must be unique across inbounds and listeners");
            }
        }
    }

    private static void outbound(String path, Outbound outbound, Problems problems) {
        port(path + ".port", outbound.port(), problems);
        outbound.address()
                .filter(a -> !a.isEmpty() && !Addresses.isIp(a))
                .ifPresent(a -> problems.add(path + ".address", "address has to be valid IP address"));
        DataplaneSpec.BackendRef ref = outbound.backendRef();
        if (!BACKENDS.contains(ref.kind())) {
            problems.add(
                    path + ".backendRef.kind", "invalid value. Available values are: " + String.join(",", BACKENDS));
        }
        if (ref.name().filter(n -> !n.isEmpty()).isPresent() != ref.labels().isEmpty()) {
            problems.add(path + ".backendRef", "either 'name' or 'labels' should be specified");
        }
        if (!ref.kind().equals("MeshExternalService")) {
            port(path + ".backendRef.port", ref.port().orElse(0), problems);
        }
    }

    private static void listeners(Networking networking, Problems problems) {
        Map<String, DataplaneSpec.ListenerType> used = new HashMap<>();
        Set<String> names = new HashSet<>();
        networking.inbound().forEach(in -> names.add(in.section()));
        for (int i = 0; i < networking.listeners().size(); i++) {
            DataplaneSpec.Listener listener = networking.listeners().get(i);
            String path = "networking.listeners[" + i + "]";
            if (listener.address().isEmpty()) {
                problems.add(path + ".address", "address can't be empty");
            } else if (!Addresses.isIp(listener.address())) {
                problems.add(path + ".address", "address has to be valid IP address");
            }
            port(path + ".port", listener.port(), problems);
            listener.name()
                    .filter(n -> !n.isEmpty() && !names.add(n))
                    .ifPresent(n -> problems.add(
                            path + ".name", "name \"" + n + "\" must be unique across inbounds and listeners"));
            String place = listener.address() + ":" + listener.port();
            DataplaneSpec.ListenerType other = used.putIfAbsent(place, listener.type());
            if (other == listener.type()) {
                problems.add(path, "address:port " + place + " is already used by another listener");
            } else if (other != null) {
                problems.add(path, "address:port " + place + " is used by listeners of different types");
            }
            boolean collides = networking.inbound().stream()
                    .anyMatch(in -> in.port() == listener.port()
                            && in.address().orElse(networking.address()).equals(listener.address()));
            if (collides) {
                problems.add(path, "address:port " + place + " collides with an inbound listener");
            }
        }
    }

    private static void reachable(DataplaneSpec.ReachableBackends reachable, Problems problems) {
        for (int i = 0; i < reachable.refs().size(); i++) {
            DataplaneSpec.ReachableBackend ref = reachable.refs().get(i);
            // the misspelling is the contract's
            String path = "networking.transparentProxing.reachableBackends.refs[" + i + "]";
            if (!BACKENDS.contains(ref.kind())) {
                problems.add(path + ".kind", "invalid value. Available values are: " + String.join(",", BACKENDS));
            }
            ref.name()
                    .filter(n -> !n.isEmpty() && !Names.subdomain(n).isEmpty())
                    .ifPresent(n -> problems.add(path + ".name", Names.INVALID_NAME));
            boolean named = ref.name().filter(n -> !n.isEmpty()).isPresent();
            if (!named && ref.labels().isEmpty()) {
                problems.add(
                        path + ".name",
                        ref.namespace().isPresent()
                                ? "name is required, when namespace is defined"
                                : "name or labels are required");
            }
            if (named && !ref.labels().isEmpty()) {
                problems.add(path + ".labels", "labels cannot be defined when name is specified");
            }
        }
    }

    /// Checked on purpose: the reference takes any number.
    private static void redirect(String field, Optional<Integer> port, Problems problems) {
        port.filter(p -> p != 0).ifPresent(p -> port("networking.transparentProxying." + field, p, problems));
    }

    private static void port(String path, int port, Problems problems) {
        if (port < 1 || port > 65535) {
            problems.add(path, PORT_RANGE);
        }
    }
}
