package io.higuma.cli.demo;

import java.util.List;
import java.util.Map;

/// Who is in the shop and where: each instance on a loopback address of its own, the same ports on all of them.
///
/// @param net the first three numbers of the addresses, with a dot after each
/// @param ports inbound, service, and one per target
record Layout(String net, List<Integer> ports) {

    Layout {
        ports = List.copyOf(ports);
    }

    List<Member> members() {
        int cart = ports.get(2);
        int catalog = ports.get(3);
        int payments = ports.get(4);
        int ledger = ports.get(5);
        return List.of(
                member("default", "web-1", "web", 11, Map.of("cart", cart, "catalog", catalog)),
                member("default", "cart-1", "cart", 12, Map.of("payments", payments)),
                member("default", "catalog-1", "catalog", 13, Map.of()).withVersion("v1"),
                member("default", "catalog-2", "catalog", 14, Map.of()).withVersion("v2"),
                member("default", "payments-1", "payments", 15, Map.of()),
                member(
                        "default",
                        "intruder-1",
                        "intruder",
                        16,
                        Map.of("cart", cart, "catalog", catalog, "payments", payments, "ledger", ledger)),
                member("bank", "ledger-1", "ledger", 21, Map.of()));
    }

    private Member member(String mesh, String name, String workload, int host, Map<String, Integer> outbounds) {
        return new Member(mesh, name, workload, "", net + host, ports.get(0), ports.get(1), outbounds);
    }
}
