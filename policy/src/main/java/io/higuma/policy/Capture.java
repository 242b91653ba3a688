package io.higuma.policy;

import io.higuma.model.core.DataplaneSpec;
import io.higuma.model.core.DataplaneSpec.IpFamilyMode;
import java.util.Optional;

/// How the kernel hands a proxy the traffic of its workload (contract, data plane 4.0 and 7).
///
/// @param inboundPort where incoming connections arrive; 0 if they are not redirected
/// @param outboundPort where outgoing connections arrive; 0 if they are not redirected
/// @param dnsPort where questions for names arrive; 0 if they are not redirected
/// @param ipv6 whether IPv6 is redirected too
public record Capture(int inboundPort, int outboundPort, int dnsPort, boolean ipv6) {

    /// The launcher said how it redirects; what stands in the Dataplane does not count then.
    public static final String IN_METADATA = "feature-transparent-proxy-in-dataplane-metadata";

    /// Virtual addresses are loopback addresses, and the proxy binds them itself: nothing is redirected.
    public static final String BIND_OUTBOUNDS = "feature-bind-outbounds";

    /// How a proxy is redirected; empty if its outgoing connections are not.
    public static Optional<Capture> of(DataplaneSpec.Networking networking, ProxyTraits traits) {
        if (traits.has(BIND_OUTBOUNDS)) {
            return Optional.empty();
        }
        if (traits.has(IN_METADATA)) {
            return traits.capture().filter(capture -> capture.outboundPort() > 0);
        }
        return networking
                .transparentProxying()
                .filter(given -> given.redirectPortOutbound().orElse(0) > 0)
                .map(given -> new Capture(
                        given.redirectPortInbound().orElse(0),
                        given.redirectPortOutbound().orElse(0),
                        traits.dnsPort(),
                        traits.ipv6()
                                && given.ipFamilyMode()
                                        .filter(IpFamilyMode.IPV4::equals)
                                        .isEmpty()));
    }
}
