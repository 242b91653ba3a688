package io.higuma.envoy.build;

import io.envoyproxy.envoy.config.core.v3.Locality;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.endpoint.v3.Endpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LbEndpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LocalityLbEndpoints;
import io.higuma.envoy.EndpointGroup;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// ClusterLoadAssignments: one per destination, shared by all that call it.
public final class Endpoints {

    private Endpoints() {}

    private record Place(int priority, String zone) implements Comparable<Place> {
        @Override
        public int compareTo(Place other) {
            int byPriority = Integer.compare(priority, other.priority);
            return byPriority != 0 ? byPriority : zone.compareTo(other.zone);
        }
    }

    /// An empty group is a message too: without it Envoy would wait for the cluster to warm.
    public static ClusterLoadAssignment build(EndpointGroup group) {
        Map<Place, List<EndpointGroup.Endpoint>> places = new TreeMap<>();
        for (EndpointGroup.Endpoint endpoint : group.endpoints()) {
            places.computeIfAbsent(new Place(endpoint.priority(), endpoint.zone()), p -> new ArrayList<>())
                    .add(endpoint);
        }
        ClusterLoadAssignment.Builder assignment =
                ClusterLoadAssignment.newBuilder().setClusterName(group.clusterName());
        places.forEach((place, members) -> assignment.addEndpoints(locality(place, members)));
        return assignment.build();
    }

    private static LocalityLbEndpoints locality(Place place, List<EndpointGroup.Endpoint> members) {
        LocalityLbEndpoints.Builder locality = LocalityLbEndpoints.newBuilder()
                .setLocality(Locality.newBuilder().setZone(place.zone()))
                .setPriority(place.priority())
                .setLoadBalancingWeight(Protos.uint(weight(members)));
        for (EndpointGroup.Endpoint member : members) {
            locality.addLbEndpoints(LbEndpoint.newBuilder()
                    .setLoadBalancingWeight(Protos.uint(member.weight()))
                    .setEndpoint(Endpoint.newBuilder().setAddress(Protos.address(member.address(), member.port()))));
        }
        return locality.build();
    }

    /// What its endpoints weigh together. Envoy does not look at it; gRPC's own clients pass over a
    /// locality without one (gRFC A27).
    private static int weight(List<EndpointGroup.Endpoint> members) {
        int weight = 0;
        for (EndpointGroup.Endpoint member : members) {
            weight += member.weight();
        }
        return weight;
    }
}
