package io.higuma.dataplane.tproxy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.regex.Pattern;

/// A range of addresses, such as `10.0.0.0/8` or `fd00::/8`.
///
/// @param text in the form that both tools take
/// @param ipv6 whether it is IPv6
public record Cidr(String text, boolean ipv6) {

    private static final Pattern LITERAL = Pattern.compile("[0-9.]{7,15}|[0-9a-fA-F:.]{2,45}");

    /// Reads an address or a range; a plain address is a range of one. Empty if it is none. Names are never looked up.
    public static Optional<Cidr> parse(String text) {
        int slash = text.indexOf('/');
        String address = slash < 0 ? text : text.substring(0, slash);
        boolean literal =
                LITERAL.matcher(address).matches() && (address.contains(":") || address.split("\\.", -1).length == 4);
        if (!literal) {
            return Optional.empty();
        }
        try {
            InetAddress parsed = InetAddress.getByName(address);
            boolean ipv6 = address.contains(":");
            int bits = ipv6 ? 128 : 32;
            String prefix = slash < 0 ? String.valueOf(bits) : text.substring(slash + 1);
            if (!prefix.matches("[0-9]{1,3}") || Integer.parseInt(prefix) > bits) {
                return Optional.empty();
            }
            return Optional.of(
                    new Cidr((ipv6 ? address : parsed.getHostAddress()) + "/" + Integer.parseInt(prefix), ipv6));
        } catch (UnknownHostException e) {
            return Optional.empty();
        }
    }

    /// Whether the address is one of these.
    public boolean contains(InetAddress address) {
        int slash = text.indexOf('/');
        byte[] mine = InetAddress.ofLiteral(text.substring(0, slash)).getAddress();
        byte[] other = address.getAddress();
        int bits = Integer.parseInt(text.substring(slash + 1));
        if (mine.length != other.length) {
            return false;
        }
        for (int bit = 0; bit < bits; bit++) {
            int mask = 0x80 >> (bit % 8);
            if ((mine[bit / 8] & mask) != (other[bit / 8] & mask)) {
                return false;
            }
        }
        return true;
    }

    public Family family() {
        return ipv6 ? Family.V6 : Family.V4;
    }
}
