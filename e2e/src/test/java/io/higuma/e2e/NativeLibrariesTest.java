package io.higuma.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// The distribution's own native libraries are used where they lie.
@EnabledOnOs(OS.LINUX)
class NativeLibrariesTest {

    @BeforeAll
    static void theDistribution() throws IOException, InterruptedException {
        Installed.require();
    }

    @Test
    void aControlPlaneThatIsKilledLeavesNothingInTheTemporaryDirectory(@TempDir Path folder)
            throws IOException, InterruptedException {
        // Given a control plane that serves, with a temporary directory of its own
        // When it is killed
        Installed.Outcome outcome = Installed.run(folder, """
                mkdir tmp
                HIGUMA_NO_AOT=1 HIGUMA_JAVA_OPTS="-Djava.io.tmpdir=$PWD/tmp" higuma cp run 2>log &
                curl -fs --retry 120 --retry-delay 1 --retry-all-errors -o index http://localhost:5681/ || cat log >&2
                kill -KILL $!
                ls -A tmp
                """);

        // Then it has unpacked no library there
        assertThat(outcome.err()).isEmpty();
        assertThat(folder.resolve("index")).isNotEmptyFile();
        assertThat(outcome.out()).isEmpty();
    }
}
