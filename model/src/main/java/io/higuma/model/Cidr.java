package io.higuma.model;

/// A range of IPv4 addresses, such as `241.0.0.0/8`.
///
/// @param base the first address as a number
/// @param length of the prefix in bits
public record Cidr(long base, int length) {

    private static final int BITS = 32;

    public Cidr {
        base &= 0xffffffffL << (BITS - length) & 0xffffffffL;
    }

    /// @throws IllegalArgumentException with a sentence that says what is wrong
    public static Cidr parse(String text) {
        String[] parts = text.split("/", -1);
        if (parts.length != 2 || !parts[1].matches("[0-9]{1,2}") || Integer.parseInt(parts[1]) > BITS) {
            throw new IllegalArgumentException("expected an IPv4 range such as 241.0.0.0/8, found \"" + text + "\"");
        }
        long base = VirtualAddresses.value(parts[0])
                .orElseThrow(() -> new IllegalArgumentException(
                        "expected an IPv4 range such as 241.0.0.0/8, found \"" + text + "\""));
        return new Cidr(base, Integer.parseInt(parts[1]));
    }

    public boolean contains(String ip) {
        return VirtualAddresses.value(ip)
                .filter(value -> new Cidr(value, length).base == base)
                .isPresent();
    }

    /// How many addresses may be given away: all but the first and the last one, where there are more than two.
    public long usable() {
        long all = 1L << (BITS - length);
        return all > 2 ? all - 2 : all;
    }

    /// One of the usable addresses, counted from 0.
    public String address(long index) {
        long value = base + index + (1L << (BITS - length) > 2 ? 1 : 0);
        return (value >> 24) + "." + (value >> 16 & 255) + "." + (value >> 8 & 255) + "." + (value & 255);
    }

    /// The first address, such as `241.0.0.0`.
    public String network() {
        return (base >> 24) + "." + (base >> 16 & 255) + "." + (base >> 8 & 255) + "." + (base & 255);
    }

    @Override
    public String toString() {
        return network() + "/" + length;
    }
}
