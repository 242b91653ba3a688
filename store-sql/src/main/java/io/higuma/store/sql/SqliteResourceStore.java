package io.higuma.store.sql;

import io.higuma.model.Resource;
import io.higuma.model.ResourceKey;
import io.higuma.store.Change;
import io.higuma.store.Commit;
import io.higuma.store.Deletion;
import io.higuma.store.Log;
import io.higuma.store.ResourceCodec;
import io.higuma.store.ResourceStore;
import io.higuma.store.Revision;
import io.higuma.store.StoreEvent;
import io.higuma.store.StoreUnavailableException;
import io.higuma.store.Watchers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.flywaydb.core.api.FlywayException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteConfig;

/// The embedded store: one SQLite file with a write-ahead log, flushed to the disk before a commit is answered.
///
/// One thread writes. Commits that wait while it does go into its next transaction together, so
/// that they share one flush; each keeps its own decision, and one that is refused takes no other
/// with it.
public final class SqliteResourceStore implements ResourceStore {

    private static final Logger log = LoggerFactory.getLogger(SqliteResourceStore.class);
    private static final int READERS = 2;
    private static final int GROUP = 64;
    private static final Duration PROBE = Duration.ofSeconds(1);

    private final Path database;
    private final DataFolder folder;
    private final InstantSource clock;
    private final Rows rows;
    private final Recent recent = new Recent();
    private final Connection writer; // owned by the writer thread
    private final BlockingQueue<Connection> readers = new ArrayBlockingQueue<>(READERS);
    private final LinkedBlockingQueue<Task> tasks = new LinkedBlockingQueue<>();
    private final Watchers watchers = new Watchers(this::everything);
    private final Thread thread;
    private volatile long last;
    private volatile String trouble = "";
    private volatile boolean closed;

    /// What the writer thread does next.
    private sealed interface Task {
        CompletableFuture<?> done();

        record Write(List<Change> changes, String author, CompletableFuture<Commit> done) implements Task {}

        record AddWatch(long revision, Listener listener, CompletableFuture<Watch> done) implements Task {}

        record Compact(long keepAfter, Set<String> types, Instant since, CompletableFuture<Boolean> done)
                implements Task {}

        record Stop(CompletableFuture<Boolean> done) implements Task {}
    }

    private SqliteResourceStore(Path database, ResourceCodec codec, InstantSource clock, DataFolder folder)
            throws SQLException {
        this.database = database;
        this.folder = folder;
        this.clock = clock;
        this.rows = new Rows(codec);
        this.writer = connect(database);
        try {
            Migrations.apply(writer, url(database), database);
            for (int i = 0; i < READERS; i++) {
                readers.add(connect(database));
            }
            this.last = Math.max(
                    rows.number(writer, "SELECT MAX(number) FROM revisions"),
                    rows.number(writer, "SELECT reached FROM compaction"));
        } catch (SQLException | RuntimeException e) {
            writer.close();
            for (Connection reader : readers) {
                reader.close();
            }
            throw e;
        }
        this.thread = Thread.ofPlatform().name("store-writer").daemon().unstarted(this::run);
    }

    /// Opens the file, or makes it.
    ///
    /// @throws StoreOpenException if it cannot be used: locked, unreadable, damaged, or from a newer version
    public static SqliteResourceStore open(Path database, ResourceCodec codec, InstantSource clock) {
        DataFolder folder = DataFolder.open(database);
        try {
            if (!Files.exists(database)) {
                Files.createFile(
                        database, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            }
            DataFolder.checkWritable(database);
            SqliteResourceStore store = new SqliteResourceStore(database, codec, clock, folder);
            store.thread.start();
            return store;
        } catch (SQLException | java.io.IOException e) {
            folder.close();
            throw new StoreOpenException(
                    "the store " + database + " cannot be opened: "
                            + (DataFolder.hasRoom(database)
                                    ? e.getMessage() + "; if the file is damaged, restore a backup"
                                    : "its disk is full; make room, then start again"),
                    e);
        } catch (FlywayException e) {
            folder.close();
            throw new StoreOpenException(
                    "the store " + database + " cannot be brought to this version: " + reason(e)
                            + "; make room on the disk or restore a backup, then start again",
                    e);
        } catch (RuntimeException e) {
            folder.close();
            throw e;
        }
    }

    private static String reason(FlywayException e) {
        Throwable deepest = e;
        while (deepest.getCause() != null) {
            deepest = deepest.getCause();
        }
        return String.valueOf(deepest.getMessage()).strip();
    }

    private static String url(Path database) {
        return "jdbc:sqlite:" + database.toAbsolutePath();
    }

    private static Connection connect(Path database) throws SQLException {
        SQLiteConfig config = new SQLiteConfig();
        config.setJournalMode(SQLiteConfig.JournalMode.WAL);
        config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
        config.setBusyTimeout(5_000);
        config.setGetGeneratedKeys(false); // nobody asks for them, and each is a query
        return config.createConnection(url(database));
    }

    private void run() {
        while (!closed) {
            List<Task> group = new ArrayList<>();
            try {
                Task first = trouble.isEmpty() ? tasks.take() : tasks.poll(PROBE.toMillis(), TimeUnit.MILLISECONDS);
                if (first == null) {
                    probe();
                    continue;
                }
                group.add(first);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
            tasks.drainTo(group, GROUP - 1);
            for (int i = 0; i < group.size(); ) {
                int end = i;
                while (end < group.size() && group.get(end) instanceof Task.Write) {
                    end++;
                }
                if (end > i) {
                    write(group.subList(i, end).stream()
                            .map(Task.Write.class::cast)
                            .toList());
                    i = end;
                } else {
                    single(group.get(i++));
                }
            }
        }
    }

    /// One transaction for all of them. A commit that is refused is answered at once and leaves nothing in it.
    private void write(List<Task.Write> group) {
        List<Runnable> answers = new ArrayList<>();
        List<Revision> appended = new ArrayList<>();
        Map<ResourceKey, Optional<Resource>> pending = new HashMap<>();
        long number = last;
        try {
            try (Statement begin = writer.createStatement()) {
                begin.execute("BEGIN IMMEDIATE");
            }
            for (Task.Write write : group) {
                try {
                    List<Revision> made = Log.decide(
                            write.changes(), write.author(), clock.instant(), number, key -> current(key, pending));
                    for (Revision revision : made) {
                        rows.append(writer, revision);
                        pending.put(revision.key(), revision.resource());
                        number = revision.number();
                    }
                    appended.addAll(made);
                    long reached = number;
                    answers.add(() -> write.done().complete(Log.answer(made, reached)));
                } catch (io.higuma.store.ConflictException e) {
                    answers.add(() -> write.done().completeExceptionally(e));
                }
            }
            try (Statement commit = writer.createStatement()) {
                commit.execute("COMMIT");
            }
        } catch (SQLException | RuntimeException e) {
            rollback();
            recent.forget();
            fail(group, e);
            return;
        }
        recent.committed(appended);
        last = number;
        recovered();
        // Somebody waits for the answer; what watchers do about it takes longer.
        answers.forEach(Runnable::run);
        watchers.publish(Log.events(appended));
    }

    /// What is stored under a key, or will be with the transaction under way.
    private Optional<Resource> current(ResourceKey key, Map<ResourceKey, Optional<Resource>> pending) {
        Optional<Resource> written = pending.get(key);
        if (written != null) {
            return written;
        }
        Optional<Resource> known = recent.get(key);
        if (known.isPresent()) {
            return known;
        }
        try {
            return rows.current(writer, key);
        } catch (SQLException e) {
            throw new StoreUnavailableException(sentence(e), e);
        }
    }

    private void fail(List<Task.Write> group, Exception e) {
        if (e instanceof SQLException sql) {
            if (trouble.isEmpty()) {
                log.atError()
                        .addKeyValue("error", e.getMessage())
                        .log("a write could not be made durable; nothing was acknowledged");
            }
            trouble = sentence(sql);
        }
        RuntimeException answer =
                e instanceof RuntimeException runtime ? runtime : new StoreUnavailableException(trouble, e);
        group.forEach(write -> write.done().completeExceptionally(answer));
    }

    /// Nobody may write for long, and health shall not stay red for longer than it is: a write that
    /// changes nothing, yet has to reach the disk.
    private void probe() {
        try {
            transaction("UPDATE compaction SET reached = reached");
            recovered();
        } catch (SQLException e) {
            trouble = sentence(e);
        }
    }

    private void transaction(String sql) throws SQLException {
        transaction(() -> {
            try (Statement statement = writer.createStatement()) {
                statement.executeUpdate(sql);
            }
        });
    }

    @FunctionalInterface
    private interface Step {
        void run() throws SQLException;
    }

    private void transaction(Step step) throws SQLException {
        try (Statement statement = writer.createStatement()) {
            statement.execute("BEGIN IMMEDIATE");
            try {
                step.run();
                statement.execute("COMMIT");
            } catch (SQLException | RuntimeException e) {
                rollback();
                throw e;
            }
        }
    }

    /// A small write may find a place on a full disk where the next one finds none.
    private void recovered() {
        if (!trouble.isEmpty() && DataFolder.hasRoom(database)) {
            trouble = "";
            log.atInfo().log("the store takes writes again");
        }
    }

    private void rollback() {
        try (Statement rollback = writer.createStatement()) {
            rollback.execute("ROLLBACK");
        } catch (SQLException e) {
            log.atDebug().addKeyValue("error", e.getMessage()).log("nothing to roll back");
        }
    }

    private void single(Task task) {
        try {
            switch (task) {
                case Task.AddWatch add -> add.done().complete(addWatch(add));
                case Task.Compact compact -> {
                    long keepAfter = Math.min(compact.keepAfter(), last);
                    transaction(() -> rows.compact(writer, keepAfter, compact.types(), compact.since()));
                    compact.done().complete(true);
                }
                case Task.Stop stop -> {
                    closed = true;
                    stop.done().complete(true);
                }
                case Task.Write write -> write(List.of(write));
            }
        } catch (SQLException | RuntimeException e) {
            task.done()
                    .completeExceptionally(
                            e instanceof SQLException sql ? new StoreUnavailableException(sentence(sql), e) : e);
        }
    }

    /// On the writer's thread: no commit happens between what is missed and what will be heard.
    private Watch addWatch(Task.AddWatch add) throws SQLException {
        long compacted = rows.number(writer, "SELECT reached FROM compaction");
        List<StoreEvent> missed = add.revision() <= 0 || add.revision() < compacted
                ? List.of(new StoreEvent.Resync(last, rows.list(writer, Optional.empty())))
                : Log.events(rows.after(writer, add.revision()));
        return watchers.add(missed, add.listener());
    }

    @Override
    public long revision() {
        return last;
    }

    @Override
    public Optional<Resource> get(ResourceKey key) {
        Optional<Resource> known = recent.get(key);
        if (known.isPresent()) {
            return known;
        }
        long before = recent.commits();
        Optional<Resource> stored = read(connection -> rows.current(connection, key));
        stored.ifPresent(resource -> recent.read(resource, before));
        return stored;
    }

    @Override
    public List<Resource> list(String type) {
        return read(connection -> rows.list(connection, Optional.of(type)));
    }

    @Override
    public List<Revision> history(ResourceKey key, int limit) {
        return read(connection -> rows.history(connection, key, limit));
    }

    @Override
    public List<Deletion> deletions(String type, Instant since, int limit) {
        return read(connection -> rows.deletions(connection, type, since, limit));
    }

    @Override
    public Commit commit(List<Change> changes, String author) {
        return await(new Task.Write(List.copyOf(changes), author, new CompletableFuture<>()), Commit.class);
    }

    @Override
    public Watch watch(long revision, Listener listener) {
        return await(new Task.AddWatch(revision, listener, new CompletableFuture<>()), Watch.class);
    }

    @Override
    public void compact(long keepAfter, Set<String> types, Instant since) {
        await(new Task.Compact(keepAfter, Set.copyOf(types), since, new CompletableFuture<>()), Boolean.class);
    }

    private <T> T await(Task task, Class<T> shape) {
        if (closed) {
            throw new StoreUnavailableException("the store is closed", new IllegalStateException("closed"));
        }
        tasks.add(task);
        try {
            return shape.cast(task.done().join());
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }

    /// A consistent state of now, for a watcher that fell behind. The revision is read first: what
    /// is committed in between is told twice rather than never.
    private StoreEvent.Resync everything() {
        return read(connection -> {
            try (Statement statement = connection.createStatement()) {
                statement.execute("BEGIN");
                try {
                    List<Resource> all = rows.list(connection, Optional.empty());
                    long number = rows.number(connection, "SELECT MAX(number) FROM revisions");
                    return new StoreEvent.Resync(number, all);
                } finally {
                    statement.execute("COMMIT");
                }
            }
        });
    }

    @FunctionalInterface
    private interface Query<T> {
        T run(Connection connection) throws SQLException;
    }

    private <T> T read(Query<T> query) {
        Connection connection;
        try {
            connection = readers.take();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreUnavailableException("interrupted while waiting for the store", e);
        }
        try {
            return query.run(connection);
        } catch (SQLException e) {
            throw new StoreUnavailableException(sentence(e), e);
        } finally {
            readers.add(connection);
        }
    }

    private String sentence(SQLException e) {
        return "the store " + database + " cannot be used: " + e.getMessage()
                + "; it recovers by itself when the disk has room and can be written";
    }

    @Override
    public Optional<String> trouble() {
        return trouble.isEmpty() ? Optional.empty() : Optional.of(trouble);
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        await(new Task.Stop(new CompletableFuture<>()), Boolean.class);
        watchers.close();
        try {
            thread.join();
            for (int i = 0; i < READERS; i++) {
                readers.take().close();
            }
            writer.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (SQLException e) {
            log.atWarn().addKeyValue("error", e.getMessage()).log("the store did not close cleanly");
        } finally {
            folder.close();
        }
    }
}
