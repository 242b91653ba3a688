package io.higuma.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The README's ten lines, typed as they stand there, in an empty folder.
class ReadmeTest {

    @TempDir
    private Path folder;

    @Test
    void theTenLinesDoWhatTheySay() throws Exception {
        Installed.require();
        Files.writeString(folder.resolve("policy.yaml"), block("policy", "yaml"));
        List<String> lines = block("ten-lines", "sh").lines().toList();
        assertThat(lines).hasSize(10);
        int apply = index(lines, "higuma apply");
        int curl = index(lines, "curl");

        // A person waits for one line before typing the next; between two lines the script waits for what is seen
        Installed.Outcome outcome = Installed.run(folder, """
                set -u
                python3 -m http.server --bind 127.0.0.1 9002 >service.log 2>&1 &
                await() { for i in $(seq 600); do eval "$1" >/dev/null 2>&1 && return; sleep 0.1; done; echo "never: $1"; exit 9; }
                %s
                await 'curl -sf http://localhost:5680/ready'
                %s
                await '[ "$(%s)" = 200 ]'
                echo "before: $(%s)"
                sed '/^---/,$d' policy.yaml >identity.yaml
                higuma apply -f identity.yaml
                await '[ "$(%s)" = 403 ]'
                echo "identity only: $(%s)"
                %s
                await '[ "$(%s)" = 200 ]'
                echo "allowed: $(%s)"
                %s
                """.formatted(
                        lines.getFirst(),
                        String.join("\n", lines.subList(1, apply)),
                        status(lines.get(curl)),
                        status(lines.get(curl)),
                        status(lines.get(curl)),
                        status(lines.get(curl)),
                        lines.get(apply),
                        status(lines.get(curl)),
                        status(lines.get(curl)),
                        String.join("\n", lines.subList(apply + 1, lines.size()))));

        assertThat(outcome.exitCode()).as("%s", outcome).isZero();
        assertThat(outcome.out())
                .contains("before: 200", "identity only: 403", "allowed: 200")
                .contains("orders-1", "stock-1")
                .contains("<!DOCTYPE HTML>");
    }

    private static int index(List<String> lines, String start) {
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).startsWith(start)) {
                return i;
            }
        }
        throw new AssertionError("no line begins with " + start);
    }

    /// The README's own request, asked for its status only.
    private static String status(String curl) {
        return curl.replaceFirst(" *#.*", "").replaceFirst("^curl", "curl -s -o /dev/null -w \"%{http_code}\"");
    }

    private static String block(String name, String language) throws Exception {
        String readme = Files.readString(
                Path.of(System.getProperty("higuma.root", "..")).resolve("README.md"));
        Matcher block = Pattern.compile(
                        "<!-- tested: " + name + " -->\\s*```" + language + "\\n(.*?)```", Pattern.DOTALL)
                .matcher(readme);
        assertThat(block.find()).as("README.md has a block `%s`", name).isTrue();
        return block.group(1);
    }
}
