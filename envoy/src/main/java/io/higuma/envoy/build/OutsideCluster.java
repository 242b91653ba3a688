package io.higuma.envoy.build;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.envoyproxy.envoy.config.cluster.v3.CircuitBreakers;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.core.v3.Metadata;
import io.envoyproxy.envoy.config.core.v3.TransportSocket;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.endpoint.v3.Endpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LbEndpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LocalityLbEndpoints;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CommonTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SubjectAltNameMatcher;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import io.higuma.model.VirtualAddresses;
import io.higuma.model.core.Protocol;
import io.higuma.policy.Outside;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// A service outside of the mesh (`reference/dataplane.md` 4.10): the whole input of its cluster. The members are
/// part of it, because Envoy asks for the addresses of host names itself.
///
/// @param ipv6 whether the host speaks IPv6
/// @param authorities file with the authorities that the host trusts, where the service is checked by them
public record OutsideCluster(
        String name,
        Protocol protocol,
        Clusters.ClusterTimeouts timeouts,
        Outside outside,
        boolean ipv6,
        Optional<String> authorities) {

    private static final String MATCH = "envoy.transport_socket_match";
    private static final String ADDRESS = "address";

    public Cluster build() {
        boolean named = outside.endpoints().stream().anyMatch(endpoint -> !isIp(endpoint.address()));
        Cluster.Builder cluster = Cluster.newBuilder()
                .setName(name)
                .setType(named ? Cluster.DiscoveryType.STRICT_DNS : Cluster.DiscoveryType.STATIC)
                .setConnectTimeout(Protos.duration(timeouts.connect().orElse(Clusters.REMOTE_CONNECT)))
                .setCircuitBreakers(CircuitBreakers.newBuilder()
                        .addThresholds(
                                CircuitBreakers.Thresholds.newBuilder().setMaxRetries(Protos.uint(Clusters.RETRIES))))
                .setLoadAssignment(members());
        if (named) {
            cluster.setDnsLookupFamily(ipv6 ? Cluster.DnsLookupFamily.V4_PREFERRED : Cluster.DnsLookupFamily.V4_ONLY);
        }
        if (protocol.isHttp()) {
            cluster.putTypedExtensionProtocolOptions(
                    Clusters.HTTP_OPTIONS,
                    Protos.pack(Clusters.options(Protos.isHttp2(protocol), timeouts, Clusters.REMOTE_IDLE)));
        }
        outside.tls().ifPresent(tls -> sockets(tls, cluster));
        return cluster.build();
    }

    /// Envoy wants priorities without gaps.
    private ClusterLoadAssignment members() {
        SortedMap<Integer, LocalityLbEndpoints.Builder> priorities = new TreeMap<>();
        for (Outside.Endpoint endpoint : outside.endpoints()) {
            LbEndpoint.Builder member = LbEndpoint.newBuilder()
                    .setLoadBalancingWeight(Protos.uint(1))
                    .setEndpoint(Endpoint.newBuilder().setAddress(Protos.address(endpoint.address(), endpoint.port())));
            if (distinct()) {
                member.setMetadata(Metadata.newBuilder().putFilterMetadata(MATCH, criteria(endpoint.address())));
            }
            priorities
                    .computeIfAbsent(endpoint.priority(), p -> LocalityLbEndpoints.newBuilder())
                    .addLbEndpoints(member);
        }
        ClusterLoadAssignment.Builder assignment =
                ClusterLoadAssignment.newBuilder().setClusterName(name);
        int rank = 0;
        for (LocalityLbEndpoints.Builder members : priorities.values()) {
            assignment.addEndpoints(members.setPriority(rank++));
        }
        return assignment.build();
    }

    private static Struct criteria(String address) {
        return Struct.newBuilder()
                .putFields(ADDRESS, Value.newBuilder().setStringValue(address).build())
                .build();
    }

    private List<String> addresses() {
        return outside.endpoints().stream()
                .map(Outside.Endpoint::address)
                .distinct()
                .toList();
    }

    /// Whether servers have names of their own, so that each is called with another one.
    private boolean distinct() {
        return addresses().size() > 1
                && outside.tls().filter(tls -> tls.serverName().isEmpty()).isPresent();
    }

    private void sockets(Outside.Tls tls, Cluster.Builder cluster) {
        if (distinct()) {
            for (String address : addresses()) {
                cluster.addTransportSocketMatches(Cluster.TransportSocketMatch.newBuilder()
                        .setName(address)
                        .setMatch(criteria(address))
                        .setTransportSocket(socket(tls, address)));
            }
        } else if (!outside.endpoints().isEmpty()) {
            cluster.setTransportSocket(socket(tls, addresses().getFirst()));
        }
    }

    private TransportSocket socket(Outside.Tls tls, String address) {
        String server = tls.serverName().orElse(address);
        CommonTlsContext.Builder common = Tls.parameters(CommonTlsContext.newBuilder(), tls.parameters());
        tls.certificate().ifPresent(secret -> common.addTlsCertificateSdsSecretConfigs(Tls.sds(secret)));
        if (protocol.isHttp()) {
            common.addAlpnProtocols(Protos.isHttp2(protocol) ? "h2" : "http/1.1");
        }
        switch (tls.check()) {
            case Outside.Check.None none -> {}
            case Outside.Check.Signer signer ->
                check(signer.authority(), CertificateValidationContext.newBuilder(), common);
            case Outside.Check.SignerAndNames both -> {
                CertificateValidationContext.Builder names = CertificateValidationContext.newBuilder();
                (both.names().isEmpty() ? List.of(new Outside.Name(server, false)) : both.names())
                        .forEach(wanted -> matchers(wanted, names));
                check(both.authority(), names, common);
            }
        }
        UpstreamTlsContext.Builder context = UpstreamTlsContext.newBuilder()
                .setAllowRenegotiation(tls.renegotiation())
                .setCommonTlsContext(common);
        if (!isIp(server)) {
            context.setSni(server);
        }
        return Tls.socket(Protos.pack(context.build()));
    }

    private void check(
            Optional<String> authority, CertificateValidationContext.Builder names, CommonTlsContext.Builder common) {
        if (authority.isPresent()) {
            common.setCombinedValidationContext(CommonTlsContext.CombinedCertificateValidationContext.newBuilder()
                    .setDefaultValidationContext(names)
                    .setValidationContextSdsSecretConfig(Tls.sds(authority.get())));
        } else {
            common.setValidationContext(
                    names.setTrustedCa(DataSource.newBuilder().setFilename(authorities.orElseThrow())));
        }
    }

    /// An address stands in a certificate as an address, a name as a name; a text may be either.
    private static void matchers(Outside.Name name, CertificateValidationContext.Builder names) {
        Map<Boolean, StringMatcher.Builder> forms = Map.of(
                true, StringMatcher.newBuilder().setPrefix(name.value()),
                false, StringMatcher.newBuilder().setExact(name.value()));
        for (SubjectAltNameMatcher.SanType type :
                List.of(SubjectAltNameMatcher.SanType.DNS, SubjectAltNameMatcher.SanType.IP_ADDRESS)) {
            names.addMatchTypedSubjectAltNames(
                    SubjectAltNameMatcher.newBuilder().setSanType(type).setMatcher(forms.get(name.prefix())));
        }
    }

    private static boolean isIp(String text) {
        return VirtualAddresses.value(text).isPresent() || text.contains(":");
    }
}
