package io.higuma.bench.datapath;

/// How a request gets from the client to the service.
enum Way {
    /// Through the Envoys of `dp run --transparent-proxy`, configured by our control plane.
    OURS("our configuration", "ours"),
    /// Through Envoys with the least configuration that does mutual TLS, behind the same rules of the packet filter.
    MINIMAL("minimal configuration", "mini"),
    /// Without any proxy, rule or TLS.
    NONE("no proxy", "none");

    private final String words;
    private final String hosts;

    /// @param hosts what the names of its hosts begin with: short, a namespace is called so
    Way(String words, String hosts) {
        this.words = words;
        this.hosts = hosts;
    }

    String words() {
        return words;
    }

    /// Name of its client's host.
    String client() {
        return hosts + "-c";
    }

    String server() {
        return hosts + "-s";
    }
}
