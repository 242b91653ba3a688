package io.higuma.bench.datapath;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/// A process of the bench on one of its hosts.
///
/// | arguments | what it does |
/// |---|---|
/// | `serve ADDRESS PORT` | answers, until it is ended |
/// | `load HOST PORT CONNECTIONS` | for each line `RATE MILLIS SEED` it reads, calls and prints a [Round] |
final class Peer {

    private Peer() {}

    /// What calling one way for a while came to.
    ///
    /// @param perSecond answered requests; `p50` and `p99` in milliseconds
    record Round(double perSecond, double p50, double p99, long failures) {

        static Round of(Calling.Outcome outcome) {
            return new Round(
                    outcome.samples().count() / outcome.seconds(),
                    outcome.samples().millis(50),
                    outcome.samples().millis(99),
                    outcome.failures());
        }

        static Round parse(String line) throws IOException {
            String[] parts = line.split(" ");
            if (parts.length != 4) {
                throw new IOException("the load generator says: " + line);
            }
            return new Round(
                    Double.parseDouble(parts[0]),
                    Double.parseDouble(parts[1]),
                    Double.parseDouble(parts[2]),
                    Long.parseLong(parts[3]));
        }

        String line() {
            return String.format(Locale.ROOT, "%.3f %.6f %.6f %d", perSecond, p50, p99, failures);
        }
    }

    public static void main(String[] arguments) throws IOException {
        int port = Integer.parseInt(arguments[2]);
        if (arguments[0].equals("serve")) {
            Answering server = new Answering(new InetSocketAddress(arguments[1], port));
            System.out.println("ready");
            server.serve();
            return;
        }
        InetSocketAddress address = new InetSocketAddress(arguments[1], port);
        if (address.isUnresolved()) {
            throw new IOException(arguments[1] + " is not known on this host");
        }
        try (Calling client = new Calling(address, arguments[1], Integer.parseInt(arguments[3]))) {
            System.out.println("ready");
            BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
            for (String line = input.readLine(); line != null; line = input.readLine()) {
                String[] parts = line.split(" ");
                Round round = Round.of(client.call(
                        Integer.parseInt(parts[0]),
                        TimeUnit.MILLISECONDS.toNanos(Long.parseLong(parts[1])),
                        Long.parseLong(parts[2])));
                System.out.println(round.line());
            }
        }
    }
}
