package io.higuma.controlplane;

import io.higuma.controlplane.config.ConfigException;
import io.higuma.controlplane.config.ControlPlaneConfig;
import io.higuma.controlplane.config.EffectiveConfig;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `higuma cp run`. Exit codes: 0 ended by a signal, 1 the configuration is wrong, 2 wrong usage, 3 something this
/// machine should give is missing: a port, a writable folder.
@Command(name = "run", description = "Runs a control plane until SIGTERM or Ctrl-C.", mixinStandardHelpOptions = true)
final class RunCommand implements Callable<Integer> {

    private static final int WRONG_CONFIG = 1;
    private static final int ENVIRONMENT = 3;

    @Mixin
    ConfigSources sources = new ConfigSources();

    @Override
    public Integer call() throws InterruptedException {
        try {
            EffectiveConfig effective = sources.load(System.getenv());
            Logs.set(effective.text("log.level"), effective.text("log.format").equals("json"));
            ControlPlane plane =
                    ControlPlane.start(ControlPlaneConfig.of(effective, ConfigSources.home(System.getenv())));
            CountDownLatch over = new CountDownLatch(1);
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                plane.close();
                over.countDown();
            }));
            announce(plane, effective);
            over.await();
            return 0;
        } catch (ConfigException e) {
            System.err.println("the configuration is wrong:\n" + e.getMessage());
            return WRONG_CONFIG;
        } catch (StartException e) {
            System.err.println(e.getMessage());
            return ENVIRONMENT;
        }
    }

    private static void announce(ControlPlane plane, EffectiveConfig effective) {
        Logger log = LoggerFactory.getLogger(RunCommand.class);
        if (!effective.foreign().isEmpty()) {
            log.atWarn()
                    .addKeyValue("keys", String.join(", ", effective.foreign()))
                    .log("settings of the contract that have no effect here yet");
        }
        ControlPlane.Ports ports = plane.ports();
        log.atInfo()
                .addKeyValue("api", ports.http())
                .addKeyValue("apiTls", ports.https())
                .addKeyValue("dataplanes", ports.dataplanes())
                .addKeyValue("diagnostics", ports.diagnostics())
                .addKeyValue("version", ControlPlane.version())
                .log("the control plane serves");
    }
}
