package io.higuma.store.sql;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.callback.Callback;
import org.flywaydb.core.api.callback.Context;
import org.flywaydb.core.api.callback.Event;
import org.flywaydb.core.api.configuration.FluentConfiguration;

/// Brings the schema of a file up to date. Flyway is asked only when there is something to do: it
/// costs more than the rest of a start together.
final class Migrations {

    /// The newest migration in `migrations/`.
    static final int CURRENT = 2;

    private Migrations() {}

    /// @throws StoreOpenException if a newer version of the program made the file
    static void apply(Connection connection, String url, Path database) throws SQLException {
        int found = version(connection);
        if (found > CURRENT) {
            throw new StoreOpenException(
                    "the data in " + database + " was written by a newer version of this program (schema " + found
                            + ", this one reads up to " + CURRENT + "); start that version again, or restore a backup",
                    null);
        }
        if (found < CURRENT) {
            if (!DataFolder.hasRoom(database)) {
                throw new StoreOpenException(
                        "the store " + database + " cannot be made: its disk is full; make room, then start again",
                        null);
            }
            configuration(url).load().migrate();
            mark(connection, String.valueOf(CURRENT)); // an earlier release did that in a second step
        }
    }

    private static void mark(Connection connection, String version) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA user_version = " + version);
        }
    }

    static FluentConfiguration configuration(String url) {
        return Flyway.configure(Migrations.class.getClassLoader())
                .dataSource(url, null, null)
                .locations("classpath:io/higuma/store/sql/migrations")
                .callbacks(new VersionMark());
    }

    /// Writes the version of each migration into the file, in the transaction of the migration: at no moment a program
    /// that is too old takes a file for one of its own.
    private static final class VersionMark implements Callback {

        @Override
        public boolean supports(Event event, Context context) {
            return event == Event.AFTER_EACH_MIGRATE;
        }

        @Override
        public boolean canHandleInTransaction(Event event, Context context) {
            return true;
        }

        @Override
        public void handle(Event event, Context context) {
            String version = context.getMigrationInfo().getVersion().getVersion();
            try {
                mark(context.getConnection(), version);
            } catch (SQLException e) {
                throw new FlywayException("version " + version + " of the schema cannot be marked", e);
            }
        }

        @Override
        public String getCallbackName() {
            return "version mark";
        }
    }

    private static int version(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("PRAGMA user_version")) {
            return row.next() ? row.getInt(1) : 0;
        }
    }
}
