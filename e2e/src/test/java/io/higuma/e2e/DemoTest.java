package io.higuma.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// `higuma demo --once -o json`: every promise is kept, and nothing is left behind.
class DemoTest {

    @TempDir
    private Path folder;

    @Test
    void everyPromiseOfTheStoryIsKeptAndNothingIsLeftBehind() throws Exception {
        Installed.require();

        Installed.Outcome outcome = Installed.run(folder, """
                tmp=$(mktemp -d /tmp/demoXXXX) # short: Unix sockets lie in it
                export HIGUMA_JAVA_OPTS="-Djava.io.tmpdir=$tmp"
                higuma demo --once -o json
                code=$?
                ls $tmp >left-files
                rm -rf $tmp
                ps -e -o comm= | grep -E 'java|envoy' >left-processes
                exit $code
                """);

        JsonNode steps = new ObjectMapper().readTree(outcome.out());
        assertThat(steps).as(outcome.err()).hasSizeGreaterThanOrEqualTo(7);
        for (JsonNode step : steps) {
            assertThat(step.path("ok").asBoolean(false)).as("%s", step).isTrue();
            assertThat(step.path("promised").asString("")).isNotEmpty();
        }
        assertThat(outcome.exitCode()).isZero();
        assertThat(Files.readString(folder.resolve("left-files")).strip())
                .as("files left behind")
                .isEmpty();
        assertThat(Files.readString(folder.resolve("left-processes")))
                .as("processes left behind")
                .isEmpty();
    }
}
