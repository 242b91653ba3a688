package io.higuma.dataplane;

import io.higuma.dataplane.tproxy.TransparentProxyConfig.ProxyUser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Where a proxy's bootstrap and sockets lie: its own folder, 0700. The bootstrap has the token in it, so it
/// is 0600 from the moment it exists.
record WorkDirectory(Path path) {

    /// A Unix socket's path may have 107 bytes; the longest name that is put in here is `/kuma-envoy-admin.sock`.
    private static final int LONGEST = 107 - 22;

    private static final Path SHARED_HOME = Path.of("/run/higuma");

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
            Path parent = path.getParent();
            if (parent != null && path.startsWith(SHARED_HOME)) {
                Files.createDirectories(
                        parent, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
            }
            Files.createDirectories(path, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
        } catch (IOException e) {
            throw new StopException(
                    StopException.ENVIRONMENT, "the work directory " + path + " cannot be made: " + why(e));
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
                    StopException.ENVIRONMENT, "the bootstrap cannot be written to " + path + ": " + why(e));
        }
    }

    private static String why(IOException e) {
        return switch (e) {
            case AccessDeniedException denied -> "permission denied; choose another --work-dir";
            case FileAlreadyExistsException file -> "there is a file of that name; choose another --work-dir";
            case FileSystemException other when other.getReason() != null -> other.getReason();
            default -> String.valueOf(e.getMessage());
        };
    }

    /// Hands the folder and the bootstrap to the user that Envoy will run as.
    ///
    /// @throws StopException if that user cannot get there
    void giveTo(ProxyUser user) {
        try {
            for (Path above = path.getParent(); above != null; above = above.getParent()) {
                if (!mayPass(above, user)) {
                    throw new StopException(
                            StopException.USAGE,
                            "Envoy will run as user " + user.uid() + ", which cannot enter " + above
                                    + ": choose another --work-dir, such as "
                                    + SHARED_HOME.resolve("dp").resolve(String.valueOf(path.getFileName())));
                }
            }
            for (Path mine : List.of(bootstrap(), path)) {
                // Whoever owns the folder could put a link there, and get what it points to.
                Files.setAttribute(mine, "unix:gid", user.gid(), LinkOption.NOFOLLOW_LINKS);
                Files.setAttribute(mine, "unix:uid", user.uid(), LinkOption.NOFOLLOW_LINKS);
            }
        } catch (IOException e) {
            throw new StopException(
                    StopException.ENVIRONMENT,
                    "the work directory " + path + " cannot be given to user " + user.uid() + ": " + why(e));
        }
    }

    private static boolean mayPass(Path folder, ProxyUser user) throws IOException {
        int mode = (Integer) Files.getAttribute(folder, "unix:mode");
        int owner = (Integer) Files.getAttribute(folder, "unix:uid");
        int group = (Integer) Files.getAttribute(folder, "unix:gid");
        int bit = user.uid() == owner ? 0100 : user.gid() == group ? 010 : 01;
        return (mode & bit) != 0;
    }

    /// Where proxies have their places that run as another user than the launcher, whose home that user cannot enter.
    static Path homeOf(Optional<ProxyUser> successor, Map<String, String> environment) {
        boolean own = successor.isEmpty()
                || !environment.getOrDefault("HIGUMA_HOME", "").isEmpty();
        return own ? home(environment) : SHARED_HOME;
    }

    /// The place of a proxy that runs already: below the home, or where those lie that run as another user.
    static WorkDirectory existing(@Nullable Path flag, Map<String, String> environment, String mesh, String name) {
        WorkDirectory usual = of(flag, home(environment), mesh, name);
        WorkDirectory shared = of(flag, SHARED_HOME, mesh, name);
        return !Files.exists(usual.path()) && Files.exists(shared.path()) ? shared : usual;
    }

    static Path home(Map<String, String> environment) {
        String home = environment.getOrDefault("HIGUMA_HOME", "");
        return home.isEmpty() ? Path.of(System.getProperty("user.home"), ".higuma") : Path.of(home);
    }
}
