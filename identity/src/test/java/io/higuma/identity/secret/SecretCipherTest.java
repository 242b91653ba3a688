package io.higuma.identity.secret;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretCipherTest {

    private static final byte[] PLAIN = "the plain text".getBytes(StandardCharsets.UTF_8);

    @TempDir
    private Path folder;

    @Test
    void aSecretComesBackAfterARestartAndIsNotOnTheDisk() throws Exception {
        Path file = folder.resolve("key");
        String text = SecretCipher.fromFile(file, new SecureRandom()).encrypt("Secret default/a", PLAIN);

        assertThat(text).doesNotContain("plain");
        assertThat(SecretCipher.fromFile(file, new SecureRandom()).decrypt("Secret default/a", text))
                .isEqualTo(PLAIN);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }

    @Test
    void aKeyThatOthersMayReadIsRefused() throws Exception {
        Path file = folder.resolve("key");
        SecretCipher.fromFile(file, new SecureRandom());
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));

        assertThatThrownBy(() -> SecretCipher.fromFile(file, new SecureRandom()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("chmod 600");
    }

    @Test
    void aCiphertextBelongsToItsOwner() {
        SecretCipher cipher = SecretCipher.ephemeral(new SecureRandom());
        String text = cipher.encrypt("Secret default/a", PLAIN);

        assertThatThrownBy(() -> cipher.decrypt("Secret default/b", text))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("belongs elsewhere");
    }

    @Test
    void anotherKeyIsNamedInTheError() {
        String text = SecretCipher.ephemeral(new SecureRandom()).encrypt("x", PLAIN);

        assertThatThrownBy(() -> SecretCipher.ephemeral(new SecureRandom()).decrypt("x", text))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("restore the key file");
    }

    @Test
    void equalSecretsLookDifferent() {
        SecretCipher cipher = SecretCipher.ephemeral(new SecureRandom());

        assertThat(cipher.encrypt("x", PLAIN)).isNotEqualTo(cipher.encrypt("x", PLAIN));
    }
}
