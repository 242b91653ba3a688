package io.higuma.dataplane.tproxy;

import io.higuma.dataplane.StopException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// The address `::6` on the loopback device. Envoy calls its application from 127.0.0.6 or ::6 so that the call is
/// not captured again; every host has the first, none the second.
final class LoopbackAddress {

    private static final Path ADDRESSES = Path.of("/proc/self/net/if_inet6");
    private static final String LINE = "00000000000000000000000000000006 ";

    private final Tools tools;

    LoopbackAddress(Tools tools) {
        this.tools = tools;
    }

    static boolean hostHasIpv6() {
        return Files.exists(ADDRESSES);
    }

    boolean isThere() {
        try {
            return Files.readAllLines(ADDRESSES).stream().anyMatch(line -> line.startsWith(LINE));
        } catch (IOException noIpv6) {
            return false;
        }
    }

    void add() {
        if (!isThere()) {
            change("add");
        }
    }

    void remove() {
        if (isThere()) {
            change("del");
        }
    }

    private void change(String verb) {
        String ip = tools.find("ip")
                .orElseThrow(() -> new StopException(
                        StopException.ENVIRONMENT,
                        "there is no ip(8) here, which gives the loopback device the address ::6: install iproute2, or"
                                + " capture IPv4 alone with --ip-family-mode ipv4"))
                .toString();
        Tools.Outcome outcome = tools.run(List.of(ip, "-6", "address", verb, "::6/128", "dev", "lo"), "");
        if (!outcome.done()) {
            throw new StopException(
                    StopException.ENVIRONMENT,
                    "the address ::6 of the loopback device cannot be changed: " + outcome.words());
        }
    }
}
