package io.higuma.engine;

import java.util.Set;

/// Which inbounds of a dataplane are told to its callers.
sealed interface Announcement {

    Announcement EVERYTHING = new Everything();
    Announcement NOTHING = new Ports(Set.of());

    /// Nobody ever connected for it: it is somebody else's proxy.
    record Everything() implements Announcement {}

    /// Its proxy has acknowledged listeners on these ports, and its stream is open or broke just now.
    record Ports(Set<Integer> ports) implements Announcement {
        public Ports {
            ports = Set.copyOf(ports);
        }
    }

    static boolean covers(Announcement announcement, int port) {
        return switch (announcement) {
            case Everything everything -> true;
            case Ports listed -> listed.ports().contains(port);
        };
    }
}
