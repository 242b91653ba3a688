package io.higuma.bench.datapath;

import io.higuma.bench.report.Samples;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/// A process of the bench on one of its hosts.
///
/// | arguments | what it does |
/// |---|---|
/// | `serve ADDRESS PORT` | answers, until it is ended |
/// | `load HOST PORT CONNECTIONS` | for each line `RATE LEAD MILLIS SEED` it reads, calls and prints a [Round] |
final class Peer {

    private Peer() {}

    /// What calling one way for a while came to, as a load generator says it:
    /// `SECONDS ANSWERED REQUESTS FAILURES TIME…`.
    ///
    /// @param samples time of each request that was due when it counted, also of those on their way at the end
    /// @param seconds how long it counted
    /// @param answered requests that were answered then
    /// @param requests all that were answered, before that and at the end too
    /// @param failures among all
    record Round(Samples samples, double seconds, int answered, int requests, long failures) {

        static Round of(Calling.Outcome outcome) {
            return new Round(
                    outcome.samples(), outcome.seconds(), outcome.answered(), outcome.requests(), outcome.failures());
        }

        static Round parse(String line) throws IOException {
            String[] parts = line.split(" ");
            if (parts.length < 4) {
                throw new IOException("the load generator says: " + line);
            }
            Samples samples = new Samples();
            for (int i = 4; i < parts.length; i++) {
                samples.add(Long.parseLong(parts[i]));
            }
            return new Round(
                    samples,
                    Double.parseDouble(parts[0]),
                    Integer.parseInt(parts[1]),
                    Integer.parseInt(parts[2]),
                    Long.parseLong(parts[3]));
        }

        String line() {
            StringBuilder line = new StringBuilder()
                    .append(seconds)
                    .append(' ')
                    .append(answered)
                    .append(' ')
                    .append(requests)
                    .append(' ')
                    .append(failures);
            samples.nanos().forEach(nanos -> line.append(' ').append(nanos));
            return line.toString();
        }

        /// This and another one, one after the other.
        Round and(Round other) {
            return new Round(
                    new Samples().addAll(samples).addAll(other.samples),
                    seconds + other.seconds,
                    answered + other.answered,
                    requests + other.requests,
                    failures + other.failures);
        }

        double perSecond() {
            return answered / seconds;
        }
    }

    public static void main(String[] arguments) throws IOException, InterruptedException {
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
                        TimeUnit.MILLISECONDS.toNanos(Long.parseLong(parts[2])),
                        Long.parseLong(parts[3])));
                System.out.println(round.line());
            }
        }
    }
}
