package io.higuma.bench.datapath;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// Envoys and load generators of one start. They end with its [Lab].
final class Started {

    private final Lab lab;
    private final Map<Way, List<Process>> envoys = new EnumMap<>(Way.class);
    private final Map<Way, Process> loads = new EnumMap<>(Way.class);
    private final Map<Way, BufferedReader> answers = new EnumMap<>(Way.class);

    Started(Lab lab) {
        this.lab = lab;
    }

    void envoys(Way way, List<Process> running) {
        envoys.put(way, running);
    }

    /// Takes the place of the way's load generator, and waits until it is connected.
    void load(Way way, Process load) throws IOException {
        loads.put(way, load);
        answers.put(way, Lab.ready(load));
    }

    /// Processes of the Envoys of a way.
    List<Long> envoys(Way way) {
        return envoys.getOrDefault(way, List.of()).stream().map(Process::pid).toList();
    }

    /// Calls one way for a while.
    ///
    /// @param rate requests per second; 0 for as many as there can be
    /// @param lead ms before what counts
    /// @param millis that count
    /// @param seed of the times at which they are due
    /// @throws IOException if no request was answered: the first is due at once, so one was made
    Peer.Round call(Way way, int rate, long lead, long millis, long seed) throws IOException {
        OutputStream to = Objects.requireNonNull(loads.get(way)).getOutputStream();
        to.write((rate + " " + lead + " " + millis + " " + seed + "\n").getBytes(StandardCharsets.US_ASCII));
        to.flush();
        String line = Objects.requireNonNull(answers.get(way)).readLine();
        if (line == null) {
            throw new IOException("the load generator of " + way.words() + " is gone: " + lab.logs());
        }
        Peer.Round round = Peer.Round.parse(line);
        if (round.requests() == 0) {
            throw new IOException(way.words() + " does not answer: " + lab.logs());
        }
        return round;
    }
}
