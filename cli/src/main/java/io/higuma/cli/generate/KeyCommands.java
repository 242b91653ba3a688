package io.higuma.cli.generate;

import io.higuma.cli.ExitCode;
import io.higuma.cli.Failure;
import io.higuma.cli.Surroundings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Keys and certificates, made here and nowhere else.
final class KeyCommands {

    private KeyCommands() {}

    static SigningKey key(Path file) {
        try {
            return SigningKey.parse(Files.readString(file));
        } catch (IOException e) {
            throw new Failure(ExitCode.ENVIRONMENT, "the signing key " + file + " cannot be read: " + e.getMessage());
        } catch (IllegalArgumentException e) {
            throw new Failure(ExitCode.REFUSED, "the signing key " + file + ": " + e.getMessage());
        }
    }

    @Command(
            name = "signing-key",
            description = "A key that tokens are signed with, as the data of a Secret.",
            mixinStandardHelpOptions = true)
    static final class Signing implements Callable<Integer> {
        private final Surroundings world;

        @Option(
                names = "--format",
                defaultValue = "pem-base64",
                description = "pem-base64 (the data of a Secret) or pem.")
        private String format = "pem-base64";

        Signing(Surroundings world) {
            this.world = world;
        }

        @Override
        public Integer call() {
            switch (format) {
                case "pem" -> world.out().print(SigningKey.generate().pem());
                case "pem-base64" ->
                    world.out()
                            .println(Base64.getEncoder()
                                    .encodeToString(SigningKey.generate().pem().getBytes(StandardCharsets.UTF_8)));
                default -> throw new Failure(ExitCode.USAGE, "--format is pem-base64 or pem, not `" + format + "`");
            }
            return ExitCode.OK;
        }
    }

    @Command(name = "public-key", description = "The public half of a signing key.", mixinStandardHelpOptions = true)
    static final class Public implements Callable<Integer> {
        private final Surroundings world;

        @Option(names = "--signing-key-path", required = true, paramLabel = "FILE", description = "The key.")
        private Path file = Path.of("");

        Public(Surroundings world) {
            this.world = world;
        }

        @Override
        public Integer call() {
            world.out().print(key(file).publicPem());
            return ExitCode.OK;
        }
    }

    @Command(
            name = "tls-certificate",
            description = "A self-signed certificate and its key, good for ten years.",
            mixinStandardHelpOptions = true)
    static final class TlsCertificate implements Callable<Integer> {
        private final Surroundings world;

        @Option(names = "--type", required = true, description = "One of: ${COMPLETION-CANDIDATES}.")
        private SelfSigned.Use use = SelfSigned.Use.server;

        @Option(names = "--hostname", required = true, split = ",", description = "DNS name or address; repeatable.")
        private List<String> hosts = new ArrayList<>();

        @Option(names = "--cert-file", defaultValue = "cert.pem", description = "Where to; - is standard output.")
        private String certificateFile = "cert.pem";

        @Option(names = "--key-file", defaultValue = "key.pem", description = "Where to; - is standard output.")
        private String keyFile = "key.pem";

        @Option(names = "--key-type", defaultValue = "ecdsa", description = "One of: ${COMPLETION-CANDIDATES}.")
        private SelfSigned.Algorithm algorithm = SelfSigned.Algorithm.ecdsa;

        TlsCertificate(Surroundings world) {
            this.world = world;
        }

        @Override
        public Integer call() {
            SelfSigned pair;
            try {
                pair = SelfSigned.generate(use, hosts, algorithm, world.clock().instant());
            } catch (GeneralSecurityException e) {
                throw new Failure(ExitCode.ENVIRONMENT, "this JDK cannot make the certificate: " + e.getMessage());
            }
            write(keyFile, pair.key(), "rw-------");
            write(certificateFile, pair.certificate(), "rw-r--r--");
            return ExitCode.OK;
        }

        private void write(String target, String text, String permissions) {
            if (target.equals("-")) {
                world.out().print(text);
                return;
            }
            Path file = Path.of(target);
            try {
                Files.deleteIfExists(file);
                Files.createFile(
                        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions)));
                Files.writeString(file, text);
            } catch (IOException e) {
                throw new Failure(ExitCode.ENVIRONMENT, file + " cannot be written: " + e.getMessage());
            }
            world.err().println("wrote " + file);
        }
    }
}
