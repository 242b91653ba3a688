package io.higuma.xds;

import io.higuma.model.wire.ResourceSet;
import io.higuma.model.wire.TypeUrl;
import io.higuma.model.wire.WireResource;
import io.higuma.xds.Differences.Step;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// What one stream wants and holds of one type. Owner: the stream's event loop.
///
/// `pending` names what may have to be sent; everything else is known to be in place. So a change
/// costs what it changes, not what there is. The common case costs less: a client that lacks nothing
/// is led from one set to the next by a [Differences.Step] that it shares with all others on the same way.
final class Subscription {

    /// What a name that does not exist costs in a response beside its letters.
    private static final int AROUND_A_NAME = 8;

    private final TypeUrl type;
    private boolean requested;
    private boolean resumed;
    private boolean wildcard;
    private boolean answered;
    private String claimedVersion = "";
    private String refusal = "";

    private ResourceSet target = ResourceSet.EMPTY;
    private final Set<String> names = new HashSet<>();
    /// What the client accepted.
    final Held held;
    /// Versions that were refused; "" for a removal. The client may hold them all the same: Envoy
    /// applies a refused update in part.
    final Map<String, String> refused = new HashMap<>();

    /// A tree, as `pending`: when it is empty it is small, whatever a new stream once asked for.
    private final TreeSet<String> again = new TreeSet<>();
    private final TreeSet<String> pending = new TreeSet<>();
    private @Nullable Response inFlight;
    boolean reported;

    /// The client holds what it asked for of `target`: nothing is pending, under way or refused.
    private boolean atRest;
    /// Known at rest: the client asked for all of `target` and nothing else.
    private boolean wantsTarget;
    /// What a client that was at rest lacks, in place of its names in `pending`.
    private Step step = Step.NONE;
    /// The set that the client holds once it has accepted the step under way; null if none is.
    private @Nullable ResourceSet goal;

    Subscription(TypeUrl type) {
        this.type = type;
        this.held = new Held(type);
    }

    boolean requested() {
        return requested;
    }

    /// Whether the client brought what it holds from an earlier stream.
    boolean resumed() {
        return resumed;
    }

    boolean waiting() {
        return inFlight != null;
    }

    @Nullable
    Response inFlight() {
        return inFlight;
    }

    String refusal() {
        return refusal;
    }

    int nameCount() {
        return names.size();
    }

    ResourceSet target() {
        return target;
    }

    // ---- what the client asks for

    void delta(Request request) {
        if (requested && request.subscribe().isEmpty() && request.unsubscribe().isEmpty()) {
            return;
        }
        leaveRest();
        if (!requested) {
            requested = true;
            wildcard = type.wildcard() && request.subscribe().isEmpty();
            resumed = !request.versions().isEmpty();
            request.subscribe().forEach(this::subscribe);
            again.removeAll(request.versions().keySet());
            request.versions().forEach((name, version) -> {
                if (wildcard || names.contains(name)) {
                    held.put(name, version);
                }
            });
            examineAll();
        } else {
            request.subscribe().forEach(this::subscribe);
        }
        request.unsubscribe().forEach(this::unsubscribe);
    }

    private void subscribe(String name) {
        if (name.equals("*")) {
            if (!wildcard) {
                wildcard = true;
                examineAll();
            }
            return;
        }
        String shared = canonical(name);
        names.add(shared);
        again.add(shared);
        pending.add(shared);
    }

    /// Our own copy of a name that a client wrote: a thousand streams name the same resources.
    private String canonical(String name) {
        WireResource known = target.get(name);
        return known == null ? name : known.name();
    }

    private void unsubscribe(String name) {
        if (name.equals("*")) {
            wildcard = false;
            held.retain(names::contains);
            refused.keySet().retainAll(names);
            pending.retainAll(names);
            again.retainAll(names);
        } else if (names.remove(name)) {
            held.remove(name);
            refused.remove(name);
            if (wildcard) {
                // The client forgets the resource with the name, though the wildcard still covers it.
                again.add(name);
                pending.add(name);
            } else {
                again.remove(name);
                pending.remove(name);
            }
        }
    }

    /// The whole list of names, as every request of the state-of-the-world variant brings it.
    void replaceNames(Request request) {
        leaveRest();
        Set<String> wanted = new TreeSet<>(request.subscribe());
        boolean all = wanted.remove("*") || (type.wildcard() && wanted.isEmpty() && (wildcard || !requested));
        if (!requested) {
            requested = true;
            claimedVersion = request.version();
            resumed = !claimedVersion.isEmpty();
        }
        for (String name : List.copyOf(names)) {
            if (!wanted.contains(name)) {
                unsubscribe(name);
            }
        }
        for (String name : wanted) {
            if (!names.contains(name)) {
                subscribe(name);
            }
        }
        if (all != wildcard) {
            wildcard = all;
            held.retain(this::wants);
        }
        examineAll();
    }

    boolean wants(String name) {
        return wildcard || names.contains(name);
    }

    // ---- what the client shall hold

    void aim(ResourceSet next, Differences differences) {
        if (requested && next != target) {
            Step way = differences.between(type, target, next);
            if (atRest && way.whole() && wantsAll(way)) {
                atRest = false;
                step = way;
            } else if (!way.names().isEmpty()) {
                spellOut();
                pending.addAll(way.names());
            }
        }
        target = next;
        reported = false;
    }

    private boolean wantsAll(Step way) {
        if (wantsTarget && way.changes()) {
            return true;
        }
        wantsTarget = wildcard;
        return way.names().stream().allMatch(this::wants);
    }

    /// From here on `pending` says what the client lacks, name by name.
    void spellOut() {
        atRest = false;
        pending.addAll(step.names());
        step = Step.NONE;
    }

    /// The client asks for something else than before.
    private void leaveRest() {
        spellOut();
        goal = null;
    }

    private void examineAll() {
        pending.addAll(held.names());
        pending.addAll(refused.keySet());
        pending.addAll(names);
        if (wildcard) {
            target.resources().forEach(resource -> pending.add(resource.name()));
        }
    }

    /// Send these once more although the client holds them, or will when it has read what is under way.
    void sendAgain(Collection<String> asked) {
        Set<String> underWay = new HashSet<>();
        if (inFlight != null) {
            inFlight.resources().forEach(resource -> underWay.add(resource.name()));
        }
        spellOut();
        for (String name : asked) {
            if (names.contains(name) && (underWay.contains(name) || isHeld(name))) {
                again.add(name);
                pending.add(name);
            }
        }
    }

    private boolean isHeld(String name) {
        WireResource known = held.get(name);
        return known != null && !known.version().equals(Held.ABSENT);
    }

    Need need(String name) {
        if (!wants(name)) {
            return Need.NOTHING;
        }
        WireResource wanted = target.get(name);
        WireResource has = held.get(name);
        String bad = refused.get(name);
        if (wanted == null) {
            if (has == null) {
                return bad != null && !bad.equals(Held.ABSENT)
                        ? Need.REMOVE
                        : names.contains(name) && bad == null ? Need.TELL_MISSING : Need.NOTHING;
            }
            if (has.version().equals(Held.ABSENT)) {
                return again.contains(name) ? Need.TELL_MISSING : Need.NOTHING;
            }
            return Held.ABSENT.equals(bad) ? Need.NOTHING : Need.REMOVE;
        }
        if (again.contains(name)) {
            return Need.SEND;
        }
        if (bad != null) {
            return bad.equals(wanted.version()) ? Need.NOTHING : Need.SEND;
        }
        return has != null && has.version().equals(wanted.version()) ? Need.NOTHING : Need.SEND;
    }

    /// Forgets names that need nothing; says whether any is left that needs something the test takes.
    private boolean any(Predicate<Need> test) {
        boolean found = false;
        for (var names = pending.iterator(); names.hasNext() && !found; ) {
            Need need = need(names.next());
            if (need == Need.NOTHING) {
                names.remove();
            } else {
                found = test.test(need);
            }
        }
        return found;
    }

    boolean hasAdditions() {
        return requested
                && !atRest
                && (step != Step.NONE
                        || firstAnswerDue()
                        || any(need -> need == Need.SEND || need == Need.TELL_MISSING));
    }

    boolean inPlace() {
        if (atRest) {
            return true;
        }
        boolean inPlace =
                inFlight == null && step == Step.NONE && !any(need -> true) && !(requested && firstAnswerDue());
        if (inPlace && requested && refused.isEmpty()) {
            held.settledOn(target);
            atRest = again.isEmpty();
            // A name that is not in the target would be held as one that does not exist.
            wantsTarget = wildcard || (names.size() == target.size() && held.isAsShared());
        }
        return inPlace;
    }

    /// A wildcard client that holds nothing learns from an empty response that there is nothing.
    boolean firstAnswerDue() {
        return wildcard && !answered && (!resumed || !claimedVersion.isEmpty());
    }

    boolean hasRefused() {
        return !refused.isEmpty();
    }

    List<String> refusedNames() {
        return refused.keySet().stream().sorted().toList();
    }

    // ---- what is sent and answered

    /// As much of what the client lacks as fits into `limit` bytes, and at least one.
    Additions additions(int limit) {
        if (step != Step.NONE && step.bytes() <= limit) {
            return new Additions(step.resources(), List.of());
        }
        spellOut();
        List<WireResource> resources = new ArrayList<>();
        List<String> missing = new ArrayList<>();
        for (String name : take(limit, need -> need != Need.REMOVE)) {
            WireResource wanted = target.get(name);
            if (wanted == null) {
                missing.add(name);
            } else {
                resources.add(wanted);
            }
        }
        return new Additions(resources, missing);
    }

    /// Names of what the client shall hold no more, as many as fit into `limit` bytes, and at least one.
    List<String> removals(int limit) {
        return take(limit, need -> need == Need.REMOVE);
    }

    /// Names that need something the test takes, as many as fit into `limit` bytes, and at least one. Forgets those on
    /// the way that need nothing.
    private List<String> take(int limit, Predicate<Need> test) {
        List<String> taken = new ArrayList<>();
        int size = 0;
        for (var all = pending.iterator(); all.hasNext(); ) {
            String name = all.next();
            Need need = need(name);
            if (need == Need.NOTHING) {
                all.remove();
            } else if (test.test(need)) {
                WireResource wanted = target.get(name);
                size += wanted == null ? name.length() + AROUND_A_NAME : ResponseCodec.sizeOf(wanted);
                if (size > limit && !taken.isEmpty()) {
                    break;
                }
                taken.add(name);
            }
        }
        return taken;
    }

    /// What the client holds that is wanted no more, by name, and can be sent again because its bytes are
    /// known.
    SortedMap<String, WireResource> outgoing() {
        return held.outside(target);
    }

    void sent(Response response) {
        inFlight = response;
        answered = true;
        atRest = false;
        if (step != Step.NONE) {
            step = Step.NONE;
            goal = target;
            return;
        }
        for (WireResource resource : response.resources()) {
            dealtWith(resource.name());
        }
        response.removed().forEach(this::dealtWith);
    }

    private void dealtWith(String name) {
        again.remove(name);
        pending.remove(name);
    }

    /// If the client says it holds exactly this, it is not sent.
    boolean claims(String version, Collection<WireResource> resources) {
        String claimed = claimedVersion;
        claimedVersion = "";
        if (claimed.isEmpty() || !claimed.equals(version)) {
            return false;
        }
        resources.forEach(held::put);
        again.clear();
        answered = true;
        return true;
    }

    void knowsAbsent(String name) {
        pending.remove(name);
        again.remove(name);
        refused.remove(name);
        if (names.contains(name)) {
            held.put(name, Held.ABSENT);
        } else {
            held.remove(name);
        }
    }

    void accept(Response response) {
        inFlight = null;
        ResourceSet reached = goal;
        if (reached != null) {
            goal = null;
            held.settledOn(reached);
            if (reached == target && pending.isEmpty()) {
                atRest = true;
            } else {
                // The wish may have changed while the response was under way.
                response.resources().forEach(resource -> pending.add(resource.name()));
            }
            return;
        }
        for (WireResource resource : response.resources()) {
            settle(resource.name(), resource);
        }
        for (String name : response.removed()) {
            settle(name, null);
        }
    }

    private void settle(String name, @Nullable WireResource resource) {
        refused.remove(name);
        if (wants(name) && resource != null) {
            held.put(resource);
        } else if (names.contains(name)) {
            held.put(name, Held.ABSENT);
        } else {
            held.remove(name);
        }
        // The wish may have changed while the response was under way.
        pending.add(name);
    }

    /// What came together with resources went, as far as anybody can tell: it is told to go once more.
    ///
    /// @return the names the refused response held, sorted
    List<String> refuse(Response response, String message) {
        inFlight = null;
        goal = null;
        refusal = message;
        Set<String> all = new TreeSet<>(response.removed());
        if (response.resources().stream().allMatch(this::alreadyHeld)) {
            response.removed().forEach(name -> refused.put(name, Held.ABSENT));
        }
        for (WireResource resource : response.resources()) {
            if (wants(resource.name()) && !alreadyHeld(resource)) {
                refused.put(resource.name(), resource.version());
                all.add(resource.name());
            }
        }
        pending.addAll(all);
        return List.copyOf(all);
    }

    /// A state-of-the-world response repeats what the client has long accepted; only the rest can be at fault.
    private boolean alreadyHeld(WireResource resource) {
        WireResource known = held.get(resource.name());
        return known != null && known.version().equals(resource.version());
    }
}
