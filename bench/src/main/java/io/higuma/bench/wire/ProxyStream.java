package io.higuma.bench.wire;

import io.higuma.model.wire.TypeUrl;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One proxy: what it holds, what it asks for, over all its connections. Owner: its event loop.
///
/// It asks as Envoy does: clusters; the endpoints and secrets they name; listeners when all endpoints were answered;
/// the routes and secrets those name. Back on a new connection it says at once for every type what it holds; one name
/// that does not exist is asked for as well, because its answer tells that the control plane serves this stream.
final class ProxyStream implements GrpcStream.Receiver {

    private static final String PROBE = "higuma-bench-probe";
    private static final List<TypeUrl> NAMED = List.of(TypeUrl.ENDPOINT, TypeUrl.ROUTE, TypeUrl.SECRET);

    final Proxy proxy;
    final EventLoop loop;
    private final LoopTools tools;
    private final Contents contents;
    private final Board board;
    private final Map<TypeUrl, Map<String, Content>> held = new EnumMap<>(TypeUrl.class);
    /// How many resources refer to a name, by type of the name.
    private final Map<TypeUrl, Map<String, Integer>> wanted = new EnumMap<>(TypeUrl.class);
    /// Names asked for and not answered yet.
    private final Map<TypeUrl, Set<String>> unanswered = new EnumMap<>(TypeUrl.class);
    /// Names to ask for, and to give up, with the next requests.
    private final Map<TypeUrl, Set<String>> added = new EnumMap<>(TypeUrl.class);

    private final Map<TypeUrl, Set<String>> dropped = new EnumMap<>(TypeUrl.class);
    private final Set<TypeUrl> requested = EnumSet.noneOf(TypeUrl.class);
    private final Set<TypeUrl> answered = EnumSet.noneOf(TypeUrl.class);
    final Traffic traffic = new Traffic();
    private final List<Content> marked = new ArrayList<>();
    private final Set<TypeUrl> changed = EnumSet.noneOf(TypeUrl.class);
    private long received;
    private boolean resumed;
    private boolean complete;
    private boolean follow;
    private @Nullable GrpcStream stream;
    /// Called when the connection is over; set by who connects.
    private Runnable afterwards = () -> {};

    private Runnable whenOpened = () -> {};

    ProxyStream(Proxy proxy, EventLoop loop, LoopTools tools, Contents contents, Board board) {
        this.proxy = proxy;
        this.loop = loop;
        this.tools = tools;
        this.contents = contents;
        this.board = board;
        for (TypeUrl type : TypeUrl.values()) {
            held.put(type, new HashMap<>());
        }
        for (TypeUrl type : NAMED) {
            wanted.put(type, new HashMap<>());
            unanswered.put(type, new LinkedHashSet<>());
            added.put(type, new LinkedHashSet<>());
            dropped.put(type, new LinkedHashSet<>());
        }
    }

    private static <T> T of(Map<TypeUrl, T> map, TypeUrl type) {
        return java.util.Objects.requireNonNull(map.get(type));
    }

    Map<String, Content> held(TypeUrl type) {
        return Collections.unmodifiableMap(of(held, type));
    }

    /// Names asked for of a type.
    Set<String> wanted(TypeUrl type) {
        return Collections.unmodifiableSet(of(wanted, type).keySet());
    }

    boolean isComplete() {
        return complete && stream != null;
    }

    /// Forgets everything, as a proxy that was started anew.
    void forget() {
        for (TypeUrl type : TypeUrl.values()) {
            of(held, type).clear();
        }
        for (TypeUrl type : NAMED) {
            of(wanted, type).clear();
        }
    }

    /// A new connection begins.
    GrpcStream begin(byte[] headers, Runnable whenOver) {
        requested.clear();
        answered.clear();
        for (TypeUrl type : NAMED) {
            of(unanswered, type).clear();
            of(added, type).clear();
            of(dropped, type).clear();
        }
        complete = false;
        resumed = !of(held, TypeUrl.CLUSTER).isEmpty();
        afterwards = whenOver;
        GrpcStream made = new GrpcStream(this, headers, tools);
        stream = made;
        return made;
    }

    /// Called once the connection stands.
    void onOpened(Runnable heard) {
        whenOpened = heard;
    }

    void reading(boolean on) {
        GrpcStream open = stream;
        if (open != null) {
            open.reading(on);
        }
    }

    void close(boolean politely) {
        GrpcStream open = stream;
        afterwards = () -> {};
        if (open != null) {
            open.close(politely);
        }
    }

    @Override
    public void opened() {
        whenOpened.run();
        ask(TypeUrl.CLUSTER, List.of(), List.of());
        if (resumed) {
            Set<String> endpoints = new LinkedHashSet<>(wanted(TypeUrl.ENDPOINT));
            endpoints.add(PROBE);
            of(unanswered, TypeUrl.ENDPOINT).add(PROBE);
            ask(TypeUrl.ENDPOINT, endpoints, List.of());
            ask(TypeUrl.LISTENER, List.of(), List.of());
            for (TypeUrl type : List.of(TypeUrl.ROUTE, TypeUrl.SECRET)) {
                if (!wanted(type).isEmpty()) {
                    ask(type, wanted(type), List.of());
                }
            }
        }
    }

    private void ask(TypeUrl type, Collection<String> subscribe, Collection<String> unsubscribe) {
        GrpcStream open = stream;
        if (open == null) {
            return;
        }
        RequestWriter writer = tools.writer.begin(type).subscribe(subscribe).unsubscribe(unsubscribe);
        if (requested.isEmpty()) {
            writer.node(proxy.node().array());
        }
        if (requested.add(type)) {
            of(held, type).forEach((name, content) -> writer.initialVersion(name, content.version()));
        }
        int size = writer.finish();
        open.send(writer.array(), size);
    }

    @Override
    public void message(byte[] bytes, int from, int size) {
        received = System.nanoTime();
        ResponseReader reader = tools.reader;
        reader.read(bytes, from, size);
        TypeUrl type = reader.type();
        traffic.message(type, size + 5, reader.resourceCount());
        boolean news = false;
        for (int i = 0; i < reader.resourceCount(); i++) {
            reader.resource(i, tools.slices);
            news |= take(contents.intern(type, bytes, tools.slices, tools.crc));
        }
        for (int i = 0; i < reader.removedCount(); i++) {
            news |= remove(type, reader.removedName(i));
        }
        answered.add(type);
        acknowledge(type, bytes, reader);
        if (news) {
            changed.add(type);
        }
        if (follow) {
            follow = false;
            follow();
        }
        listenersWhenWarm();
    }

    private boolean take(Content content) {
        TypeUrl type = content.type();
        Content old = of(held, type).put(content.name(), content);
        if (NAMED.contains(type)) {
            of(unanswered, type).remove(content.name());
        }
        if (old == content) {
            traffic.repeated(type);
            return false;
        }
        refer(old, content);
        if (content.mark() != 0) {
            marked.add(content);
        }
        return true;
    }

    private boolean remove(TypeUrl type, String name) {
        if (NAMED.contains(type)) {
            of(unanswered, type).remove(name);
        }
        if (name.equals(PROBE)) {
            of(dropped, type).add(PROBE);
            follow = true;
            return false;
        }
        Content old = of(held, type).remove(name);
        refer(old, null);
        return old != null;
    }

    /// Counts references; the first one to a name asks for it, the last one gives it up.
    private void refer(@Nullable Content old, @Nullable Content now) {
        References before = old == null ? References.NONE : old.references();
        References after = now == null ? References.NONE : now.references();
        if (before.equals(after)) {
            return;
        }
        for (TypeUrl type : NAMED) {
            Map<String, Integer> counts = of(wanted, type);
            for (String name : after.names(type)) {
                if (counts.merge(name, 1, Integer::sum) == 1
                        && !of(dropped, type).remove(name)) {
                    of(added, type).add(name);
                    follow = true;
                }
            }
            for (String name : before.names(type)) {
                if (counts.merge(name, -1, (count, less) -> count + less == 0 ? null : count + less) == null
                        && !of(added, type).remove(name)) {
                    of(dropped, type).add(name);
                    follow = true;
                }
            }
        }
    }

    private void acknowledge(TypeUrl type, byte[] bytes, ResponseReader reader) {
        GrpcStream open = stream;
        if (open != null) {
            RequestWriter writer = tools.writer.begin(type).nonce(bytes, reader.nonce(), reader.nonceLength());
            int size = writer.finish();
            open.send(writer.array(), size);
        }
    }

    /// Asks for what is newly referred to, and gives up what no longer is.
    private void follow() {
        for (TypeUrl type : NAMED) {
            Set<String> more = of(added, type);
            Set<String> less = of(dropped, type);
            if (more.isEmpty() && less.isEmpty()) {
                continue;
            }
            of(unanswered, type).addAll(more);
            of(unanswered, type).removeAll(less);
            less.forEach(of(held, type)::remove);
            ask(type, more, less);
            more.clear();
            less.clear();
        }
    }

    private void listenersWhenWarm() {
        if (!requested.contains(TypeUrl.LISTENER)
                && answered.contains(TypeUrl.CLUSTER)
                && of(unanswered, TypeUrl.ENDPOINT).isEmpty()) {
            ask(TypeUrl.LISTENER, List.of(), List.of());
        }
    }

    /// Everything that was read is acknowledged and has left: now it counts.
    @Override
    public void rested() {
        if (received == 0) {
            return;
        }
        long now = System.nanoTime();
        tools.lastMessage = now;
        for (Content content : marked) {
            board.marked(proxy.index(), content, received, now);
        }
        marked.clear();
        for (TypeUrl type : changed) {
            board.changed(proxy.index(), type, now);
        }
        changed.clear();
        received = 0;
        if (!complete && everythingAnswered()) {
            complete = true;
            board.complete(proxy.index(), now);
        }
    }

    private boolean everythingAnswered() {
        boolean wildcards = resumed || (answered.contains(TypeUrl.CLUSTER) && answered.contains(TypeUrl.LISTENER));
        return wildcards && NAMED.stream().allMatch(type -> of(unanswered, type).isEmpty());
    }

    @Override
    public void closed(String why) {
        stream = null;
        complete = false;
        marked.clear();
        changed.clear();
        received = 0;
        Runnable then = afterwards;
        afterwards = () -> {};
        if (!why.equals("closed by the client")) {
            board.broke(proxy.index(), why);
        }
        then.run();
    }
}
