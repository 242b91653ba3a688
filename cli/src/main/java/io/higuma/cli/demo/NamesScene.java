package io.higuma.cli.demo;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;

/// (i) An application calls a service on another host by its name: transparent proxying and DNS, on two hosts of the
/// scene's own. The shop's network stays as it is, so that the demo takes nothing from the machine it runs on.
final class NamesScene implements Scene {

    private static final Duration LIMIT = Duration.ofSeconds(150);
    private static final String HOSTS = "hosts-of-names";
    private static final String CATALOG = """
            type: Dataplane
            mesh: default
            name: catalog-1
            labels: {kuma.io/workload: catalog}
            networking:
              address: 10.99.1.2
              inbound: [{port: 80, protocol: http}]
            """;
    private static final String WEB = """
            type: Dataplane
            mesh: default
            name: web-1
            labels: {kuma.io/workload: web}
            networking: {address: 10.99.2.2}
            """;

    /// Whether this machine lets the demo make hosts: root, namespaces, a packet filter.
    static boolean possible() throws InterruptedException {
        List<String> probe = List.of(
                "bash",
                "-c",
                "PATH=$PATH:/usr/sbin:/sbin; command -v getent awk mount && { command -v nft || command -v iptables; }"
                        + " && unshare --net --mount ip link add eth0 type veth peer name eth1");
        try {
            return new ProcessBuilder(probe)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException noBash) {
            return false;
        }
    }

    @Override
    public Step step(Shop shop) {
        return new Step(
                "names",
                "Applications call each other by name",
                List.of(
                        "higuma dp run --transparent-proxy --dataplane-file catalog.yaml …    # on one host",
                        WEB,
                        "higuma dp run --transparent-proxy --dataplane-file web.yaml …    # on another",
                        "(web, which knows of no mesh:) GET http://catalog.svc.mesh.local/"),
                "the name leads to catalog over either family, web is told of no port and no address, and catalog"
                        + " knows who calls");
    }

    @Override
    public Step.Observation play(Shop shop) throws IOException, InterruptedException {
        Path folder = Files.createDirectories(shop.folder().resolve(HOSTS));
        Files.writeString(folder.resolve("mesh.yaml"), Policies.EVERYBODY + "---\n" + Policies.IDENTITY);
        Files.writeString(folder.resolve("catalog.yaml"), CATALOG);
        Files.writeString(folder.resolve("web.yaml"), WEB);
        try (InputStream script = Objects.requireNonNull(NamesScene.class.getResourceAsStream("names.sh"))) {
            Files.write(folder.resolve("names.sh"), script.readAllBytes());
        }
        Process host = shop.startApart(HOSTS, folder);
        Duration taken = Await.until(LIMIT, () -> !host.isAlive());
        host.destroyForcibly().waitFor();
        String said = Files.readString(shop.folder().resolve(HOSTS + ".log"), StandardCharsets.UTF_8);
        Map<String, String> seen = seen(said);
        Notes notes = new Notes();
        if (taken.compareTo(LIMIT) > 0 || host.exitValue() != 0) {
            List<String> lines = said.lines().toList();
            notes.check(false, "the hosts broke off: " + (lines.isEmpty() ? "(no word)" : lines.getLast()));
            return notes.observation();
        }
        String address = seen.getOrDefault("address", "");
        String twin = seen.getOrDefault("twin", "");
        notes.check(
                address.startsWith("24") && twin.startsWith("fd68:"),
                "on web's host catalog.svc.mesh.local is " + address + " and " + twin);
        String answer = seen.getOrDefault("answer", "");
        notes.check(
                answer.contains("\"service\":\"catalog\"")
                        && answer.contains("URI=spiffe://default.default.mesh.local/workload/web\""),
                "it answers " + answer);
        return notes.observation();
    }

    /// The `KEY: VALUE` lines; a service may say other things.
    private static Map<String, String> seen(String said) {
        Map<String, String> seen = new TreeMap<>();
        for (String line : said.lines().toList()) {
            Stream.of("address", "twin", "answer")
                    .filter(key -> line.startsWith(key + ": "))
                    .forEach(key -> seen.put(key, line.substring(key.length() + 2)));
        }
        return seen;
    }
}
