package io.higuma.envoy;

import com.google.protobuf.Message;
import io.higuma.envoy.check.Encoding;
import io.higuma.envoy.check.References;
import io.higuma.envoy.flight.EncodeEvent;
import io.higuma.model.wire.Bytes;
import io.higuma.model.wire.Reference;
import io.higuma.model.wire.TypeUrl;
import io.higuma.model.wire.WireResource;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Encoded resources, each made once for all proxies that want the same. The key is the whole input
/// of the builder. A resource that no proxy holds any more goes away by itself.
public final class Interner {

    private static final class Entry extends WeakReference<WireResource> {
        final Object key;

        Entry(Object key, WireResource resource, ReferenceQueue<WireResource> queue) {
            super(resource, queue);
            this.key = key;
        }
    }

    /// The key of an entry: the input and the type, since two builders may take equal records.
    private record Key(TypeUrl type, Object input) {}

    private final ConcurrentMap<Object, Entry> entries = new ConcurrentHashMap<>();
    private final ReferenceQueue<WireResource> gone = new ReferenceQueue<>();

    /// The resource made from `input`: the one that is there, or a new one.
    ///
    /// @param build pure; run at most once for an input while the result is held by anyone
    /// @throws CompileException if the message breaks a constraint of Envoy's
    public <K> WireResource intern(TypeUrl type, String name, K input, Function<K, ? extends Message> build) {
        sweep();
        Key key = new Key(type, input);
        WireResource known = held(entries.get(key));
        if (known != null) {
            return known;
        }
        EncodeEvent event = new EncodeEvent();
        event.begin();
        Message message = build.apply(input);
        byte[] bytes = Encoding.sound(type + " " + name, message);
        List<Reference> references = References.of(message.getDescriptorForType(), bytes);
        WireResource made = WireResource.of(type, name, Bytes.wrap(bytes), references);
        event.end();
        if (event.shouldCommit()) {
            event.of(type.name(), name, made.bytes().size());
            event.commit();
        }
        Entry mine = new Entry(key, made, gone);
        while (true) {
            Entry other = entries.putIfAbsent(key, mine);
            if (other == null) {
                return made;
            }
            WireResource theirs = held(other);
            if (theirs != null) {
                return theirs;
            }
            entries.remove(key, other);
        }
    }

    /// How many distinct resources are held.
    public int size() {
        sweep();
        return entries.size();
    }

    private static @Nullable WireResource held(@Nullable Entry entry) {
        return entry == null ? null : entry.get();
    }

    private void sweep() {
        Object dead;
        while ((dead = gone.poll()) != null) {
            entries.remove(((Entry) dead).key, dead);
        }
    }
}
