package io.higuma.model.wire;

import java.util.EnumMap;
import java.util.Map;

/// Everything one proxy shall hold, at one revision of the store.
///
/// @param revision the revision of the snapshot it was compiled from
/// @param sets one set per type; a type without resources has [ResourceSet#EMPTY]
public record ProxyConfig(long revision, Map<TypeUrl, ResourceSet> sets) {

    public ProxyConfig {
        Map<TypeUrl, ResourceSet> copy = new EnumMap<>(TypeUrl.class);
        for (TypeUrl type : TypeUrl.values()) {
            copy.put(type, sets.getOrDefault(type, ResourceSet.EMPTY));
        }
        sets = java.util.Collections.unmodifiableMap(copy);
    }

    public ResourceSet set(TypeUrl type) {
        return sets.getOrDefault(type, ResourceSet.EMPTY);
    }
}
