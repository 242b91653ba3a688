package io.higuma.api.inspect;

import io.higuma.model.Kri;
import io.higuma.model.core.DataplaneSpec;
import io.higuma.model.core.Protocol;
import io.higuma.policy.Destination;
import io.higuma.policy.InboundView;
import io.higuma.policy.ProxyIdentity;
import io.higuma.policy.ProxyView;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What a proxy serves and calls, each with its identifier and with the name it has in Envoy (contract 3.7).
final class Layout {

    private Layout() {}

    static ObjectNode of(ProxyView view) {
        ObjectNode layout = Shapes.JSON.objectNode();
        Kri self = Kri.of(view.dataplane());
        layout.put("kri", self.toString());
        ObjectNode labels = layout.putObject("labels");
        view.dataplane().labels().entries().forEach(labels::put);
        ArrayNode inbounds = layout.putArray("inbounds");
        for (InboundView each : view.inbounds()) {
            DataplaneSpec.Inbound inbound = each.inbound();
            entry(
                    inbounds,
                    self.withSection(inbound.section()),
                    inbound.port(),
                    inbound.protocolOrTcp(),
                    each.listenerName());
        }
        Map<String, Destination> called = new TreeMap<>();
        view.destinations().forEach(to -> called.putIfAbsent(to.clusterName(), to));
        ArrayNode outbounds = layout.putArray("outbounds");
        called.values()
                .forEach(to -> entry(
                        outbounds, to.kri(), to.target().number(), to.target().protocol(), to.clusterName()));
        // Listeners of zone proxies are not served.
        layout.putArray("listeners");
        view.identity().map(ProxyIdentity::spiffeId).ifPresent(id -> layout.put("spiffeId", id));
        return layout;
    }

    private static void entry(ArrayNode list, Kri kri, int port, Protocol protocol, String name) {
        list.addObject()
                .put("kri", kri.toString())
                .put("port", port)
                .put("protocol", protocol.name().toLowerCase(Locale.ROOT))
                .put("proxyResourceName", name);
    }
}
