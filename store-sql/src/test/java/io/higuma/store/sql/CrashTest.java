package io.higuma.store.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.higuma.model.ResourceKey;
import io.higuma.model.core.ConfigSpec;
import io.higuma.store.ResourceStore;
import io.higuma.store.Revision;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A process that writes is killed with SIGKILL at a random moment, again and again, on one file.
class CrashTest {

    private static final int ROUNDS =
            System.getProperty("higuma.tests", "short").equals("long") ? 200 : 20;

    @TempDir
    private Path folder;

    @Test
    void everyAcknowledgedRevisionSurvivesAndNoneIsThereTwice() throws Exception {
        Path file = folder.resolve("data/higuma.db");
        Random random = new Random(42);
        Map<Long, String> acknowledged = new HashMap<>();

        for (int round = 0; round < ROUNDS; round++) {
            int lines = 1 + random.nextInt(60);
            acknowledged.putAll(writeAndKill(file, round, lines));

            try (ResourceStore store = SqliteResourceStore.open(file, new ConfigCodec(), InstantSource.system())) {
                Map<Long, String> stored = everything(store);
                assertThat(stored).containsAllEntriesOf(acknowledged);
                assertThat(store.revision())
                        .isEqualTo(
                                stored.keySet().stream().mapToLong(n -> n).max().orElse(0));
            }
        }
    }

    /// What the child acknowledged before it died, by revision.
    private static Map<Long, String> writeAndKill(Path file, int round, int lines) throws IOException {
        Process child = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xshare:auto",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("surefire.real.class.path", System.getProperty("java.class.path")),
                        "io.higuma.store.sql.CrashWriter",
                        file.toString(),
                        Integer.toString(round)))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        Map<Long, String> acknowledged = new HashMap<>();
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8))) {
            String line;
            int read = 0;
            while ((line = out.readLine()) != null) {
                String[] parts = line.split(" ");
                if (parts.length == 3 && !parts[2].isEmpty()) {
                    acknowledged.put(Long.parseLong(parts[2]), parts[0] + " " + parts[1]);
                }
                if (++read == lines) {
                    child.toHandle().destroyForcibly(); // unlike the process, leaves what it said readable
                }
            }
        } finally {
            child.destroyForcibly();
            awaitEnd(child);
        }
        assertThat(acknowledged).isNotEmpty();
        return acknowledged;
    }

    private static void awaitEnd(Process child) {
        try {
            child.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Map<Long, String> everything(ResourceStore store) {
        Map<Long, String> stored = new HashMap<>();
        List<Revision> revisions = new ArrayList<>();
        for (int w = 0; w < 2; w++) {
            revisions.addAll(store.history(ResourceKey.global("Config", "writer-" + w), Integer.MAX_VALUE));
        }
        for (Revision revision : revisions) {
            String value =
                    revision.resource().orElseThrow().spec(ConfigSpec.class).config();
            String before = stored.put(revision.number(), revision.key().name() + " " + value);
            assertThat(before).isNull();
        }
        return stored;
    }
}
