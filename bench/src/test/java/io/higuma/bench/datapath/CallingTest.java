package io.higuma.bench.datapath;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The load generator against the service of the bench, without Envoys.
final class CallingTest {

    private static final int RATE = 1000;
    private static final long SEED = 3;
    private static final long LEAD = TimeUnit.MILLISECONDS.toNanos(200);
    private static final long COUNTED = TimeUnit.MILLISECONDS.toNanos(300);

    private InetSocketAddress address;

    @BeforeEach
    void serve() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            address = new InetSocketAddress(free.getInetAddress(), free.getLocalPort());
        }
        Answering server = new Answering(address);
        Thread.ofPlatform().daemon().start(() -> {
            try {
                server.serve();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    @Test
    void whatIsDueBeforeItCountsIsCalledAndHasNoTime() throws Exception {
        // Given requests that are due at a rate
        long before = Stream.generate(new Arrivals(0, RATE, SEED)::take)
                .takeWhile(due -> due < LEAD)
                .count();

        // When a part of the time is a lead-in
        Calling.Outcome seen;
        try (Calling client = new Calling(address, "service", 16)) {
            seen = client.call(RATE, LEAD, COUNTED, SEED);
        }

        // Then those of the lead-in are among the requests, and have no times
        assertThat(seen.requests() - seen.samples().count()).isEqualTo((int) before);
        assertThat(seen.samples().count()).isPositive();
        assertThat(seen.failures()).isZero();
    }

    @Test
    void asFastAsItCanOnlyAnswersCountThatCameWhenItCounts() throws Exception {
        try (Calling client = new Calling(address, "service", 16)) {
            Calling.Outcome seen = client.call(0, LEAD, COUNTED, SEED);

            assertThat(seen.answered()).isPositive().isLessThan(seen.requests());
            assertThat(seen.seconds()).isGreaterThanOrEqualTo(COUNTED / 1e9);
        }
    }
}
