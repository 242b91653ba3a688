package io.higuma.controlplane.start;

import io.higuma.controlplane.StartException;
import io.higuma.controlplane.config.ControlPlaneConfig;
import io.higuma.identity.Pem;
import io.higuma.identity.ServerCertificate;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/// The data folder of a control plane: private to its owner, with the certificate of its servers in `tls/`.
public final class ServerFiles {

    private static final String CERTIFICATE = "tls/server.crt";
    private static final String KEY = "tls/server.key";

    private final Path folder;

    /// Makes the folder if there is none.
    ///
    /// @throws StartException with a sentence if it cannot be made or written
    public ServerFiles(Path folder) {
        this.folder = folder;
        try {
            Files.createDirectories(
                    folder.resolve("tls"),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } catch (IOException e) {
            throw unusable(e);
        }
    }

    public Path file(String name) {
        return folder.resolve(name);
    }

    /// The certificate of the servers: the operator's if there is one, else the one made at first start.
    public ServerCertificate certificate(ControlPlaneConfig.Tls tls, Instant now, SecureRandom random) {
        if (tls.certificate().isPresent() != tls.key().isPresent()) {
            throw new StartException(
                    "general.tlsCertFile and general.tlsKeyFile belong together: set both or none", null);
        }
        if (tls.certificate().isPresent() && tls.key().isPresent()) {
            return operators(tls.certificate().get(), tls.key().get());
        }
        Path certificate = folder.resolve(CERTIFICATE);
        Path key = folder.resolve(KEY);
        try {
            if (!(Files.exists(certificate) && Files.exists(key))) {
                make(certificate, key, now, random);
            }
            return ServerCertificate.of(Files.readString(certificate), Files.readString(key));
        } catch (IOException e) {
            throw unusable(e);
        } catch (IllegalArgumentException e) {
            throw new StartException(
                    certificate + " and " + key + " cannot be used: " + e.getMessage()
                            + "; delete both, and new ones are made",
                    e);
        }
    }

    private static ServerCertificate operators(Path certificate, Path key) {
        try {
            return ServerCertificate.of(Files.readString(certificate), Files.readString(key));
        } catch (IOException e) {
            throw operatorsAreUnusable(why(e), e);
        } catch (IllegalArgumentException e) {
            throw operatorsAreUnusable(String.valueOf(e.getMessage()), e);
        }
    }

    private static StartException operatorsAreUnusable(String why, Exception cause) {
        return new StartException(
                "the certificate of the servers (general.tlsCertFile, general.tlsKeyFile) cannot be used: " + why,
                cause);
    }

    private static void make(Path certificate, Path key, Instant now, SecureRandom random) throws IOException {
        ServerCertificate made = ServerCertificate.selfSigned(hosts(), now, random);
        // The key first: a start that is killed in between makes both anew.
        Path part = key.resolveSibling(key.getFileName() + ".part");
        Files.deleteIfExists(part);
        Files.createFile(part, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(part, made.key());
        Files.deleteIfExists(certificate);
        Files.move(part, key, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        Files.writeString(certificate, made.certificate());
    }

    /// Names and addresses of this host, at the time the certificate is made.
    private static Collection<String> hosts() {
        TreeSet<String> hosts = new TreeSet<>(List.of("localhost", "127.0.0.1", "::1"));
        try {
            hosts.add(InetAddress.getLocalHost().getHostName());
        } catch (UnknownHostException e) {
            // a host without a name has its addresses
        }
        try {
            NetworkInterface.networkInterfaces()
                    .flatMap(NetworkInterface::inetAddresses)
                    .filter(address -> !address.isLinkLocalAddress())
                    .forEach(address -> hosts.add(address.getHostAddress().replaceAll("%.*", "")));
        } catch (SocketException e) {
            // then the loopback addresses have to do
        }
        return hosts;
    }

    /// The names and addresses a certificate is for.
    public static List<String> names(ServerCertificate certificate) {
        X509Certificate leaf = Pem.certificates(certificate.certificate()).getFirst();
        try {
            return Optional.ofNullable(leaf.getSubjectAlternativeNames()).orElse(List.of()).stream()
                    .map(entry -> String.valueOf(entry.get(1)))
                    .toList();
        } catch (CertificateParsingException e) {
            throw new StartException("the certificate of the servers cannot be read: " + e.getMessage(), e);
        }
    }

    private StartException unusable(IOException e) {
        return new StartException(
                "the data folder " + folder.toAbsolutePath() + " cannot be used: " + why(e)
                        + ". Give this user the right to write there, or set dataDir (--data-dir) to another folder.",
                e);
    }

    private static String why(IOException e) {
        return switch (e) {
            case AccessDeniedException denied -> "permission denied: " + denied.getFile();
            case NoSuchFileException absent -> "there is no file " + absent.getFile();
            case CharacterCodingException binary -> "a file is not text";
            case FileSystemException other when other.getReason() != null -> other.getReason() + ": " + other.getFile();
            default -> String.valueOf(e.getMessage());
        };
    }
}
