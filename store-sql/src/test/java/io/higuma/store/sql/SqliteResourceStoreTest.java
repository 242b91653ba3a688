package io.higuma.store.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.higuma.model.ResourceKey;
import io.higuma.store.ResourceStore;
import io.higuma.store.StoreEvent;
import io.higuma.store.conformance.ResourceStoreConformance;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.callback.Callback;
import org.flywaydb.core.api.callback.Context;
import org.flywaydb.core.api.callback.Event;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteResourceStoreTest extends ResourceStoreConformance {

    @TempDir
    private Path folder;

    private Path file() {
        return folder.resolve("data/higuma.db");
    }

    @Override
    protected ResourceStore open(InstantSource clock) {
        return SqliteResourceStore.open(file(), new ConfigCodec(), clock);
    }

    @Test
    void everythingIsThereAfterReopening() throws Exception {
        Path other = folder.resolve("other/higuma.db");
        long revision;
        try (ResourceStore store = SqliteResourceStore.open(other, new ConfigCodec(), InstantSource.system())) {
            store.commit(List.of(put("a", "1")), "ann");
            revision = store.commit(List.of(put("a", "2")), "ann").revision();
        }
        try (ResourceStore store = SqliteResourceStore.open(other, new ConfigCodec(), InstantSource.system())) {
            assertThat(store.revision()).isEqualTo(revision);
            assertThat(store.history(ResourceKey.global("Config", "a"), 10)).hasSize(2);
            LinkedBlockingQueue<StoreEvent> heard = new LinkedBlockingQueue<>();
            try (ResourceStore.Watch watch = store.watch(revision - 1, heard::add)) {
                assertThat(heard.poll(10, TimeUnit.SECONDS))
                        .isInstanceOfSatisfying(
                                StoreEvent.Upsert.class,
                                upsert -> assertThat(upsert.revision()).isEqualTo(revision));
            }
            assertThat(store.commit(List.of(put("b", "1")), "ann").revision()).isGreaterThan(revision);
        }
    }

    @Test
    void aSecondProcessIsToldWhoHoldsTheData() {
        assertThatThrownBy(() -> SqliteResourceStore.open(file(), new ConfigCodec(), InstantSource.system()))
                .isInstanceOf(StoreOpenException.class)
                .hasMessageContaining("in use by another process")
                .hasMessageContaining("process " + ProcessHandle.current().pid());
    }

    @Test
    void aFileOfANewerVersionIsLeftAlone() throws Exception {
        Path newer = folder.resolve("newer/higuma.db");
        SqliteResourceStore.open(newer, new ConfigCodec(), InstantSource.system())
                .close();
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + newer);
                Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA user_version = 99");
        }

        assertThatThrownBy(() -> SqliteResourceStore.open(newer, new ConfigCodec(), InstantSource.system()))
                .isInstanceOf(StoreOpenException.class)
                .hasMessageContaining("newer version")
                .hasMessageContaining("99");
    }

    /// Killed right after a migration, a program leaves its version in the file; killed before, it leaves nothing.
    @Test
    void aMigrationAndItsVersionAreOneStep() throws Exception {
        for (Event moment : List.of(Event.AFTER_EACH_MIGRATE, Event.AFTER_MIGRATE)) {
            Path file = folder.resolve(moment + ".db");
            FluentConfiguration usual = Migrations.configuration("jdbc:sqlite:" + file);
            List<Callback> callbacks = new ArrayList<>(List.of(usual.getCallbacks()));
            callbacks.add(new Breaks(moment));

            assertThatThrownBy(() -> usual.callbacks(callbacks.toArray(Callback[]::new))
                            .load()
                            .migrate())
                    .isInstanceOf(FlywayException.class);

            boolean done = moment == Event.AFTER_MIGRATE;
            assertThat(number(file, "PRAGMA user_version")).isEqualTo(done ? Migrations.CURRENT : 0);
            assertThat(number(file, "SELECT COUNT(*) FROM sqlite_master WHERE name = 'revisions'"))
                    .isEqualTo(done ? 1 : 0);
            // and the next start goes on from there
            try (ResourceStore store = SqliteResourceStore.open(file, new ConfigCodec(), InstantSource.system())) {
                assertThat(store.commit(List.of(put("a", "1")), "ann").revision())
                        .isEqualTo(1);
            }
            assertThat(number(file, "PRAGMA user_version")).isEqualTo(Migrations.CURRENT);
        }
    }

    @Test
    void aFileOfAnEarlierVersionIsTakenOver() throws Exception {
        Path file = folder.resolve("earlier.db");
        Migrations.configuration("jdbc:sqlite:" + file).target("1").load().migrate();
        assertThat(number(file, "PRAGMA user_version")).isEqualTo(1);

        try (ResourceStore store = SqliteResourceStore.open(file, new ConfigCodec(), InstantSource.system())) {
            assertThat(store.commit(List.of(put("a", "1")), "ann").revision()).isEqualTo(1);
        }

        assertThat(number(file, "PRAGMA user_version")).isEqualTo(Migrations.CURRENT);
        assertThat(number(file, "SELECT COUNT(*) FROM sqlite_master WHERE name = 'deletions'"))
                .isEqualTo(1);
    }

    private static int number(Path file, String query) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            return row.getInt(1);
        }
    }

    /// The process that dies at a moment.
    private record Breaks(Event moment) implements Callback {

        @Override
        public boolean supports(Event event, Context context) {
            return event == moment;
        }

        @Override
        public boolean canHandleInTransaction(Event event, Context context) {
            return true;
        }

        @Override
        public void handle(Event event, Context context) {
            throw new FlywayException("dies at " + event);
        }

        @Override
        public String getCallbackName() {
            return "zz: after ours";
        }
    }

    @Test
    void aDamagedFileIsASentence() throws Exception {
        Path damaged = folder.resolve("damaged/higuma.db");
        Files.createDirectories(damaged.getParent());
        Files.writeString(damaged, "this is no database, however long the text may be ".repeat(100));

        assertThatThrownBy(() -> SqliteResourceStore.open(damaged, new ConfigCodec(), InstantSource.system()))
                .isInstanceOf(StoreOpenException.class)
                .hasMessageContaining("restore a backup");
    }

    @Test
    void onlyTheOwnerMayReadTheData() throws Exception {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file().getParent())))
                .isEqualTo("rwx------");
    }
}
