package io.higuma.xds;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.higuma.model.wire.Bytes;
import io.higuma.model.wire.ProxyConfig;
import io.higuma.model.wire.TypeUrl;
import io.higuma.model.wire.WireResource;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// The listeners of a client that does what Envoy does.
final class ModelListeners {

    /// Those of which the server does not know where they are.
    private final Set<String> ofAnEarlierStream = new TreeSet<>();

    /// Those that went to make room for each other and are to come again.
    private final Set<String> giveWay = new TreeSet<>();
    private final Map<Long, ProxyConfig> offered = new TreeMap<>();
    private int overtaken;

    static WireResource listener(String name, String leadsTo, int port) {
        return WireResource.of(
                TypeUrl.LISTENER,
                name,
                Bytes.wrap(Listener.newBuilder()
                        .setName(name)
                        .setAddress(Address.newBuilder()
                                .setSocketAddress(SocketAddress.newBuilder().setPortValue(port)))
                        .setStatPrefix(leadsTo)
                        .build()
                        .toByteArray()));
    }

    /// What it leads to, and its place.
    static String read(byte[] bytes) {
        try {
            Listener listener = Listener.parseFrom(bytes);
            return listener.getStatPrefix() + ","
                    + listener.getAddress().getSocketAddress().getPortValue();
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }

    /// The client comes back with these.
    void bringAlong(Set<String> names) {
        ofAnEarlierStream.addAll(names);
        giveWay.clear();
    }

    void offered(ProxyConfig config) {
        offered.put(config.revision(), config);
        overtaken += giveWay.isEmpty() ? 0 : 1;
        giveWay.retainAll(config.set(TypeUrl.LISTENER).byName().keySet());
    }

    /// How often a newer configuration came while listeners gave way to each other.
    int overtaken() {
        return overtaken;
    }

    /// While the ports of listeners are closed, nothing goes out that they would have to wait for.
    void sent(Response response) {
        ProxyConfig config = Objects.requireNonNull(offered.get(response.revision()));
        if (response.type() == TypeUrl.CLUSTER) {
            assertThat(giveWay).as("listeners that wait for %s", response).isEmpty();
        } else if (response.type() == TypeUrl.LISTENER) {
            response.resources().forEach(listener -> giveWay.remove(listener.name()));
            response.removed().stream()
                    .filter(name -> config.set(TypeUrl.LISTENER).get(name) != null)
                    .forEach(giveWay::add);
        }
    }

    /// Envoy lets go of what is removed, and refuses what comes to where another still is, though it is to move.
    ///
    /// @param held by name what the client has of what [#read] says
    /// @param strict whether the server can know better
    void take(Response response, Map<String, String> held, boolean strict) {
        Map<String, String> stay = new TreeMap<>(held);
        response.removed().forEach(stay::remove);
        Set<String> named = new TreeSet<>();
        response.resources().forEach(resource -> named.add(resource.name()));
        if (response.variant() == AdsStream.Variant.STATE_OF_THE_WORLD) {
            stay.keySet().retainAll(named);
        }
        stay.keySet().removeAll(ofAnEarlierStream);
        ofAnEarlierStream.removeAll(named);
        for (WireResource resource : strict ? response.resources() : Set.<WireResource>of()) {
            String place = place(read(resource.bytes().array()));
            stay.forEach((name, content) -> assertThat(
                            name.equals(resource.name()) || !place(content).equals(place))
                    .as("%s is in the place of %s, which stays", resource.name(), name)
                    .isTrue());
        }
    }

    private static String place(String content) {
        return content.substring(content.lastIndexOf(',') + 1);
    }
}
