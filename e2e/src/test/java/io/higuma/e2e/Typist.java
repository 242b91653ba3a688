package io.higuma.e2e;

import static io.higuma.testkit.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.higuma.testkit.net.TwoHosts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// Types a guide's commands on hosts of the test's, with the distribution as a person unpacks it: `cp` is the router,
/// `web` and `catalog` are the hosts beside it. All of them see one working folder, so that nothing has to be copied.
///
/// `$DP` is the work folder of the host's proxy, as [HostsMesh] chooses it.
///
/// What starts something in the background is typed once; everything else again until it succeeds and prints what the
/// guide shows, as a person does who is quicker than the programs.
final class Typist {

    private static final String NAME_OF_CP = "cp.example";

    private final TwoHosts hosts;
    private final Path folder;
    private final List<Integer> inBackground = new ArrayList<>();
    private int typed;

    Typist(TwoHosts hosts, Path folder) throws IOException {
        this.hosts = hosts;
        this.folder = folder;
        for (String host : List.of(hosts.app(), hosts.other(), hosts.router())) {
            hosts.file(host, "hosts", "127.0.0.1 localhost\n" + TwoHosts.ROUTER + " " + NAME_OF_CP + "\n");
        }
        Path bin = Files.createDirectories(folder.resolve("bin"));
        if (TwoHosts.find("sudo").isEmpty()) {
            // The test is root already
            Files.writeString(bin.resolve("sudo"), "#!/bin/sh\nexec \"$@\"\n");
            Files.setPosixFilePermissions(bin.resolve("sudo"), PosixFilePermissions.fromString("rwxr-xr-x"));
        }
    }

    /// @return what it printed
    String type(Guide.Typed command) throws IOException, InterruptedException {
        if (command.text().endsWith("&")) {
            inBackground.add(typed);
            run(command);
            return "";
        }
        try {
            return eventually(
                            "`" + command.text() + "` prints " + command.shown(),
                            () -> run(command),
                            ended -> ended.code() == 0
                                    && command.shown().stream()
                                            .allMatch(line -> ended.out().contains(line.strip())))
                    .out();
        } catch (AssertionError e) {
            throw new AssertionError("in the background: " + background(), e);
        }
    }

    private String background() throws IOException {
        StringBuilder text = new StringBuilder();
        for (int number : inBackground) {
            text.append(Files.readString(folder.resolve("typed-" + number + ".err")));
        }
        return text.toString();
    }

    private TwoHosts.Ended run(Guide.Typed command) throws IOException, InterruptedException {
        int number = typed++;
        Path script = folder.resolve("typed-" + number + ".sh");
        // A host of its own name, whose /run is not this machine's
        Files.writeString(
                script,
                "set -e\nhostname " + name(command.host()) + "\nmount -t tmpfs -o mode=755 tmpfs /run\n"
                        + command.text() + "\n");
        Path out = folder.resolve("typed-" + number + ".out");
        Path err = folder.resolve("typed-" + number + ".err");
        Path home = Files.createDirectories(folder.resolve("home-" + command.host()));
        ProcessBuilder builder = new ProcessBuilder(TwoHosts.inside(
                        namespace(command.host()), List.of("unshare", "--uts", "--mount", "bash", script.toString())))
                .directory(folder.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        Map<String, String> environment = builder.environment();
        environment.putAll(Installed.environment(home));
        if (!command.host().equals("cp")) {
            // Where a launcher that is root puts its things by itself
            environment.remove("HIGUMA_HOME");
        }
        environment.put("DP", folder.resolve(command.host()).toString());
        environment.put("PATH", folder.resolve("bin") + ":" + environment.get("PATH"));
        Process process = builder.start();
        assertThat(process.waitFor(2, TimeUnit.MINUTES))
                .as("`%s` ends: %s", command.text(), Files.readString(err))
                .isTrue();
        return new TwoHosts.Ended(process.exitValue(), Files.readString(out), Files.readString(err));
    }

    private String namespace(String host) {
        return switch (host) {
            case "cp" -> hosts.router();
            case "web" -> hosts.app();
            case "catalog" -> hosts.other();
            default -> throw new AssertionError("the guide does not say on which host: " + host);
        };
    }

    private static String name(String host) {
        return host.equals("cp") ? NAME_OF_CP : host;
    }
}
