package io.higuma.dataplane.tproxy.verify;

import io.higuma.dataplane.sys.ThreadIdentity;
import io.higuma.dataplane.tproxy.Tools;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ThreadLocalRandom;

/// Another host, made of nothing but a thread: it has a network of its own and a cable to this host, and calls from
/// there. Both are gone with the thread, however it ends.
final class Neighbour {

    private static final String THIS_HOST = "198.18.53.1";
    private static final String NEIGHBOUR = "198.18.53.2";
    private static final String THIS_HOST_6 = "2001:db8:1853::1";
    private static final String NEIGHBOUR_6 = "2001:db8:1853::2";

    /// A fresh cable may lose the first packet; the kernel sends it again after one second, and after three.
    private static final int PATIENCE_MILLIS = 4000;

    private static final String FAR_END = "eth0";

    private final Tools tools;
    private final String ip;

    Neighbour(Tools tools, String ip) {
        this.tools = tools;
        this.ip = ip;
    }

    /// Calls this host on a port, and tells whether the call was accepted on another.
    ///
    /// @throws IOException if this host cannot have such a neighbour, in a sentence
    Probe.Fate call(boolean ipv6, int port, int redirectedTo) throws IOException {
        String device = "hg" + Integer.toHexString(ThreadLocalRandom.current().nextInt());
        CompletableFuture<Path> network = new CompletableFuture<>();
        CompletableFuture<Boolean> cable = new CompletableFuture<>();
        FutureTask<Probe.Fate> call = new FutureTask<>(() -> {
            try {
                Path self = Path.of("/proc").resolve(Files.readSymbolicLink(Path.of("/proc/thread-self")));
                ThreadIdentity.ownNetwork();
                network.complete(self.resolve("ns/net"));
            } catch (IOException e) {
                network.completeExceptionally(e);
                throw e;
            }
            cable.get();
            address(ipv6 ? NEIGHBOUR_6 : NEIGHBOUR, ipv6, FAR_END);
            return Probe.connectHere(
                    new InetSocketAddress(ipv6 ? THIS_HOST_6 : THIS_HOST, port), redirectedTo, PATIENCE_MILLIS);
        });
        Thread.ofPlatform().name("higuma-neighbour").start(call);
        try {
            // A cable is laid from the host's side; its far end goes to the thread's network.
            Path far = network.get();
            ip("link", "add", device, "type", "veth", "peer", "name", FAR_END, "netns", far.toString());
            address(ipv6 ? THIS_HOST_6 : THIS_HOST, ipv6, device);
            cable.complete(true);
            return call.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException failed ? failed : new IOException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } finally {
            cable.completeExceptionally(new IOException("no cable"));
            tools.run(List.of(ip, "link", "delete", device), "");
        }
    }

    private void address(String address, boolean ipv6, String device) throws IOException {
        if (ipv6) {
            // Without `nodad` the address could not be used for a second.
            ip("-6", "address", "add", address + "/64", "dev", device, "nodad");
        } else {
            ip("address", "add", address + "/30", "dev", device);
        }
        ip("link", "set", device, "up");
    }

    private void ip(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(ip));
        command.addAll(List.of(arguments));
        Tools.Outcome outcome = tools.run(command, "");
        if (outcome.code() != 0) {
            throw new IOException("`" + String.join(" ", command) + "`: " + outcome.words());
        }
    }
}
