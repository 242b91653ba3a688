package io.higuma.testkit.xds;

import io.higuma.model.wire.ProxyConfig;
import io.higuma.model.wire.TypeUrl;
import io.higuma.xds.ConfigSource;
import io.higuma.xds.Node;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/// A source that offers one configuration to whoever comes, and writes down what it hears.
final class TestSource implements ConfigSource {

    final List<Node> opened = new CopyOnWriteArrayList<>();
    final Set<ProxyStream> streams = ConcurrentHashMap.newKeySet();
    final List<Long> settled = new CopyOnWriteArrayList<>();
    final List<String> rejections = new CopyOnWriteArrayList<>();
    final Map<TypeUrl, Integer> sent = new ConcurrentHashMap<>();
    private volatile ProxyConfig config;

    TestSource(ProxyConfig config) {
        this.config = config;
    }

    void offer(ProxyConfig next) {
        config = next;
        streams.forEach(stream -> stream.offer(next));
    }

    /// How many streams say that they run a revision.
    long settled(long revision) {
        return settled.stream().filter(one -> one == revision).count();
    }

    @Override
    public Session open(Node node, ProxyStream stream) {
        opened.add(node);
        streams.add(stream);
        stream.offer(config);
        return new Session() {
            @Override
            public void settled(long revision) {
                settled.add(revision);
            }

            @Override
            public void rejected(TypeUrl type, long revision, List<String> resources, String message) {
                rejections.add(type + " " + resources + " " + message);
            }

            @Override
            public void stillRejected(TypeUrl type, long revision, List<String> resources, String message) {
                rejections.add("still " + type + " " + resources + " " + message);
            }

            @Override
            public void sent(TypeUrl type, int bytes) {
                sent.merge(type, 1, Integer::sum);
            }

            @Override
            public void closed() {
                streams.remove(stream);
            }
        };
    }
}
