package io.higuma.store.sql;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.flywaydb.core.Flyway;

/// Brings the schema of a file up to date. Flyway is asked only when there is something to do: it
/// costs more than the rest of a start together.
final class Migrations {

    /// The newest migration in `migrations/`.
    static final int CURRENT = 1;

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
            Flyway.configure(Migrations.class.getClassLoader())
                    .dataSource(url, null, null)
                    .locations("classpath:io/higuma/store/sql/migrations")
                    .load()
                    .migrate();
            try (Statement statement = connection.createStatement()) {
                statement.execute("PRAGMA user_version = " + CURRENT);
            }
        }
    }

    private static int version(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("PRAGMA user_version")) {
            return row.next() ? row.getInt(1) : 0;
        }
    }
}
