package io.higuma.e2e;

import static io.higuma.testkit.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.higuma.testkit.net.TwoHosts;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The guides for hosts, their commands typed as they stand there.
class HostGuidesTest {

    private static final String WEB = "URI=spiffe://default.default.mesh.local/workload/web";

    @TempDir
    private Path folder;

    @BeforeEach
    void skipWhereItCannotRun() throws Exception {
        HostsMesh.require();
        Installed.require();
        // Envoy's user must be able to enter the folder
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    @Test
    void aVirtualMachineJoinsAsTheGuideSays() throws Exception {
        Guide guide = Guide.read("vm-transparent-proxy.md");
        guide.writeTo(folder);
        try (HostsMesh.Hosts hosts = new HostsMesh.Hosts(folder, true)) {
            String before = hosts.filter();
            hosts.serve(hosts.other(), "shop.py", "catalog", "80");
            hosts.resolver();
            Typist typist = new Typist(hosts, folder);
            List<Guide.Typed> commands = guide.commands();
            assertThat(commands).hasSize(9);

            for (Guide.Typed command : commands.subList(0, 4)) {
                typist.type(command);
            }
            eventually(
                    "the application calls the service",
                    () -> typist.type(commands.get(4)),
                    answer -> answer.contains("service: catalog"));
            typist.type(commands.get(5));
            eventually(
                    "the service knows who calls",
                    () -> typist.type(commands.get(6)),
                    answer -> answer.contains("service: catalog") && answer.contains(WEB));
            typist.type(commands.get(7));
            assertThat(hosts.filter()).contains("higuma");
            // The last block proves the rules it installed, and takes them away
            assertThat(typist.type(commands.get(8)))
                    .contains("redirect to :15001")
                    .contains("ok        rules")
                    .doesNotContain("failed");
            assertThat(nft(hosts.filter())).isEqualTo(nft(before));
        }
    }

    private static String nft(String filter) {
        return filter.substring(filter.indexOf("== nft"));
    }

    @Test
    void aNameIsFollowedAsTheGuideSays() throws Exception {
        Guide guide = Guide.read("debugging-names.md");
        guide.writeTo(folder);
        try (HostsMesh mesh = new HostsMesh(folder, true)) {
            TwoHosts hosts = mesh.hosts;
            hosts.serve(hosts.other(), "shop.py", "catalog", "80");
            mesh.sidecar(hosts.other(), "catalog", 80);
            mesh.sidecar(hosts.app(), "web", 0);
            Typist typist = new Typist(hosts, folder);
            List<Guide.Typed> commands = guide.commands();
            assertThat(commands).hasSize(10);

            assertThat(typist.type(commands.get(0))).contains("catalog");
            String service = typist.type(commands.get(1));
            assertThat(typist.type(commands.get(2))).contains("local-universal-mesh-service");
            typist.type(commands.get(3));
            List<String> answers = typist.type(commands.get(4)).lines().toList();
            assertThat(answers).hasSizeGreaterThan(3);
            assertThat(service).contains(answers.get(0));
            assertThat(answers.get(1)).startsWith("fd68:6967:756d:");
            typist.type(commands.get(5));
            assertThat(typist.type(commands.get(6))).contains("* Connected to").contains("< HTTP/1.1 200");
            typist.type(commands.get(7));
            assertThat(typist.type(commands.get(8))).contains("service: catalog");
            assertThat(typist.type(commands.get(9)))
                    .startsWith("web-1 is told ")
                    .contains("Limited to the ");
        }
    }
}
