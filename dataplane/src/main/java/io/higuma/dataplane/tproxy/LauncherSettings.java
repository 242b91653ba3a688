package io.higuma.dataplane.tproxy;

import io.higuma.dataplane.tproxy.TransparentProxyConfig.Outbound;
import io.higuma.dataplane.tproxy.TransparentProxyConfig.Transport;
import io.higuma.dataplane.tproxy.TransparentProxyConfig.UserException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// What the launcher makes of the configuration.
public final class LauncherSettings {

    private LauncherSettings() {}

    /// The same, but root reaches this port: the launcher asks the control plane while no Envoy is there to ask
    /// through.
    public static TransparentProxyConfig exceptLauncher(TransparentProxyConfig config, int port) {
        Outbound outbound = config.outbound();
        List<UserException> users = new ArrayList<>(outbound.notUsers());
        users.add(new UserException(Optional.of(Transport.TCP), List.of(Range.of(port)), Range.of(0)));
        return new TransparentProxyConfig(
                config.user(),
                config.ipv6(),
                config.inbound(),
                new Outbound(
                        outbound.enabled(),
                        outbound.port(),
                        outbound.only(),
                        outbound.notPorts(),
                        outbound.notTo(),
                        users,
                        outbound.first()),
                config.dns(),
                config.networks(),
                config.extras());
    }

    /// What the control plane is told (`reference/dataplane.md` 1.3, `dataplaneConfig`).
    public static ObjectNode json(TransparentProxyConfig config) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("ipFamilyMode", config.ipv6() ? "dualstack" : "ipv4");
        ObjectNode redirect = json.putObject("redirect");
        redirect.putObject("inbound")
                .put("enabled", config.inbound().enabled())
                .put("port", config.inbound().port());
        redirect.putObject("outbound")
                .put("enabled", config.outbound().enabled())
                .put("port", config.outbound().port());
        redirect.putObject("dns")
                .put("enabled", config.dns().enabled())
                .put("port", config.dns().port());
        ArrayNode networks = redirect.putObject("vnet").putArray("networks");
        config.networks()
                .forEach(network -> networks.add(
                        network.device() + ":" + network.addresses().text()));
        return json;
    }
}
