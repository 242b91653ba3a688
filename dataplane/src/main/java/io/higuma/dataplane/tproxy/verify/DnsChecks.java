package io.higuma.dataplane.tproxy.verify;

import io.higuma.dataplane.sys.ThreadIdentity;
import io.higuma.dataplane.tproxy.Family;
import io.higuma.dataplane.tproxy.ResolvConf;
import io.higuma.dataplane.tproxy.TransparentProxyConfig;
import io.higuma.dataplane.tproxy.verify.Questions.Asked;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Asks for names over one version of IP and looks who answers. Questions go to an address that is nobody's: an answer
/// can only come from this host.
///
/// @param user who asks; empty: whoever this process is
/// @param standins that may answer in the place of Envoy or its agent
record DnsChecks(TransparentProxyConfig config, Optional<Integer> user, Family family, Standins standins) {

    private static final int DNS_PORT = 53;
    private static final String AGENT = "higuma agent";

    List<Check> run() throws IOException {
        TransparentProxyConfig.Dns dns = config.dns();
        if (!dns.enabled()) {
            return List.of(Check.skipped(name(), "questions for names are not to be captured"));
        }
        try {
            return dns.all() ? everything() : List.of(namesOfTheMesh());
        } catch (SocketException noRoute) {
            return List.of(Check.skipped(name(), "this host has no way out over " + words()));
        }
    }

    /// Foreign names and mesh names in turn, from one socket: the hardest case for conntrack.
    private Check namesOfTheMesh() throws IOException {
        List<Asked> foreign = List.of(Asked.address("example.org"), Asked.address("mesh.example.org"));
        List<Asked> ours = config.dns().domains().stream()
                .flatMap(domain -> Stream.of("verify." + domain, "VERIFY." + domain.toUpperCase(Locale.ROOT)))
                .map(Asked::address)
                .toList();
        List<Asked> asked = Stream.concat(foreign.stream(), ours.stream()).toList();
        Map<Integer, String> answers = answers(Verification.nobodys(family, DNS_PORT), asked, foreign.size());
        List<Asked> missed = missed(asked, answers).stream()
                .filter(question -> !foreign.contains(question))
                .toList();
        if (!missed.isEmpty()) {
            return notAnswered(missed);
        }
        List<Asked> taken = IntStream.range(0, foreign.size())
                .filter(answers::containsKey)
                .mapToObj(asked::get)
                .toList();
        if (!taken.isEmpty()) {
            return Check.failed(
                    name(),
                    "questions over " + words() + " for " + list(taken)
                            + " are captured, though they ask for no name of the mesh");
        }
        return Check.ok(
                name(),
                "questions over " + words() + " for names below "
                        + String.join(", ", config.dns().domains())
                        + " go to Envoy, others do not, from one socket in turn");
    }

    /// Where a resolver runs on this host, only what it is asked itself is captured as a whole.
    private List<Check> everything() throws IOException {
        ResolvConf resolvers = ResolvConf.of(config.dns().resolvConf());
        Optional<InetSocketAddress> server = !resolvers.isOnThisHost()
                ? Optional.of(Verification.nobodys(family, DNS_PORT))
                : resolvers.servers().stream()
                        .filter(address -> address instanceof Inet6Address == (family == Family.V6))
                        .findFirst()
                        .map(address -> new InetSocketAddress(address, DNS_PORT));
        if (server.isEmpty()) {
            return List.of(Check.skipped(name(), "this host's own resolver is not asked over " + words()));
        }
        String mesh = config.dns().domains().stream().findFirst().orElse("mesh");
        List<Asked> asked = List.of(Asked.whoAnswers(), Asked.address("verify." + mesh), Asked.whoAnswers());
        Map<Integer, String> answers = answers(server.get(), asked, 0);
        List<Asked> missed = missed(asked, answers);
        int port = config.dns().port();
        List<Check> checks = new ArrayList<>();
        boolean nobody = standins.answers();
        if (!missed.isEmpty()) {
            checks.add(notAnswered(missed));
        } else if (!nobody && !answers.values().stream().anyMatch(answer -> answer.contains(AGENT))) {
            checks.add(Check.failed(
                    name(),
                    "all questions over " + words() + " go to port " + port + ", and what answers there is no agent of"
                            + " Higuma's: Envoy knows the names of the mesh alone, so no other name is found. Start"
                            + " `higuma dp run` with --agent"));
        } else {
            checks.add(Check.ok(
                    name(),
                    "all questions over " + words() + " go to " + (nobody ? "port " + port : "the agent")
                            + ", for any name, from one socket in turn"));
        }
        String name = "dns-tcp-" + Verification.name(family);
        Probe.Fate fate = Probe.connect(server.get(), user, port);
        checks.add(
                switch (fate) {
                    case CAPTURED -> Check.ok(name, "questions over TCP and " + words() + " go there as well");
                    case NO_ROUTE -> Check.skipped(name, "this host has no way out over " + words());
                    case LEFT_ALONE ->
                        Check.failed(
                                name,
                                "questions over TCP and " + words() + " do not go to port " + port
                                        + ": the rules are missing, rules of others come before them, or no agent"
                                        + " listens there");
                });
        return checks;
    }

    private Map<Integer, String> answers(InetSocketAddress server, List<Asked> asked, int unanswered)
            throws IOException {
        return Probe.inThread(() -> {
            if (user.isPresent()) {
                ThreadIdentity.socketsOf(user.get());
            }
            return Questions.answers(server, asked, unanswered);
        });
    }

    private static List<Asked> missed(List<Asked> asked, Map<Integer, String> answers) {
        return IntStream.range(0, asked.size())
                .filter(i -> !answers.containsKey(i))
                .mapToObj(asked::get)
                .toList();
    }

    private Check notAnswered(List<Asked> missed) {
        return Check.failed(
                name(),
                "questions over " + words() + " for " + list(missed)
                        + " are not answered on this host: the rules are missing, or nothing answers on port "
                        + config.dns().port()
                        + (config.dns().zones()
                                ? ""
                                : ", or the socket asked for a foreign name first: install without"
                                        + " --skip-dns-conntrack-zone-split, or run with --agent"));
    }

    private static String list(List<Asked> questions) {
        return questions.stream().map(Asked::name).distinct().collect(Collectors.joining(", "));
    }

    private String name() {
        return "dns-" + Verification.name(family);
    }

    private String words() {
        return Verification.words(family);
    }
}
