package io.higuma.xds;

import io.higuma.model.wire.Bytes;
import io.higuma.model.wire.ResourceSet;
import io.higuma.model.wire.TypeUrl;
import io.higuma.model.wire.WireResource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// What one client holds of one type: a set that it shares with other streams, and where it differs from
/// it. A thousand streams that hold the same thousand resources hold them once. Owner: the stream's event
/// loop.
final class Held {

    /// The version that stands for "knows that it does not exist".
    static final String ABSENT = "";

    private static final int MANY = 8;
    private static final Bytes NONE = Bytes.wrap(new byte[0]);

    private final TypeUrl type;
    private ResourceSet base = ResourceSet.EMPTY;
    /// By name what is not as in `base`; null for a name that is only there.
    private Map<String, @Nullable WireResource> different = new HashMap<>(0);
    /// Whether `different` was written to since the client was last settled.
    private boolean touched;

    Held(TypeUrl type) {
        this.type = type;
    }

    @Nullable
    WireResource get(String name) {
        if (different.isEmpty()) {
            return base.get(name);
        }
        WireResource other = different.get(name);
        return other != null || different.containsKey(name) ? other : base.get(name);
    }

    void put(WireResource resource) {
        touched = true;
        different.put(resource.name(), resource);
    }

    /// The client holds a version whose bytes we may not have, or [#ABSENT].
    void put(String name, String version) {
        touched = true;
        different.put(name, new WireResource(type, name, version, NONE));
    }

    void remove(String name) {
        touched = true;
        if (base.get(name) == null) {
            different.remove(name);
        } else {
            different.put(name, null);
        }
    }

    void retain(Predicate<String> wanted) {
        for (String name : names()) {
            if (!wanted.test(name)) {
                remove(name);
            }
        }
    }

    /// The client holds all of `set` that it asked for. What it did not ask for does no harm here: a name
    /// that is asked for anew is always sent. Costs what differed, not what there is.
    void settledOn(ResourceSet set) {
        if (base == set && !touched) {
            return;
        }
        base = set;
        touched = false;
        if (!different.isEmpty()) {
            int before = different.size();
            different
                    .values()
                    .removeIf(resource ->
                            resource == null || !resource.version().equals(ABSENT) || set.get(resource.name()) != null);
            if (different.isEmpty() && before > MANY) {
                different = new HashMap<>(0); // a table keeps the size that it had when the client came
            }
        }
    }

    /// Whether exactly the set that is shared is held.
    boolean isAsShared() {
        return different.isEmpty();
    }

    /// Names of what is held, absent ones included.
    Collection<String> names() {
        List<String> names = new ArrayList<>(base.size() + different.size());
        base.resources().forEach(resource -> {
            if (!different.containsKey(resource.name())) {
                names.add(resource.name());
            }
        });
        different.forEach((name, resource) -> {
            if (resource != null) {
                names.add(name);
            }
        });
        return names;
    }

    /// What is held and not in `set`, by name, as far as its bytes are known, so that it can be sent again.
    SortedMap<String, WireResource> outside(ResourceSet set) {
        SortedMap<String, WireResource> resources = new TreeMap<>();
        for (String name : names()) {
            WireResource resource = get(name);
            if (resource != null && resource.bytes().size() > 0 && set.get(name) == null) {
                resources.put(name, resource);
            }
        }
        return resources;
    }
}
