package io.higuma.bench.operation;

import com.google.protobuf.InvalidProtocolBufferException;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.endpoint.v3.LocalityLbEndpoints;
import io.higuma.bench.load.Topology;
import io.higuma.bench.wire.Content;
import io.higuma.bench.wire.Fleet;
import io.higuma.bench.wire.Marks;
import io.higuma.bench.wire.Proxy;
import io.higuma.model.wire.TypeUrl;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// Compares what streams hold with what the workload says: each sees the services it calls and no others, each service
/// has exactly its endpoints, and the proxies of one service hold the same but for their own name and address.
final class Consistency {

    private static final int ENOUGH = 50;

    private final Session session;
    private final Topology topology;
    private final List<String> faults = new ArrayList<>();
    private final Map<Content, Integer> services = new HashMap<>();
    private final Map<Integer, Map<String, Body>> groups = new HashMap<>();
    private final Map<String, Integer> extras = new TreeMap<>();

    /// A resource of one proxy, to be compared with the same one of another.
    private record Body(Content content, Proxy of) {}

    private Consistency(Session session) {
        this.session = session;
        this.topology = session.topology();
        for (int service = 0; service < topology.workload().services() + Session.NEWCOMERS; service++) {
            if (session.current(service) != 0) {
                extras.put(Marks.address(session.current(service)), service);
            }
        }
    }

    /// Sentences about what differs; empty if nothing does.
    static List<String> check(Session session) {
        Consistency check = new Consistency(session);
        Fleet fleet = session.fleet();
        for (int stream = 0; stream < fleet.size() && check.faults.size() < ENOUGH; stream++) {
            check.stream(fleet.proxy(stream), fleet.holding(stream));
        }
        return check.faults;
    }

    private void stream(Proxy proxy, Fleet.Holding holding) {
        if (!holding.complete()) {
            faults.add(proxy.name() + " has no stream, or no answer to all it asked for");
        }
        if (!holding.missing().isEmpty()) {
            faults.add(proxy.name() + " lacks what it refers to: "
                    + holding.missing().stream().limit(3).toList() + " and so on, "
                    + holding.missing().size() + " names");
        }
        TreeSet<Integer> seen = new TreeSet<>();
        Map<String, Body> own = new HashMap<>();
        for (Content content : holding.contents()) {
            if (content.type() == TypeUrl.ENDPOINT) {
                int service = services.computeIfAbsent(content, this::serviceOf);
                if (service >= 0) {
                    seen.add(service);
                }
            } else {
                own.put(content.type() + " " + normal(content.name(), proxy), new Body(content, proxy));
            }
        }
        Set<Integer> wanted = new TreeSet<>(topology.calls(proxy.service()));
        for (int service = topology.workload().services();
                service < topology.workload().services() + Session.NEWCOMERS;
                service++) {
            if (session.current(service) != 0) {
                wanted.add(service);
            }
        }
        if (!seen.equals(wanted)) {
            TreeSet<Integer> lacks = new TreeSet<>(wanted);
            lacks.removeAll(seen);
            TreeSet<Integer> extra = new TreeSet<>(seen);
            extra.removeAll(wanted);
            faults.add(proxy.name() + " lacks endpoints of services " + lacks + " and has some of " + extra);
        }
        compare(proxy, own);
    }

    /// The service of a ClusterLoadAssignment, whose endpoints are checked; -1: it has none.
    private int serviceOf(Content content) {
        TreeSet<String> addresses = new TreeSet<>();
        try {
            for (LocalityLbEndpoints locality :
                    ClusterLoadAssignment.parseFrom(content.bytes()).getEndpointsList()) {
                locality.getLbEndpointsList()
                        .forEach(endpoint -> addresses.add(endpoint.getEndpoint()
                                .getAddress()
                                .getSocketAddress()
                                .getAddress()));
            }
        } catch (InvalidProtocolBufferException e) {
            faults.add(content.name() + " cannot be parsed: " + e.getMessage());
            return -1;
        }
        if (addresses.isEmpty()) {
            return -1;
        }
        Integer byExtra = addresses.stream()
                .map(extras::get)
                .filter(s -> s != null)
                .findFirst()
                .orElse(null);
        int service = byExtra != null ? byExtra : topology.serviceOf(addresses.first());
        TreeSet<String> wanted = new TreeSet<>();
        if (service >= 0 && service < topology.workload().services()) {
            for (int i = 0; i < topology.workload().instances(); i++) {
                wanted.add(topology.address(service, i));
            }
        }
        if (byExtra != null || session.current(service) != 0) {
            wanted.add(Marks.address(session.current(service)));
        }
        if (!addresses.equals(wanted)) {
            TreeSet<String> lacks = new TreeSet<>(wanted);
            lacks.removeAll(addresses);
            TreeSet<String> extra = new TreeSet<>(addresses);
            extra.removeAll(wanted);
            faults.add(content.name() + " at some proxy lacks " + lacks + " and has " + extra);
        }
        return service;
    }

    private void compare(Proxy proxy, Map<String, Body> own) {
        Map<String, Body> group = groups.putIfAbsent(proxy.service(), own);
        if (group == null) {
            return;
        }
        if (!group.keySet().equals(own.keySet())) {
            TreeSet<String> differ = new TreeSet<>(group.keySet());
            differ.removeAll(own.keySet());
            TreeSet<String> more = new TreeSet<>(own.keySet());
            more.removeAll(group.keySet());
            faults.add(proxy.name() + " lacks what others of its service have: " + differ + ", and has " + more);
            return;
        }
        own.forEach((key, mine) -> {
            Body theirs = java.util.Objects.requireNonNull(group.get(key));
            if (mine.content() != theirs.content()
                    && mine.content().type() != TypeUrl.SECRET
                    && !Arrays.equals(normal(mine), normal(theirs))) {
                faults.add(proxy.name() + " and " + theirs.of().name() + " differ in " + key);
            }
        });
    }

    private static byte[] normal(Body body) {
        return normal(new String(body.content().bytes(), StandardCharsets.ISO_8859_1), body.of())
                .getBytes(StandardCharsets.ISO_8859_1);
    }

    /// Without what is the proxy's own. Names and addresses of all proxies have one length, so lengths stay the same.
    private static String normal(String text, Proxy proxy) {
        return text.replace(proxy.name(), "~name~").replace(proxy.address(), "~address~");
    }
}
