package io.higuma.envoy.build;

import com.google.protobuf.BoolValue;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.envoyproxy.envoy.config.core.v3.TrafficDirection;
import io.envoyproxy.envoy.config.listener.v3.AdditionalAddress;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.listener.v3.ListenerFilter;
import io.envoyproxy.envoy.data.dns.v3.DnsTable;
import io.envoyproxy.envoy.extensions.filters.udp.dns_filter.v3.DnsFilterConfig;
import io.higuma.policy.HostName;
import java.util.List;

/// Answers for the names of the mesh, for launchers that leave no agent behind. Only questions for the mesh are
/// redirected to it, so it asks nobody else.
///
/// @param ipv6 whether questions over IPv6 are redirected too
public record DnsListener(int port, boolean ipv6, List<HostName> names) {

    public static final String NAME = "system_dns";
    private static final long TTL_SECONDS = 30;

    public DnsListener {
        names = List.copyOf(names);
    }

    public Listener build() {
        DnsTable.Builder table = DnsTable.newBuilder();
        for (HostName name : names) {
            table.addVirtualDomains(DnsTable.DnsVirtualDomain.newBuilder()
                    .setName(name.name())
                    .setAnswerTtl(Protos.seconds(TTL_SECONDS))
                    .setEndpoint(DnsTable.DnsEndpoint.newBuilder()
                            .setAddressList(DnsTable.AddressList.newBuilder().addAllAddress(name.addresses()))));
        }
        DnsFilterConfig filter = DnsFilterConfig.newBuilder()
                .setStatPrefix(NAME)
                .setServerConfig(
                        DnsFilterConfig.ServerContextConfig.newBuilder().setInlineDnsTable(table))
                .build();
        Listener.Builder listener = Listener.newBuilder()
                .setName(NAME)
                .setStatPrefix(NAME)
                .setTrafficDirection(TrafficDirection.OUTBOUND)
                .setAddress(udp("127.0.0.1"))
                .setEnableReusePort(BoolValue.of(true))
                .addListenerFilters(ListenerFilter.newBuilder()
                        .setName("envoy.filters.udp.dns_filter")
                        .setTypedConfig(Protos.pack(filter)));
        if (ipv6) {
            listener.addAdditionalAddresses(AdditionalAddress.newBuilder().setAddress(udp("::1")));
        }
        return listener.build();
    }

    private Address udp(String address) {
        return Address.newBuilder()
                .setSocketAddress(SocketAddress.newBuilder()
                        .setProtocol(SocketAddress.Protocol.UDP)
                        .setAddress(address)
                        .setPortValue(port))
                .build();
    }
}
