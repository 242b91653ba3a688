package io.higuma.dataplane.agent;

import io.higuma.dataplane.sys.ProcessImage;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;

/// The agent's process. It says `ready` once it listens, or one sentence why it cannot, and ends when its standard
/// input does: Envoy holds the other end, so that it ends with Envoy, however that ends.
public final class Agent implements AutoCloseable {

    private static final int CANNOT = 3;
    private static final int AT_WORK = 1024;
    private static final int WAITING_FOR_RESOLVERS = 256;
    private static final int CONNECTIONS = 64;

    private final EnvoyNames names;
    private final List<Datagrams> datagrams = new ArrayList<>();
    private final List<Streams> streams = new ArrayList<>();

    /// @throws IOException if an address cannot be had
    Agent(AgentConfig config) throws IOException {
        names = new EnvoyNames(config.envoy());
        Desk desk = new Desk(names, config.domains(), new Upstream(config.resolvConf(), WAITING_FOR_RESOLVERS));
        Callers callers = new Callers(config.networks());
        Semaphore work = new Semaphore(AT_WORK);
        Semaphore connections = new Semaphore(CONNECTIONS);
        boolean fromNetworks = !config.networks().isEmpty();
        List<String> loopback = config.ipv6() ? List.of("127.0.0.1", "::1") : List.of("127.0.0.1");
        List<String> everywhere = config.ipv6() ? List.of("::") : List.of("0.0.0.0");
        int port = config.port();
        try {
            // An answer over UDP has to come from the address that was asked, so each has a socket of its own
            for (String address : loopback) {
                datagrams.add(new Datagrams(new InetSocketAddress(address, port), desk, callers, work));
                port = datagrams.getFirst().port();
            }
            if (fromNetworks) {
                datagrams.add(new Datagrams(new InetSocketAddress(everywhere.getFirst(), port), desk, callers, work));
            }
            for (String address : fromNetworks ? everywhere : loopback) {
                streams.add(new Streams(new InetSocketAddress(address, port), desk, callers, connections));
            }
        } catch (IOException e) {
            close();
            throw new IOException("port " + port + " cannot be had: " + e.getMessage(), e);
        }
    }

    int port() {
        return datagrams.getFirst().port();
    }

    /// What was asked meanwhile waits: an agent that is started again shall not deny what Envoy knows.
    void start() {
        boolean known = names.noOlderThan(Duration.ZERO).isPresent();
        if (known) {
            System.err.println("higuma agent: answers again");
        }
        datagrams.forEach(Datagrams::start);
        streams.forEach(Streams::start);
    }

    @Override
    public void close() throws IOException {
        datagrams.forEach(Datagrams::close);
        for (Streams each : streams) {
            each.close();
        }
    }

    public static void main(String[] args) throws IOException {
        AgentConfig config = AgentConfig.of(args);
        try (Agent agent = new Agent(config)) {
            // What is loaded later may lie where the user cannot look
            Records.read("{\"records\":[{\"name\":\"a\",\"ips\":[\"127.0.0.1\"]}]}".getBytes(StandardCharsets.UTF_8));
            if (config.user().isPresent()) {
                ProcessImage.become(config.user().get());
            }
            agent.start();
            System.out.println("ready");
            System.out.flush();
            System.in.transferTo(OutputStream.nullOutputStream());
        } catch (IOException cannot) {
            System.out.println(cannot.getMessage());
            System.err.println("higuma agent: " + cannot.getMessage());
            System.exit(CANNOT);
        }
        System.exit(0);
    }
}
