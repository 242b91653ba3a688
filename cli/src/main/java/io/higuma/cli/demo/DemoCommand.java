package io.higuma.cli.demo;

import io.higuma.cli.ExitCode;
import io.higuma.cli.Failure;
import io.higuma.cli.Surroundings;
import io.higuma.cli.output.Format;
import java.io.Console;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `higuma demo`: starts the shop, tells the story, stays up.
@Command(
        name = "demo",
        description = "A shop of real services behind real Envoys, and the story of a mesh on real requests.",
        mixinStandardHelpOptions = true)
public final class DemoCommand implements Callable<Integer> {

    private static final Duration READY = Duration.ofSeconds(30);

    private final Surroundings world;

    @Option(names = "--once", description = "Tell the story and end; exit code 0 if every promise was kept.")
    private boolean once;

    @Option(
            names = {"-o", "--output"},
            defaultValue = "table",
            description = "With --once: table for people, json or yaml for programs.")
    private Format format = Format.table;

    public DemoCommand(Surroundings world) {
        this.world = world;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (format != Format.table && !once) {
            throw new Failure(ExitCode.USAGE, "-o " + format + " goes with --once: the live shop has no end to report");
        }
        long begin = System.nanoTime();
        boolean terminal =
                Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false);
        boolean colour = terminal && !world.environment().containsKey("NO_COLOR");
        Screen screen = new Screen(world.out(), colour, format != Format.table);
        Path launcher = launcher();
        Path envoy = envoy(launcher);
        screen.say("starting a control plane, seven services and their Envoys …");
        try (Shop shop = Shop.open(world, launcher, envoy)) {
            open(shop, screen);
            List<Step.Outcome> outcomes = Story.tell(shop, screen);
            screen.summary(outcomes, (System.nanoTime() - begin) / 1_000_000);
            if (format != Format.table) {
                format.print(world.out(), Report.of(outcomes));
            }
            if (!once) {
                new LivePicture(shop, screen).run(colour);
            }
            boolean kept =
                    outcomes.stream().allMatch(outcome -> outcome.observation().ok());
            return kept ? ExitCode.OK : ExitCode.REFUSED;
        }
    }

    /// The shop before the mesh does anything for it: everything answers, in plain text.
    private void open(Shop shop, Screen screen) throws IOException, InterruptedException {
        shop.apply(Policies.BANK);
        Files.writeString(shop.folder().resolve("guest.yaml"), Policies.GUEST);
        Files.writeString(shop.folder().resolve("cart-may-pay.yaml"), Policies.CART_MAY_PAY);
        shop.startMembers();
        Duration ready = Await.until(READY, () -> answers(shop));
        if (ready.compareTo(READY) > 0) {
            throw new Failure(
                    ExitCode.REFUSED,
                    "the shop does not answer: web → cart → payments "
                            + Words.of(shop.call("web-1", "/via/cart/via/payments/")) + ", web → catalog "
                            + Words.of(shop.call("web-1", "/via/catalog/")));
        }
        long envoys = shop.sidecars().values().stream()
                .mapToLong(Sidecar::residentMiB)
                .sum();
        screen.say("the shop is open: control plane at " + shop.apiAddress() + ", "
                + shop.sidecars().size() + " sidecars of "
                + envoys / shop.sidecars().size() + " MiB each, each of them Envoy and nothing else");
    }

    private static boolean answers(Shop shop) {
        try {
            return shop.call("web-1", "/via/cart/via/payments/").ok()
                    && shop.call("web-1", "/via/catalog/").ok();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    private Path launcher() {
        String script = world.environment().getOrDefault("HIGUMA_LAUNCHER", "");
        if (script.isEmpty()) {
            throw new Failure(ExitCode.USAGE, "the demo is started by the `higuma` script: `higuma demo`");
        }
        return Path.of(script);
    }

    /// The public verb finds or gets it; its words go to the person, its one result is the path.
    private Path envoy(Path launcher) throws IOException, InterruptedException {
        String given = world.environment().getOrDefault("ENVOY", "");
        if (!given.isEmpty()) {
            return Path.of(given);
        }
        Process install = new ProcessBuilder(launcher.toString(), "dp", "install-envoy")
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String path = new String(install.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        if (install.waitFor() != 0) {
            throw new Failure(ExitCode.ENVIRONMENT, "without an Envoy there is no demo; see above");
        }
        return Path.of(path);
    }
}
