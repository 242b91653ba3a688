package io.higuma.cli;

import io.higuma.cli.client.Answer;
import io.higuma.cli.client.ControlPlane;
import io.higuma.cli.output.Receipt;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// `--wait`: after a write, until the proxies it concerns run it. A bar on a terminal, a line elsewhere.
final class Rollout {

    private static final Duration GLANCE = Duration.ofMillis(150);
    private static final Duration LOOK = Duration.ofSeconds(10);
    private static final int BAR = 30;
    private static final long PAUSE = Duration.ofMillis(50).toNanos();

    @Option(
            names = "--wait",
            arity = "0..1",
            fallbackValue = "30s",
            paramLabel = "DURATION",
            converter = DurationText.class,
            description = "Wait until every concerned connected proxy runs it, 30s by default: `--wait=2m`.")
    private @Nullable Duration limit;

    /// What became of some revisions.
    ///
    /// @param exitCode the worst of them
    /// @param receipts one each, as the API gives them
    record Outcome(int exitCode, List<Receipt> receipts) {}

    boolean isWanted() {
        return limit != null;
    }

    /// Waits for revisions, one after the other; the time is for all together.
    ///
    /// @param quiet whether the lines for people are left out
    Outcome await(Surroundings world, ControlPlane controlPlane, List<Long> revisions, boolean quiet) {
        long end = System.nanoTime()
                + Optional.ofNullable(limit).orElse(Duration.ZERO).toNanos();
        int worst = ExitCode.OK;
        List<Receipt> receipts = new ArrayList<>();
        for (long revision : revisions) {
            Receipt receipt = await(world, controlPlane, revision, end);
            receipts.add(receipt);
            if (!quiet) {
                tell(world.out(), world.err(), receipt);
            }
            int code = !receipt.refused().isEmpty() || receipt.refusing() > 0
                    ? ExitCode.PROXIES_REFUSE
                    : receipt.complete() ? ExitCode.OK : ExitCode.NOT_IN_TIME;
            worst = worst == ExitCode.OK || code == ExitCode.PROXIES_REFUSE ? code : worst;
        }
        return new Outcome(worst, receipts);
    }

    private Receipt await(Surroundings world, ControlPlane controlPlane, long revision, long end) {
        boolean drawn = false;
        while (true) {
            long begin = System.nanoTime();
            Duration left = Duration.ofNanos(Math.max(0, end - begin));
            Duration step = world.terminal() ? GLANCE : LOOK;
            Duration wait = left.compareTo(step) < 0 ? left : step;
            Answer answer = controlPlane.read("/revisions/" + revision + "?wait=" + wait.toMillis() + "ms");
            if (!answer.found()) {
                throw new Failure(
                        ExitCode.REFUSED,
                        "the control plane has no receipt for revision " + revision + ": "
                                + answer.json().path("detail").asString("it keeps none"));
            }
            Receipt receipt = new Receipt(answer.json());
            boolean over = receipt.answered() || left.isZero();
            if (!over && System.nanoTime() - begin < PAUSE) {
                LockSupport.parkNanos(PAUSE); // it does not let us wait: at least we do not press it
            }
            if (world.terminal() && (!over || drawn)) {
                world.err().print("\r\u001b[K" + (over ? "" : bar(receipt)));
                world.err().flush();
                drawn = true;
            }
            if (over) {
                return receipt;
            }
        }
    }

    private static String bar(Receipt receipt) {
        int done = receipt.concerned() == 0 ? BAR : receipt.running() * BAR / receipt.concerned();
        return "█".repeat(done) + "░".repeat(BAR - done) + " " + receipt.sentence();
    }

    private static void tell(PrintStream out, PrintStream err, Receipt receipt) {
        out.println(receipt.sentence());
        if (receipt.refusing() > 0) {
            err.println(count(receipt.refusing(), "refuses", "refuse") + " revision " + receipt.revision() + ":");
            receipt.refused().forEach(refused -> err.println("  " + refused.proxy() + ": " + refused.message()));
            more(err, receipt.refusing() - receipt.refused().size());
        }
        if (receipt.waitingFor() > 0) {
            err.println(count(receipt.waitingFor(), "has not answered", "have not answered") + " in time:");
            receipt.missing().forEach(name -> err.println("  " + name));
            more(err, receipt.waitingFor() - receipt.missing().size());
        }
    }

    private static String count(int proxies, String one, String many) {
        return proxies == 1 ? "1 proxy " + one : proxies + " proxies " + many;
    }

    private static void more(PrintStream err, int rest) {
        if (rest > 0) {
            err.println("  and " + rest + " more");
        }
    }
}
