package io.higuma.store.sql;

import io.higuma.model.Resource;
import io.higuma.model.ResourceKey;
import io.higuma.model.ResourceMeta;
import io.higuma.store.Deletion;
import io.higuma.store.ResourceCodec;
import io.higuma.store.Revision;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The SQL: the same for every database.
final class Rows {

    private static final String COLUMNS =
            "r.number, r.type, r.mesh, r.name, r.labels, r.body, r.created, r.author, r.written";

    /// What a resource was before the deletion `d`.
    private static final String LAST = "(SELECT MAX(b.number) FROM revisions b"
            + " WHERE b.type = d.type AND b.mesh = d.mesh AND b.name = d.name AND b.number < d.number)";

    private final ResourceCodec codec;

    Rows(ResourceCodec codec) {
        this.codec = codec;
    }

    Optional<Resource> current(Connection connection, ResourceKey key) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(
                "SELECT " + COLUMNS
                        + " FROM now n JOIN revisions r ON r.number = n.number WHERE n.type = ? AND n.mesh = ? AND n.name = ?")) {
            bind(query, key);
            return revisions(query).stream().findFirst().flatMap(Revision::resource);
        }
    }

    /// @param type empty for all types
    List<Resource> list(Connection connection, Optional<String> type) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement("SELECT " + COLUMNS
                + " FROM now n JOIN revisions r ON r.number = n.number" + (type.isPresent() ? " WHERE n.type = ?" : "")
                + " ORDER BY n.type, n.mesh, n.name")) {
            if (type.isPresent()) {
                query.setString(1, type.get());
            }
            return revisions(query).stream().flatMap(r -> r.resource().stream()).toList();
        }
    }

    List<Revision> after(Connection connection, long number) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(
                "SELECT " + COLUMNS + " FROM revisions r WHERE r.number > ? ORDER BY r.number")) {
            query.setLong(1, number);
            return revisions(query);
        }
    }

    List<Revision> history(Connection connection, ResourceKey key, int limit) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement("SELECT " + COLUMNS
                + " FROM revisions r WHERE r.type = ? AND r.mesh = ? AND r.name = ? ORDER BY r.number DESC LIMIT ?")) {
            bind(query, key);
            query.setInt(4, limit);
            return revisions(query);
        }
    }

    /// Newest first.
    List<Deletion> deletions(Connection connection, String type, Instant since, int limit) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement("SELECT " + COLUMNS
                + ", d.written FROM revisions d JOIN revisions r ON r.number = " + LAST
                + " WHERE d.body IS NULL AND d.type = ? AND d.written >= ? AND r.body IS NOT NULL"
                + " ORDER BY d.number DESC LIMIT ?")) {
            query.setString(1, type);
            query.setString(2, InstantText.least(since));
            query.setInt(3, limit);
            List<Deletion> found = new ArrayList<>();
            try (ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    Instant time = InstantText.read(row.getString(10));
                    if (!time.isBefore(since)) {
                        revision(row).resource().ifPresent(last -> found.add(new Deletion(last, time)));
                    }
                }
            }
            return found;
        }
    }

    void append(Connection connection, Revision revision) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(
                "INSERT INTO revisions (number, type, mesh, name, labels, body, created, author, written)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
            insert.setLong(1, revision.number());
            insert.setString(2, revision.key().type());
            insert.setString(3, revision.key().mesh());
            insert.setString(4, revision.key().name());
            Optional<Resource> resource = revision.resource();
            insert.setString(5, resource.map(r -> LabelText.write(r.labels())).orElse(null));
            insert.setString(6, resource.map(codec::encode).orElse(null));
            insert.setString(7, resource.map(r -> r.meta().created().toString()).orElse(null));
            insert.setString(8, revision.author());
            insert.setString(9, revision.time().toString());
            insert.executeUpdate();
        }
        moveNow(connection, revision);
    }

    private static void moveNow(Connection connection, Revision revision) throws SQLException {
        String sql = revision.resource().isPresent()
                ? "INSERT INTO now (number, type, mesh, name) VALUES (?, ?, ?, ?)"
                        + " ON CONFLICT (type, mesh, name) DO UPDATE SET number = excluded.number"
                : "DELETE FROM now WHERE number < ? AND type = ? AND mesh = ? AND name = ?";
        try (PreparedStatement move = connection.prepareStatement(sql)) {
            move.setLong(1, revision.number());
            move.setString(2, revision.key().type());
            move.setString(3, revision.key().mesh());
            move.setString(4, revision.key().name());
            move.executeUpdate();
        }
    }

    long number(Connection connection, String sql) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(sql);
                ResultSet row = query.executeQuery()) {
            return row.next() ? row.getLong(1) : 0;
        }
    }

    /// To be called in a transaction: what is forgotten and how far the log was forgotten belong together.
    void compact(Connection connection, long keepAfter, Set<String> types, Instant since) throws SQLException {
        String listed = types.isEmpty() ? "NULL" : String.join(", ", Collections.nCopies(types.size(), "?"));
        try (PreparedStatement delete = connection.prepareStatement(
                        "WITH kept AS (SELECT d.number AS number, " + LAST + " AS last FROM revisions d"
                                + " WHERE d.body IS NULL AND d.type IN (" + listed + ") AND d.written >= ?)"
                                + " DELETE FROM revisions WHERE number <= ? AND number NOT IN (SELECT number FROM now"
                                + " UNION SELECT number FROM kept UNION SELECT last FROM kept WHERE last IS NOT NULL)");
                PreparedStatement mark =
                        connection.prepareStatement("UPDATE compaction SET reached = ? WHERE reached < ?")) {
            int place = 0;
            for (String type : types) {
                delete.setString(++place, type);
            }
            delete.setString(++place, InstantText.least(since));
            delete.setLong(++place, keepAfter);
            delete.executeUpdate();
            mark.setLong(1, keepAfter);
            mark.setLong(2, keepAfter);
            mark.executeUpdate();
        }
    }

    private static void bind(PreparedStatement statement, ResourceKey key) throws SQLException {
        statement.setString(1, key.type());
        statement.setString(2, key.mesh());
        statement.setString(3, key.name());
    }

    private List<Revision> revisions(PreparedStatement query) throws SQLException {
        List<Revision> found = new ArrayList<>();
        try (ResultSet row = query.executeQuery()) {
            while (row.next()) {
                found.add(revision(row));
            }
        }
        return found;
    }

    private Revision revision(ResultSet row) throws SQLException {
        long number = row.getLong(1);
        ResourceKey key = new ResourceKey(row.getString(2), row.getString(3), row.getString(4));
        String body = row.getString(6);
        Instant written = InstantText.read(row.getString(9));
        Optional<Resource> resource = body == null
                ? Optional.empty()
                : Optional.of(codec.decode(
                        key,
                        new ResourceMeta(
                                LabelText.read(row.getString(5)), InstantText.read(row.getString(7)), written, number),
                        body));
        return new Revision(number, key, resource, row.getString(8), written);
    }
}
