package io.higuma.dataplane.tproxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.higuma.model.Problem;
import io.higuma.model.Problems;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// A folder per case below `src/test/cases/tproxy`: settings in, rules in the words of both tools out, or everything
/// that is wrong. A file `resolv.conf` is the host's. `./dev golden dataplane` writes the files again.
class RulesGoldenTest {

    private static final Path CASES = Path.of("src/test/cases/tproxy");
    private static final String RESOLV_CONF = "resolv.conf";
    private static final boolean UPDATE = Boolean.getBoolean("golden.update");
    private static final Users USERS =
            new Users(List.of("root:x:0:0::/root:/bin/sh", "kuma-dp:x:5678:5679::/:/bin/false"));

    @TestFactory
    List<DynamicTest> settingsBecomeRules() throws IOException {
        try (Stream<Path> folders = Files.list(CASES)) {
            return folders.sorted()
                    .map(folder -> DynamicTest.dynamicTest(String.valueOf(folder.getFileName()), () -> verify(folder)))
                    .toList();
        }
    }

    private static void verify(Path folder) throws IOException {
        Map<String, String> made = made(folder);
        Map<String, String> files = outputs(folder);
        if (UPDATE) {
            assertThat(System.getenv("CI"))
                    .as("golden files are not rewritten in CI")
                    .isNotEqualTo("true");
            for (String stale : files.keySet()) {
                Files.delete(folder.resolve(stale));
            }
            for (Map.Entry<String, String> file : made.entrySet()) {
                Files.writeString(folder.resolve(file.getKey()), file.getValue());
            }
            return;
        }
        assertThat(files.keySet()).as("rewrite with ./dev golden dataplane").isEqualTo(made.keySet());
        made.forEach((file, text) -> assertThat(text).as(file).isEqualTo(files.get(file)));
    }

    private static Map<String, String> made(Path folder) throws IOException {
        Problems problems = new Problems();
        Settings settings = new Settings().file("in.yaml", Files.readAllBytes(folder.resolve("in.yaml")), problems);
        TransparentProxyConfig read = SettingsReader.read(settings, USERS, problems);
        Path resolvConf = folder.resolve(RESOLV_CONF);
        TransparentProxyConfig config = Files.exists(resolvConf)
                ? read.withDns(
                        read.dns().withResolverHere(ResolvConf.of(resolvConf).isOnThisHost()))
                : read;
        ToolOptions.read(settings, problems);
        Map<String, String> made = new TreeMap<>();
        if (!problems.isEmpty()) {
            StringBuilder text = new StringBuilder();
            for (Problem problem : problems.found()) {
                text.append(problem.path())
                        .append(": ")
                        .append(problem.message())
                        .append('\n');
            }
            made.put("out.problems.txt", text.toString());
            return made;
        }
        RuleSet rules = Rules.of(config);
        assertThat(rules).as("equal settings, equal rules").isEqualTo(Rules.of(config));
        StringBuilder iptables = new StringBuilder();
        for (Family family : Family.values()) {
            for (RuleSet.Table table : RuleSet.Table.values()) {
                if (rules.families().contains(family) && IptablesText.uses(rules, table)) {
                    iptables.append("# ").append(family.keyword()).append('\n');
                    iptables.append(IptablesText.of(rules, family, table, List.of()));
                }
            }
        }
        made.put("out.iptables.txt", iptables.toString());
        made.put("out.nft.txt", NftText.of(rules));
        return made;
    }

    private static Map<String, String> outputs(Path folder) throws IOException {
        Map<String, String> outputs = new TreeMap<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                String name = String.valueOf(file.getFileName());
                if (!name.equals("in.yaml") && !name.equals(RESOLV_CONF)) {
                    outputs.put(name, Files.readString(file));
                }
            }
        }
        return outputs;
    }
}
