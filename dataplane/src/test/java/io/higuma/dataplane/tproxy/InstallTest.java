package io.higuma.dataplane.tproxy;

import static io.higuma.testkit.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.higuma.testkit.net.TwoHosts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Installing and removing: what others have in the packet filter stays as it is, and nothing of ours stays behind.
class InstallTest {

    private static final boolean LONG = "long".equals(System.getProperty("higuma.tests"));
    private static final int ROUNDS = LONG ? 12 : 3;
    /// In the short mode every third step is tried, beginning with one of the first three.
    private static final int STRIDE = LONG ? 1 : 3;

    /// User 1000, who may read the classes of this test.
    private static final List<String> SOMEBODY = List.of(
            "setpriv",
            "--reuid=1000",
            "--regid=1000",
            "--clear-groups",
            "--inh-caps=-all,+dac_read_search",
            "--ambient-caps=-all,+dac_read_search");

    @TempDir
    private Path folder;

    private LauncherHosts hosts;

    @BeforeEach
    void makeTwoHosts() throws IOException, InterruptedException {
        assumeTrue(TwoHosts.missing().isEmpty(), TwoHosts.missing());
        hosts = new LauncherHosts(folder);
    }

    @AfterEach
    void removeThem() throws IOException, InterruptedException {
        if (hosts != null) {
            hosts.close();
        }
    }

    private String install(String... flags) throws IOException, InterruptedException {
        TwoHosts.Ended ended = hosts.higuma(Stream.concat(Stream.of("install", "transparent-proxy"), Stream.of(flags))
                .toArray(String[]::new));
        assertThat(ended.code()).as(ended.all()).isZero();
        return ended.err();
    }

    private void uninstall() throws IOException, InterruptedException {
        TwoHosts.Ended ended = hosts.higuma("uninstall", "transparent-proxy");
        assertThat(ended.code()).as(ended.all()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"nftables", "iptables-nft", "iptables-legacy"})
    void removingLeavesEverythingByteForByte(String backend) throws Exception {
        hosts.othersRules(backend.equals("iptables-legacy") ? "legacy" : "nft");
        hosts.touchLegacyTables();
        String before = hosts.filter();

        install("--backend", backend, "--redirect-dns", "--drop-invalid-packets", "--vnet", "docker0:172.17.0.0/16");
        assertThat(hosts.filter()).isNotEqualTo(before).containsIgnoringCase("higuma");
        uninstall();

        assertThat(hosts.filter()).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(strings = {"nftables", "iptables-nft", "iptables-legacy"})
    void anEmptyPacketFilterIsEmptyAgain(String backend) throws Exception {
        hosts.touchLegacyTables();
        String before = hosts.filter();

        install("--backend", backend, "--redirect-dns", "--drop-invalid-packets");
        uninstall();

        assertThat(hosts.filter()).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(strings = {"nftables", "iptables-nft", "iptables-legacy"})
    void installingAgainChangesNothing(String backend) throws Exception {
        hosts.othersRules("nft");
        install("--backend", backend, "--redirect-dns");
        String once = hosts.filter();

        install("--backend", backend, "--redirect-dns");

        // The order in which nft lists chains of iptables is the order in which they were made; it means nothing
        int end = backend.equals("nftables") ? once.length() : once.indexOf("== nft");
        assertThat(hosts.filter().substring(0, end)).isEqualTo(once.substring(0, end));
    }

    @Test
    void installingOtherwiseReplacesWhatWasThere() throws Exception {
        hosts.touchLegacyTables();
        String before = hosts.filter();
        for (String backend : List.of("iptables-legacy", "nftables", "iptables-nft", "nftables")) {
            install("--backend", backend, "--redirect-dns", "--drop-invalid-packets");
            install("--backend", backend, "--exclude-outbound-ports", "1234", "--ip-family-mode", "ipv4");

            // Then rules are in one tool alone, and they are the last ones
            TwoHosts.Ended seen = hosts.higuma("uninstall", "transparent-proxy", "--dry-run");
            assertThat(seen.err()).isEqualTo("would be removed from " + backend + "\n");
            assertThat(hosts.filter()).contains("1234").doesNotContain("15053");
        }
        uninstall();
        assertThat(hosts.filter()).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(strings = {"nftables", "iptables-nft"})
    void aPublishedPortOfAContainerStaysWhatItIs(String backend) throws Exception {
        hosts.othersRules("nft");
        hosts.mustOn(hosts.app(), "sysctl", "-qw", "net.ipv4.conf.all.route_localnet=1");
        hosts.serve(hosts.app(), "echo.py", "9090", "15006");

        install("--backend", backend);

        assertThat(hosts.call(hosts.other(), TwoHosts.APP, 8080)).isEqualTo("port 9090 for 10.71.1.2 8080");
        assertThat(hosts.call(hosts.other(), TwoHosts.APP, 8081)).isEqualTo("port 15006 for 10.71.1.2 8081");
    }

    @Test
    void nftablesIsTakenWhereItWorksAndElseTheToolThatOthersUse() throws Exception {
        assertThat(install()).contains("(nftables)");
        uninstall();
        // An nft that does not know the kernel's way with addresses of this host, as on an old host
        Path old = wrapper("nft", """
                if [ "$1" = --check ]; then echo 'Error: Could not process rule' >&2; exit 1; fi
                exec %s "$@"
                """);
        hosts.mustOn(hosts.app(), "iptables-legacy", "-A", "INPUT", "-p", "tcp", "--dport", "4444", "-j", "DROP");
        TwoHosts.Ended ended = hosts.higuma(path(old), "install", "transparent-proxy");
        assertThat(ended.err()).contains("(iptables-legacy)");
    }

    @Test
    void aKernelWithoutAPartSaysWhichAndChangesNothing() throws Exception {
        String before = hosts.filter();
        // A kernel without the redirection of nftables: the tool says what that kernel says
        Path lacking = wrapper("nft", """
                if [ "$1" = list ]; then exec %1$s "$@"; fi
                if grep -q redirect <<<"$(tee "$0.in")"; then echo 'Error: Could not process rule: No such file or directory' >&2; exit 1; fi
                exec %1$s "$@" <"$0.in"
                """);

        TwoHosts.Ended ended = hosts.higuma(path(lacking), "install", "transparent-proxy", "--backend", "nftables");

        assertThat(ended.code()).isEqualTo(3);
        assertThat(ended.err())
                .contains("nft refuses the rules: Error: Could not process rule: No such file or directory")
                .contains("This kernel lacks nft_redir (redirection): load it with modprobe");
        assertThat(hosts.filter()).isEqualTo(before);
    }

    /// Where rules are only tried, either make of iptables warns of a missing module, and ends well.
    @ParameterizedTest
    @CsvSource({
        "iptables-nft, REDIRECT, xt_REDIRECT with nft_compat (redirection)",
        "iptables-legacy, --uid-owner, xt_owner (the user of a socket)"
    })
    void aKernelWithoutAnExtensionOfIptablesSaysWhichAndChangesNothing(String backend, String part, String module)
            throws Exception {
        hosts.othersRules(backend.equals("iptables-legacy") ? "legacy" : "nft");
        hosts.touchLegacyTables();
        String before = hosts.filter();
        Path lacking = folder;
        for (String tool : List.of(backend + "-restore", backend.replace("iptables", "ip6tables") + "-restore")) {
            lacking = wrapper(tool, """
                    if grep -q -e '%2$s' <<<"$(tee "$0.in")"; then
                      echo 'Warning: Extension X revision 0 not supported, missing kernel module?' >&2
                      case "$*" in *--test*) exit 0 ;; *) echo 'line 3: RULE_APPEND failed (No such file or directory)' >&2; exit 4 ;; esac
                    fi
                    exec %1$s "$@" <"$0.in"
                    """.replace("%2$s", part));
        }

        TwoHosts.Ended ended = hosts.higuma(path(lacking), "install", "transparent-proxy", "--backend", backend);

        assertThat(ended.code()).isEqualTo(3);
        assertThat(ended.err())
                .contains(backend + " refuses the rules for IPv6: Warning: Extension X revision 0 not supported")
                .contains("This kernel lacks " + module + ": load it with modprobe");
        assertThat(hosts.filter()).isEqualTo(before);
    }

    @Test
    void withoutRootItSaysWhatIsNeeded() throws Exception {
        // Root by name only: without capabilities it may change as little as anybody
        List<String> powerless = List.of("setpriv", "--inh-caps=-all", "--bounding-set=-all");
        for (List<String> who : List.of(powerless, SOMEBODY)) {
            for (String verb : List.of("install", "uninstall")) {
                TwoHosts.Ended ended = as(who, verb, "transparent-proxy");
                assertThat(ended.code()).as(ended.all()).isEqualTo(3);
                assertThat(ended.err()).contains("needs root, or the capability CAP_NET_ADMIN: run this with sudo");
            }

            TwoHosts.Ended shown = as(who, "install", "transparent-proxy", "--backend", "nftables", "--dry-run");
            assertThat(shown.code()).as(shown.all()).isZero();
            assertThat(shown.out()).contains("redirect to :15001");
        }
    }

    @Test
    void aSidecarOfAnotherUserSaysWhoMayStartIt() throws Exception {
        TwoHosts.Ended ended = as(SOMEBODY, "run", "--transparent-proxy", "--name", "web-1");

        assertThat(ended.code()).isEqualTo(3);
        assertThat(ended.err())
                .contains("this is user 1000, but only traffic of user 5678 is left alone")
                .contains("Start this as root, which installs the rules and lets Envoy run as user 5678; or as that"
                        + " user, after `higuma install transparent-proxy`");
    }

    private TwoHosts.Ended as(List<String> who, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(who);
        command.addAll(LauncherHosts.java(arguments));
        return TwoHosts.run(TwoHosts.inside(hosts.app(), command), Map.of());
    }

    @Test
    void rulesOfKumactlAreNotMixedWithOurs() throws Exception {
        hosts.mustOn(hosts.app(), "iptables-nft", "-t", "nat", "-N", "KUMA_MESH_OUTBOUND");

        TwoHosts.Ended ended = hosts.higuma("install", "transparent-proxy");

        assertThat(ended.code()).isEqualTo(1);
        assertThat(ended.err()).contains("remove them first with `kumactl uninstall transparent-proxy`");
    }

    /// Kills the process at every call of a tool that changes something. Both makes of iptables take the same steps:
    /// the old one has its turn in the long mode.
    @ParameterizedTest
    @ValueSource(strings = {"nftables", "iptables-nft", "iptables-legacy"})
    void killedAtAnyStepEveryTableIsWholeAndTheNextRunMendsIt(String backend) throws Exception {
        assumeTrue(!backend.equals("iptables-legacy") || LONG, "only in the long mode");
        hosts.touchLegacyTables();
        String before = hosts.filter();
        install("--backend", backend, "--redirect-dns", "--drop-invalid-packets");
        String whole = hosts.filter();
        uninstall();
        List<Path> wrappers = new ArrayList<>();
        for (String tool : List.of(
                "nft",
                "ip",
                "iptables-nft-restore",
                "ip6tables-nft-restore",
                "iptables-legacy-restore",
                "ip6tables-legacy-restore")) {
            wrappers.add(wrapper(tool, KILLER));
        }
        Path control = wrappers.getFirst().resolveSibling("control");
        int steps = 0;
        for (String verb : List.of("install", "uninstall")) {
            for (int step = 1 + ThreadLocalRandom.current().nextInt(STRIDE); ; step += STRIDE) {
                if (verb.equals("uninstall")) {
                    install("--backend", backend, "--redirect-dns", "--drop-invalid-packets");
                }
                Files.writeString(control, String.valueOf(step));
                Files.deleteIfExists(control.resolveSibling("count"));
                List<String> command = new ArrayList<>(List.of(verb, "transparent-proxy"));
                if (verb.equals("install")) {
                    command.addAll(List.of("--backend", backend, "--redirect-dns", "--drop-invalid-packets"));
                }
                TwoHosts.Ended ended = hosts.higuma(path(wrappers.getFirst()), command.toArray(String[]::new));
                boolean killed = ended.code() == 137;
                assertThat(killed || ended.code() == 0).as(ended.all()).isTrue();
                assertWhole(backend, before, whole);
                if (!killed) {
                    break;
                }
                steps++;
                if (verb.equals("install")) {
                    install("--backend", backend, "--redirect-dns", "--drop-invalid-packets");
                    assertThat(tables(hosts.filter()))
                            .as("%s step %s", verb, step)
                            .isEqualTo(tables(whole));
                }
                uninstall();
                assertThat(hosts.filter()).as("%s step %s", verb, step).isEqualTo(before);
            }
        }
        assertThat(steps).as("times it was killed").isGreaterThanOrEqualTo(LONG ? 3 : 1);
    }

    /// The installer and what it started at that moment, killed wherever the dice say. What a tool has begun, the
    /// kernel ends or forgets; the seed of a failure is in its message.
    @ParameterizedTest
    @ValueSource(strings = {"nftables", "iptables-nft"})
    void killedAtAnyMomentEveryTableIsWholeAndTheNextRunMendsIt(String backend) throws Exception {
        String[] flags = {"--backend", backend, "--redirect-dns", "--drop-invalid-packets"};
        hosts.othersRules("nft");
        hosts.touchLegacyTables();
        String before = hosts.filter();
        long begin = System.nanoTime();
        install(flags);
        long lasts = System.nanoTime() - begin;
        String whole = hosts.filter();
        uninstall();
        long seed = System.nanoTime();
        Random random = new Random(seed);
        List<String> command = new ArrayList<>(List.of("setsid"));
        command.addAll(LauncherHosts.java(Stream.concat(Stream.of("install", "transparent-proxy"), Stream.of(flags))
                .toArray(String[]::new)));
        for (int round = 0; round < ROUNDS; round++) {
            Process installer = hosts.start(TwoHosts.inside(hosts.app(), command));

            // The second half of the time is where rules are made: a JVM has to start first
            boolean ended = installer.waitFor(lasts / 3 + random.nextLong(lasts), TimeUnit.NANOSECONDS);
            installer.descendants().forEach(ProcessHandle::destroyForcibly);
            installer.destroyForcibly().waitFor();

            String what = "round %d of seed %d, %s".formatted(round, seed, ended ? "it had ended" : "killed");
            eventually(what + ": every table is whole", () -> {
                assertWhole(backend, before, whole);
                return true;
            });
            install(flags);
            assertThat(tables(hosts.filter())).as(what).isEqualTo(tables(whole));
            uninstall();
            assertThat(hosts.filter()).as(what).isEqualTo(before);
        }
    }

    /// Each table is as before or as it is to be, but for marks, which capture nothing; and where anything is captured,
    /// Envoy has the address it calls its application from.
    private void assertWhole(String backend, String before, String whole) throws IOException, InterruptedException {
        String now = hosts.filter();
        if (backend.equals("nftables")) {
            // One transaction: all or nothing
            assertThat(withoutMarks(nftPart(now))).isIn(nftPart(before), withoutMarks(nftPart(whole)));
        } else {
            List<String> known = Stream.of(before, whole)
                    .flatMap(filter -> tables(withoutMarks(filter)).stream())
                    .toList();
            assertThat(tables(withoutMarks(now))).allMatch(table -> known.contains(table) || !table.contains("\n-A "));
        }
        if (now.contains("15006")) {
            assertThat(now).contains("inet6 ::6/128");
        }
    }

    private static String withoutMarks(String filter) {
        return filter.replaceAll(":HIGUMA_MADE_[A-Z]+ - \\[0:0]\n", "")
                .replaceAll("\tchain (made_|HIGUMA_MADE_)[A-Za-z]+ \\{\n\t}\n\n?", "")
                .replace("table inet higuma {\n}\n", "");
    }

    private static final String KILLER = """
            read -r step <"$(dirname "$0")/control"
            case "$*" in
              list*|*--test*|*--check*|*--version*) exec %1$s "$@" ;;
            esac
            count="$(dirname "$0")/count"
            echo x >>"$count"
            if [ "$(wc -l <"$count")" -eq "$step" ]; then
              kill -9 "$PPID"
              exit 1
            fi
            exec %1$s "$@"
            """;

    private static String nftPart(String filter) {
        return filter.substring(filter.indexOf("== nft\n") + 7, filter.indexOf("== lo\n"));
    }

    /// Each table of each tool with everything in it.
    private static List<String> tables(String filter) {
        return Stream.of(filter.substring(0, filter.indexOf("== nft\n")).split("(?=\\*)|(?=== )"))
                .filter(part -> part.startsWith("*"))
                .toList();
    }

    /// Puts a script in the place of a tool.
    private Path wrapper(String tool, String script) throws IOException {
        Path bin = folder.resolve("bin");
        Files.createDirectories(bin);
        Path real = new Tools(Map.of(), List.of(), line -> {}).find(tool).orElseThrow();
        Path file = bin.resolve(tool);
        Files.writeString(file, "#!/bin/bash\n" + script.formatted(real));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        return file;
    }

    private static Map<String, String> path(Path wrapper) {
        return Map.of("PATH", wrapper.getParent() + ":" + System.getenv("PATH"));
    }
}
