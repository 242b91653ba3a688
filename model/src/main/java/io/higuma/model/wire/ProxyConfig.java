package io.higuma.model.wire;

import java.util.EnumMap;
import java.util.Map;

/// Everything one proxy shall hold, at one revision of the store. Immutable; a thousand streams look into theirs for
/// each change, so a set is one step away.
public final class ProxyConfig {

    private static final TypeUrl[] TYPES = TypeUrl.values();

    private final long revision;
    private final ResourceSet[] sets = new ResourceSet[TYPES.length];

    /// @param revision the revision of the snapshot it was compiled from
    /// @param sets one set per type; a type without resources has [ResourceSet#EMPTY]
    public ProxyConfig(long revision, Map<TypeUrl, ResourceSet> sets) {
        this.revision = revision;
        for (TypeUrl type : TYPES) {
            this.sets[place(type)] = sets.getOrDefault(type, ResourceSet.EMPTY);
        }
    }

    @SuppressWarnings("EnumOrdinal") // a place in an array that nobody else sees
    private static int place(TypeUrl type) {
        return type.ordinal();
    }

    public long revision() {
        return revision;
    }

    public ResourceSet set(TypeUrl type) {
        return sets[place(type)];
    }

    /// The sets by type. A copy: for places where nobody waits.
    public Map<TypeUrl, ResourceSet> sets() {
        Map<TypeUrl, ResourceSet> copy = new EnumMap<>(TypeUrl.class);
        for (TypeUrl type : TYPES) {
            copy.put(type, set(type));
        }
        return copy;
    }
}
