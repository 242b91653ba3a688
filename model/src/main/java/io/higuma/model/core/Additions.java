package io.higuma.model.core;

import io.higuma.model.ComputedLabels;
import io.higuma.model.Labels;
import io.higuma.model.Resource;
import io.higuma.model.ResourceMeta;
import io.higuma.model.core.DataplaneSpec.Gateway;
import io.higuma.model.core.DataplaneSpec.ListenerType;
import io.higuma.model.core.DataplaneSpec.Networking;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// What the control plane adds to whatever is written through it: computed labels and, on a Dataplane, the zone among
/// the tags of a gateway and labels that name its kinds of zone listeners (contract 1.5 and 2.6).
public final class Additions {

    private static final String ENABLED = "enabled";

    private Additions() {}

    /// The resource as it is stored, with a meta that no store has touched yet.
    public static Resource to(Resource given, ComputedLabels site) {
        Labels labels = site.of(given.type(), given.mesh(), given.name(), given.labels());
        if (!(given.spec() instanceof DataplaneSpec dataplane)) {
            return given.withMeta(ResourceMeta.unstored(labels));
        }
        Networking networking = dataplane.networking();
        for (ListenerType type : ListenerType.values()) {
            labels = networking.listeners().stream().anyMatch(listener -> listener.type() == type)
                    ? labels.with(label(type), ENABLED)
                    : labels.without(label(type));
        }
        return new Resource(
                given.type(),
                given.key(),
                ResourceMeta.unstored(labels),
                new DataplaneSpec(zoned(networking, site)),
                given.status());
    }

    private static String label(ListenerType type) {
        return switch (type) {
            case ZONE_INGRESS -> Labels.LISTENER_ZONE_INGRESS;
            case ZONE_EGRESS -> Labels.LISTENER_ZONE_EGRESS;
        };
    }

    private static Networking zoned(Networking networking, ComputedLabels site) {
        Optional<Gateway> gateway = networking.gateway();
        if (gateway.isEmpty() || site.global()) {
            return networking;
        }
        Map<String, String> tags = new TreeMap<>(gateway.get().tags());
        tags.put(Labels.ZONE, site.zone());
        return new Networking(
                networking.address(),
                networking.admin(),
                networking.inbound(),
                networking.outbound(),
                Optional.of(new Gateway(tags, gateway.get().type())),
                networking.listeners(),
                networking.transparentProxying());
    }
}
