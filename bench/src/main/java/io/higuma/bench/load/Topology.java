package io.higuma.bench.load;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/// The names and addresses of a workload: pure arithmetic, so that whoever reads a
/// ClusterLoadAssignment can say which service it is for. Dataplane `n` has the address
/// `10.100.100.100` plus `n` to the base 100; addresses from `10.128` on are marks of changes (see
/// [io.higuma.bench.wire.Marks]). Names and addresses all have one length.
public final class Topology {

    public static final String MESH = "default";
    public static final int PORT = 8080;
    private static final int LOWEST = 100;
    private static final int BASE = 100;

    private final Workload workload;
    private final List<List<Integer>> calls = new ArrayList<>();
    private final List<List<Integer>> streamsOf = new ArrayList<>();

    public Topology(Workload workload) {
        this.workload = workload;
        for (int service = 0; service < workload.services(); service++) {
            calls.add(workload.scope().calls(service, workload.services()));
            streamsOf.add(new ArrayList<>());
        }
        for (int stream = 0; stream < workload.proxies(); stream++) {
            streamsOf.get(service(stream)).add(stream);
        }
    }

    public Workload workload() {
        return workload;
    }

    /// Streams are dealt out to services one after the other, so that a part of them is spread evenly.
    public int service(int stream) {
        return stream % workload.services();
    }

    public int instance(int stream) {
        return stream / workload.services();
    }

    public static String serviceName(int service) {
        return "svc-%04d".formatted(service);
    }

    public static String dataplaneName(int service, int instance) {
        return serviceName(service) + "-%04d".formatted(instance);
    }

    /// The Dataplane of a service that nobody ever connects for; its address is what O2 and O9 change.
    public static String extraName(int service) {
        return serviceName(service) + "-extra";
    }

    public String address(int service, int instance) {
        int n = service * workload.instances() + instance;
        return "10." + (LOWEST + n / BASE / BASE) + "." + (LOWEST + n / BASE % BASE) + "." + (LOWEST + n % BASE);
    }

    /// The service of an address that [#address] gave.
    public int serviceOf(String address) {
        String[] parts = address.split("\\.", -1);
        int n = 0;
        for (int part = 1; part <= 3; part++) {
            n = n * BASE + Integer.parseInt(parts[part]) - LOWEST;
        }
        return n / workload.instances();
    }

    /// The services a service calls, from 0.
    public List<Integer> calls(int service) {
        return calls.get(service);
    }

    /// The streams that see the endpoints of a service.
    public List<Integer> subscribers(int service) {
        TreeSet<Integer> streams = new TreeSet<>();
        for (int caller = 0; caller < workload.services(); caller++) {
            if (calls.get(caller).contains(service)) {
                streams.addAll(streamsOf.get(caller));
            }
        }
        return List.copyOf(streams);
    }

    public List<Integer> streamsOf(int service) {
        return List.copyOf(streamsOf.get(service));
    }
}
