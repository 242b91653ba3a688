package io.higuma.model;

import java.util.Optional;

/// The virtual addresses under which services are called.
public final class VirtualAddresses {

    private static final String TWINS = "fd68:6967:756d::";

    private VirtualAddresses() {}

    /// The IPv6 twin of a virtual IPv4 address: `241.0.0.1` has `fd68:6967:756d::f100:1`. A name has both, so that
    /// a workload may ask for either family. Empty for an address that is no IPv4 address.
    public static Optional<String> twin(String ip) {
        return value(ip).map(value -> {
            String high = Long.toHexString(value >> 16);
            return TWINS + (high.equals("0") ? "" : high + ":") + Long.toHexString(value & 0xffff);
        });
    }

    /// An IPv4 address as a number; empty for anything else.
    public static Optional<Long> value(String ip) {
        String[] parts = ip.split("\\.", -1);
        if (parts.length != 4) {
            return Optional.empty();
        }
        long value = 0;
        for (String part : parts) {
            if (!part.matches("0|[1-9][0-9]{0,2}") || Integer.parseInt(part) > 255) {
                return Optional.empty();
            }
            value = value << 8 | Integer.parseInt(part);
        }
        return Optional.of(value);
    }
}
