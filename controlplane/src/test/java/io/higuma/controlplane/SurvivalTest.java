package io.higuma.controlplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.higuma.testkit.Eventually;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/// What a control plane survives: SIGKILL, a full disk. Each plane is a process of its own.
class SurvivalTest {

    private static final String MESH = "{'type':'Mesh','name':'%s','skipCreatingInitialPolicies':['*']}";
    private static final String SECRET = "{'type':'Secret','mesh':'default','name':'%s','data':'%s'}";

    @TempDir
    private Path folder;

    @Test
    void whateverWasAcknowledgedIsThereAfterSigkill() throws Exception {
        Path data = folder.resolve("data");
        Random random = new Random(7);
        Map<String, Integer> acknowledged = new LinkedHashMap<>();
        Map<String, Boolean> underWay = new LinkedHashMap<>();
        for (int round = 0; round < 2; round++) {
            try (ChildPlane plane = ChildPlane.launch(data, List.of()).ready()) {
                assertThat(plane.log()).as("a start that goes well").doesNotContain(" WARN ");
                // Given everything that was said to be written before the last kill
                acknowledged.forEach((path, status) ->
                        assertThat(plane.get(path).statusCode()).as(path).isEqualTo(status));

                // When it is killed somewhere among writes
                int writes = 5 + random.nextInt(15);
                for (int i = 0; i < writes; i++) {
                    String name = "m" + round + "-" + i;
                    if (plane.put("/meshes/" + name, MESH.formatted(name)).statusCode() == 201) {
                        acknowledged.put("/meshes/" + name, 200);
                    }
                }
                // … and while one is under way
                String late = "late-" + round;
                CompletableFuture<Boolean> answered = CompletableFuture.supplyAsync(
                        () -> isWritten(plane, late), Executors.newVirtualThreadPerTaskExecutor());
                LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(random.nextInt(20_000)));
                plane.kill();
                underWay.put(late, answered.join());
            }
        }
        // Then the next one has it all, and goes on
        try (ChildPlane plane = ChildPlane.launch(data, List.of()).ready()) {
            assertThat(acknowledged).hasSizeGreaterThan(5);
            acknowledged.forEach((path, status) ->
                    assertThat(plane.get(path).statusCode()).as(path).isEqualTo(status));
            // What was cut off is there with everything that belongs to it, or not at all
            underWay.forEach((mesh, answered) -> {
                int status = plane.get("/meshes/" + mesh).statusCode();
                int belongings = plane.get("/meshes/" + mesh + "/meshtimeouts/mesh-timeout-all-" + mesh)
                        .statusCode();
                assertThat(status).as(mesh).isIn(answered ? List.of(200) : List.of(200, 404));
                assertThat(belongings).as("the default policy of " + mesh).isEqualTo(status);
            });
            assertThat(plane.put("/meshes/after", MESH.formatted("after")).statusCode())
                    .isEqualTo(201);
        }
    }

    /// A mesh with its default policies; false if the answer never came.
    private static boolean isWritten(ChildPlane plane, String mesh) {
        try {
            return plane.put("/meshes/" + mesh, "{'type':'Mesh','name':'%s'}".formatted(mesh))
                            .statusCode()
                    == 201;
        } catch (UncheckedIOException cutOff) {
            return false;
        }
    }

    @Test
    void theAddressOfARemovedServiceRestsOverSigkill() throws Exception {
        assertThat("bc0k".hashCode()).as("both names lead to one address").isEqualTo("bank".hashCode());
        Path data = folder.resolve("rests");
        String before;
        try (ChildPlane plane = ChildPlane.launch(data, List.of()).ready()) {
            before = addressOf("bank", plane);
            assertThat(plane.delete("/meshes/default/meshexternalservices/bank").statusCode())
                    .isEqualTo(200);
            plane.kill();
        }
        try (ChildPlane plane = ChildPlane.launch(data, List.of()).ready()) {
            assertThat(addressOf("bc0k", plane)).isNotEqualTo(before);
            assertThat(addressOf("bank", plane)).as("it comes back").isEqualTo(before);
        }
    }

    /// Writes a service outside of the mesh, and waits until it has an address.
    private static String addressOf(String service, ChildPlane plane) {
        String path = "/meshes/default/meshexternalservices/" + service;
        assertThat(plane.put(
                                path,
                                "{'type':'MeshExternalService','mesh':'default','name':'" + service
                                        + "','spec':{'match':{'port':443,'protocol':'tcp'},"
                                        + "'endpoints':[{'address':'192.0.2.7','port':443}]}}")
                        .statusCode())
                .isEqualTo(201);
        return Eventually.within(
                Duration.ofSeconds(30),
                service + " has an address",
                () -> JsonMapper.shared()
                        .readTree(plane.get(path).body())
                        .at("/status/vip/ip")
                        .asString(""),
                address -> !address.isEmpty());
    }

    private static boolean mayMount() throws IOException, InterruptedException {
        Process probe = new ProcessBuilder("unshare", "-m", "mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", "/mnt")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        return probe.waitFor() == 0;
    }

    @Test
    void onAFullDiskNothingIsAcknowledgedThatIsNotThereAndRoomIsEnoughToRecover() throws Exception {
        assumeTrue(mayMount(), "needs the right to mount in a namespace of its own");
        Path data = Files.createDirectories(folder.resolve("disk"));
        String mount = "mount -t tmpfs -o size=8m tmpfs '" + data + "' && dd if=/dev/zero of='" + data
                + "/ballast' bs=1M count=4 status=none && exec \"$@\"";
        try (ChildPlane plane = ChildPlane.launch(data, List.of("unshare", "-m", "sh", "-c", mount, "sh"))
                .ready()) {
            assertThat(plane.health().statusCode()).isEqualTo(200);

            // When secrets are written until the disk is full
            String large = "YWFh".repeat(16_000);
            int written = 0;
            HttpResponse<String> last;
            while (true) {
                last = plane.put("/meshes/default/secrets/s" + written, SECRET.formatted("s" + written, large));
                if (last.statusCode() != 201) {
                    break;
                }
                written++;
                assertThat(written).as("the disk becomes full").isLessThan(500);
            }

            // Then the write is refused in words, health is red, and everything acknowledged can be read
            assertThat(last.statusCode()).isEqualTo(503);
            assertThat(last.body()).contains("cannot be used").doesNotContain("YWFh");
            HttpResponse<String> health = plane.health();
            assertThat(health.statusCode()).isEqualTo(503);
            assertThat(health.body()).contains("higuma.db").contains("recovers by itself");
            assertThat(plane.get("/meshes/default/secrets/s" + written).statusCode())
                    .isEqualTo(404);
            for (int i = 0; i < written; i++) {
                assertThat(plane.get("/meshes/default/secrets/s" + i).body()).contains(large);
            }

            // And it stays red, though a write of a few bytes would find a place
            long red = System.nanoTime();
            while (System.nanoTime() - red < TimeUnit.MILLISECONDS.toNanos(2500)) {
                assertThat(plane.health().statusCode()).isEqualTo(503);
            }

            // When there is room again
            Files.delete(Path.of("/proc/" + plane.pid() + "/root" + data + "/ballast"));

            // Then it turns green without anybody's help, and takes writes
            Eventually.within(
                    Duration.ofSeconds(30), "health turns green", plane::health, answer -> answer.statusCode() == 200);
            assertThat(plane.put("/meshes/default/secrets/more", SECRET.formatted("more", large))
                            .statusCode())
                    .isEqualTo(201);
        }
    }

    @Test
    void aFolderThatCannotBeWrittenIsASentence() throws Exception {
        assumeTrue(mayMount(), "needs the right to mount in a namespace of its own");
        Path data = Files.createDirectories(folder.resolve("readonly"));
        String mount = "mount -t tmpfs -o ro tmpfs '" + data + "' && exec \"$@\"";
        try (ChildPlane plane = ChildPlane.launch(data, List.of("unshare", "-m", "sh", "-c", mount, "sh"))) {
            assertThat(plane.awaitEnd()).isNotZero();
            Eventually.eventually(
                    "the sentence is there", () -> plane.log().contains("the data folder " + data + " cannot be used"));
            assertThat(plane.log()).contains("--data-dir").doesNotContain("\tat ");
        }
    }

    @Test
    void aDatabaseThatCannotBeWrittenIsASentence() throws Exception {
        assumeTrue(mayMount(), "needs the right to mount in a namespace of its own");
        Path data = folder.resolve("sealed");
        try (ChildPlane plane = ChildPlane.launch(data, List.of()).ready()) {}
        String database = data.resolve("higuma.db").toString();
        String mount = "mount --bind '" + database + "' '" + database + "' && mount -o remount,bind,ro '" + database
                + "' && exec \"$@\"";
        try (ChildPlane plane = ChildPlane.launch(data, List.of("unshare", "-m", "sh", "-c", mount, "sh"))) {
            assertThat(plane.awaitEnd()).isEqualTo(3);
            Eventually.eventually(
                    "the sentence is there",
                    () -> plane.log().contains(database + " cannot be written by this user; give it to the user"));
            assertThat(plane.log()).doesNotContain("\tat ");
        }
    }

    @Test
    void aDiskWithoutRoomForAStoreIsASentence() throws Exception {
        assertFullAtStart("mount -t tmpfs -o size=64k tmpfs '%s'", "cannot be made: its disk is full; make room");
    }

    @Test
    void aDiskWithoutRoomForAStartIsASentence() throws Exception {
        Path stored = folder.resolve("stored");
        try (ChildPlane plane = ChildPlane.launch(stored, List.of()).ready()) {}
        // What SQLite shares between connections is made anew at each start
        Files.deleteIfExists(stored.resolve("higuma.db-shm"));
        assertFullAtStart(
                "mount -t tmpfs -o size=4m tmpfs '%1$s' && cp -a '" + stored + "/.' '%1$s'"
                        + " && { dd if=/dev/zero of='%1$s/ballast' bs=4k status=none || true; }",
                "cannot be opened: its disk is full; make room");
    }

    /// @param disk makes the data folder `%s`
    private void assertFullAtStart(String disk, String sentence) throws Exception {
        assumeTrue(mayMount(), "needs the right to mount in a namespace of its own");
        Path data = Files.createDirectories(folder.resolve("full"));
        String mount = disk.formatted(data) + " && exec \"$@\"";
        try (ChildPlane plane = ChildPlane.launch(data, List.of("unshare", "-m", "sh", "-c", mount, "sh"))) {
            assertThat(plane.awaitEnd()).isEqualTo(3);
            Eventually.eventually("the sentence is there", () -> plane.log().contains(sentence));
            assertThat(plane.log()).doesNotContain("\tat ");
        }
    }

    @Test
    void aSecondProcessOnTheSameDataIsRefusedAndToldWhoHasIt() throws Exception {
        Path data = folder.resolve("shared");
        try (ChildPlane first = ChildPlane.launch(data, List.of()).ready();
                ChildPlane second = ChildPlane.launch(data, List.of())) {
            assertThat(second.awaitEnd()).isNotZero();
            Eventually.eventually(
                    "the sentence is there",
                    () -> second.log().contains("is in use by another process (process " + first.pid()));
            assertThat(second.log()).doesNotContain("\tat ");
            assertThat(first.get("/meshes/default").statusCode()).isEqualTo(200);
        }
    }
}
