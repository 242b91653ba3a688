package io.higuma.engine;

import io.higuma.envoy.CompileException;
import io.higuma.envoy.CompiledCalls;
import io.higuma.envoy.ProxyCompiler;
import io.higuma.policy.Calls;
import io.higuma.policy.Contribution;
import io.higuma.policy.Matched;
import io.higuma.policy.Selection;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/// What comes of what proxies call, made once for all that call the same and that the same policies select, and kept
/// as long as one of them holds it. Safe for all threads.
///
/// Destinations and policies are compared by reference: those of one state are the same objects for all proxies. What
/// is equal and yet another object is only made once more.
final class CallPlans {

    /// The whole input.
    private record Key(Calls calls, List<Selection<?>> policies, int hash) {

        static Key of(Calls calls, List<Selection<?>> policies) {
            int hash = System.identityHashCode(calls.destinations());
            for (Selection<?> selection : policies) {
                for (Matched<?> matched : selection.matched()) {
                    hash = 31 * hash + System.identityHashCode(matched.policy());
                }
            }
            return new Key(calls, policies, 31 * hash + calls.certificate().hashCode());
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Key that
                    && hash == that.hash
                    && calls.destinations() == that.calls.destinations()
                    && calls.equals(that.calls)
                    && isSelectedAs(that);
        }

        private boolean isSelectedAs(Key that) {
            for (int kind = 0; kind < policies.size(); kind++) {
                List<? extends Matched<?>> mine = policies.get(kind).matched();
                List<? extends Matched<?>> theirs = that.policies.get(kind).matched();
                if (mine.size() != theirs.size()) {
                    return false;
                }
                for (int i = 0; i < mine.size(); i++) {
                    if (mine.get(i).policy() != theirs.get(i).policy()) {
                        return false;
                    }
                }
            }
            return true;
        }

        @Override
        public int hashCode() {
            return hash;
        }
    }

    private static final class Entry extends WeakReference<CompiledCalls> {
        final Key key;

        Entry(Key key, CompiledCalls made, ReferenceQueue<CompiledCalls> queue) {
            super(made, queue);
            this.key = key;
        }
    }

    private final ProxyCompiler compiler;
    private final ConcurrentMap<Key, Entry> entries = new ConcurrentHashMap<>();
    private final ReferenceQueue<CompiledCalls> gone = new ReferenceQueue<>();

    CallPlans(ProxyCompiler compiler) {
        this.compiler = compiler;
    }

    /// @throws io.higuma.envoy.CompileException if there is no valid configuration
    CompiledCalls of(Planner.Sight sight) {
        Calls calls = sight.view().calls();
        Key key = Key.of(calls, sight.policies());
        Entry known = entries.get(key);
        CompiledCalls held = known == null ? null : known.get();
        if (held != null) {
            return held;
        }
        for (Object dead = gone.poll(); dead != null; dead = gone.poll()) {
            entries.remove(((Entry) dead).key, dead);
        }
        List<Contribution> contributions = new ArrayList<>();
        sight.policies().forEach(each -> contributions.addAll(each.outbound(calls)));
        CompiledCalls made = make(sight, contributions);
        // Two threads may make the same at one time: the resources are interned, so that only the envelope is twice.
        entries.put(key, new Entry(key, made, gone));
        return made;
    }

    private CompiledCalls make(Planner.Sight sight, List<Contribution> contributions) {
        try {
            return compiler.compile(sight.view().calls(), contributions);
        } catch (CompileException e) {
            throw e.of(sight.view().key().toString());
        }
    }
}
