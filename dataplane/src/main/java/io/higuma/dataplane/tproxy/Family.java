package io.higuma.dataplane.tproxy;

/// A version of IP, and what a rule set has to know about it.
public enum Family {
    V4("127.0.0.1/32", "127.0.0.6/32", "ip"),
    V6("::1/128", "::6/128", "ip6");

    private final String loopback;
    private final String envoy;
    private final String keyword;

    Family(String loopback, String envoy, String keyword) {
        this.loopback = loopback;
        this.envoy = envoy;
        this.keyword = keyword;
    }

    /// The address of the host itself.
    public Cidr loopback() {
        return new Cidr(loopback, this == V6);
    }

    /// The source that Envoy calls the application from, so that the call is not captured a second time.
    public Cidr envoy() {
        return new Cidr(envoy, this == V6);
    }

    /// As nft and the tools' names spell it.
    public String keyword() {
        return keyword;
    }
}
