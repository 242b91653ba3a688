package io.higuma.dataplane;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Where a proxy's bootstrap and sockets lie: its own folder, 0700. The bootstrap has the token in it, so it
/// is 0600 from the moment it exists.
record WorkDirectory(Path path) {

    /// A Unix socket's path may have 107 bytes; the longest name that is put in here is `/kuma-envoy-admin.sock`.
    private static final int LONGEST = 107 - 22;

    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rwx------");

    /// @param flag what the person chose; null for the proxy's place under `home`
    static WorkDirectory of(@Nullable Path flag, Path home, String mesh, String name) {
        return new WorkDirectory((flag == null ? home.resolve("dp").resolve(mesh + "." + name) : flag)
                .toAbsolutePath()
                .normalize());
    }

    Path bootstrap() {
        return path.resolve("bootstrap.yaml");
    }

    void create() {
        int length = path.toString().getBytes(StandardCharsets.UTF_8).length;
        if (length > LONGEST) {
            throw new StopException(
                    StopException.USAGE,
                    "the path of the work directory has " + length + " bytes, expected at most " + LONGEST
                            + " because Unix sockets lie in it: give a shorter --work-dir than " + path);
        }
        try {
            Files.createDirectories(path, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
        } catch (IOException e) {
            throw new StopException(
                    StopException.ENVIRONMENT, "the work directory " + path + " cannot be made: " + e.getMessage());
        }
    }

    void write(byte[] bootstrap) {
        try {
            Path part = Files.createTempFile(
                    path,
                    "bootstrap",
                    ".part",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.write(part, bootstrap);
            Files.move(part, bootstrap(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new StopException(
                    StopException.ENVIRONMENT, "the bootstrap cannot be written to " + path + ": " + e.getMessage());
        }
    }

    static Path home(Map<String, String> environment) {
        String home = environment.getOrDefault("HIGUMA_HOME", "");
        return home.isEmpty() ? Path.of(System.getProperty("user.home"), ".higuma") : Path.of(home);
    }
}
