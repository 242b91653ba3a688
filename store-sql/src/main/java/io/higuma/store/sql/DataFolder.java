package io.higuma.store.sql;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileStore;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The folder of a store: private to its owner, and locked by the one process that uses it.
final class DataFolder implements AutoCloseable {

    /// Bytes that must be free before a store is made, or called well again after it was in trouble.
    private static final long ROOM = 1 << 20;

    private final FileChannel channel;
    private final FileLock lock;

    private DataFolder(FileChannel channel, FileLock lock) {
        this.channel = channel;
        this.lock = lock;
    }

    /// Makes the folder if there is none and locks it.
    ///
    /// @throws StoreOpenException if it cannot be made or written, or another process holds it
    static DataFolder open(Path database) {
        Path folder = Objects.requireNonNull(database.toAbsolutePath().getParent(), "a file lies in a folder");
        Path lockFile = database.resolveSibling(database.getFileName() + ".lock");
        try {
            if (!Files.isDirectory(folder)) {
                Files.createDirectories(
                        folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            }
            FileChannel channel = FileChannel.open(
                    lockFile, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            FileLock lock = tryLock(channel);
            if (lock == null) {
                String holder = read(channel);
                channel.close();
                throw new StoreOpenException(
                        "the data in " + folder + " is in use by another process"
                                + (holder.isEmpty() ? "" : " (" + holder + ")")
                                + "; stop it first, or give this one another folder",
                        null);
            }
            write(channel);
            return new DataFolder(channel, lock);
        } catch (AccessDeniedException e) {
            throw new StoreOpenException("the data folder " + folder + " cannot be written: permission denied", e);
        } catch (FileSystemException e) {
            throw new StoreOpenException("the data folder " + folder + " cannot be written: " + reason(e), e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// SQLite would open a file that it may not write, and every write would fail.
    ///
    /// @throws StoreOpenException if this user may not write the database, or what SQLite keeps beside it
    static void checkWritable(Path database) {
        for (String ending : List.of("", "-wal", "-shm")) {
            Path file = database.resolveSibling(database.getFileName() + ending);
            if (Files.exists(file) && !Files.isWritable(file)) {
                throw new StoreOpenException(
                        "the store cannot be opened: " + file + " cannot be written by this user; give it to the user"
                                + " that runs the control plane",
                        null);
            }
        }
    }

    /// Whether there is room for more than a few writes. A file system that does not say how large it is has some.
    static boolean hasRoom(Path database) {
        try {
            FileStore disk = Files.getFileStore(database);
            return disk.getUsableSpace() >= ROOM || disk.getTotalSpace() == 0;
        } catch (IOException e) {
            return true; // the writes will tell
        }
    }

    private static String reason(FileSystemException e) {
        return e.getReason() == null ? String.valueOf(e.getMessage()) : e.getReason();
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null; // this very process
        }
    }

    private static String read(FileChannel channel) throws IOException {
        ByteBuffer text = ByteBuffer.allocate(200);
        channel.read(text, 0);
        return new String(text.array(), 0, text.position(), StandardCharsets.UTF_8).strip();
    }

    private static void write(FileChannel channel) throws IOException {
        ProcessHandle self = ProcessHandle.current();
        String text = "process " + self.pid()
                + self.info().startInstant().map(t -> ", started " + t).orElse("") + "\n";
        channel.truncate(0);
        channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)), 0);
    }

    @Override
    public void close() {
        try {
            lock.release();
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
