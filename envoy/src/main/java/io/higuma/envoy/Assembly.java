package io.higuma.envoy;

import com.google.protobuf.Message;
import io.higuma.model.wire.ResourceSet;
import io.higuma.model.wire.TypeUrl;
import io.higuma.model.wire.WireResource;
import io.higuma.policy.Site;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// What is gathered while a part of a proxy is compiled.
final class Assembly {

    private final Interner interner;
    private final String owner;
    private final Contributions contributions;
    private final Map<String, String> taken;
    private final List<WireResource> clusters = new ArrayList<>();
    private final List<WireResource> listeners = new ArrayList<>();
    private final List<WireResource> routes = new ArrayList<>();
    private final Map<String, String> places = new HashMap<>();
    private final List<Origins.Origin> origins = new ArrayList<>();

    /// @param owner what is to blame if two listeners want one place
    /// @param taken places of listeners that are made already
    Assembly(Interner interner, String owner, Contributions contributions, Map<String, String> taken) {
        this.interner = interner;
        this.owner = owner;
        this.contributions = contributions;
        this.taken = taken;
    }

    Contributions contributions() {
        return contributions;
    }

    <K> void cluster(String name, K input, Function<K, ? extends Message> build) {
        clusters.add(interner.intern(TypeUrl.CLUSTER, name, input, build));
    }

    <K> void listener(String name, K input, Function<K, ? extends Message> build) {
        listeners.add(interner.intern(TypeUrl.LISTENER, name, input, build));
    }

    <K> void route(String name, K input, Function<K, ? extends Message> build) {
        routes.add(interner.intern(TypeUrl.ROUTE, name, input, build));
    }

    boolean hasCluster(String name) {
        return clusters.stream().anyMatch(known -> known.name().equals(name));
    }

    List<WireResource> clusters() {
        return clusters;
    }

    List<WireResource> listeners() {
        return listeners;
    }

    List<WireResource> routes() {
        return routes;
    }

    Map<String, String> places() {
        return places;
    }

    List<Origins.Origin> origins() {
        return origins;
    }

    /// Two listeners on one place would make Envoy refuse the second, whichever comes later.
    void claim(String address, int port, String listener) {
        String place = address + ":" + port;
        String own = places.putIfAbsent(place, listener);
        if (own != null) {
            throw collision(own, listener, place);
        }
        String other = taken.get(place);
        if (other != null) {
            throw collision(listener, other, place);
        }
    }

    private CompileException collision(String one, String other, String place) {
        return new CompileException(
                owner,
                "listeners " + one + " and " + other + " both want " + place + "; give one of them another port");
    }

    /// What cannot be made for a site is laid to the policies that speak of it.
    void blaming(Site site, Runnable part) {
        try {
            part.run();
        } catch (CompileException e) {
            throw e.under(contributions.origins(site));
        }
    }

    /// The policies that speak of a site had a hand in a resource.
    void note(String resource, Site site) {
        contributions.origins(site).forEach(origin -> origins.add(new Origins.Origin(resource, origin)));
    }

    /// Resources in a set, on top of those that others have too.
    ResourceSet on(ResourceSet base, List<WireResource> resources) {
        try {
            return ResourceSet.on(base, resources);
        } catch (IllegalArgumentException e) {
            throw new CompileException(owner, String.valueOf(e.getMessage()));
        }
    }

    /// @throws CompileException if some of the resources lead to what is not there
    void whole(Compiled compiled, List<WireResource> resources) {
        Coherence.looseEnd(compiled, resources).ifPresent(end -> {
            throw new CompileException(
                    owner,
                    end.sentence(),
                    List.copyOf(compiled.origins().of(List.of(end.resource().name()))));
        });
    }
}
