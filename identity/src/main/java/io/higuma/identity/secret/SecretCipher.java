package io.higuma.identity.secret;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Set;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/// Encrypts secrets before they reach a disk: AES-256-GCM with a key that lies outside the store.
/// What a text belongs to is part of its authentication, so a ciphertext cannot be moved to another
/// resource.
///
/// Form: `v1:<key id>:<base64 of nonce, ciphertext and tag>`.
public final class SecretCipher {

    private static final String VERSION = "v1";
    private static final int KEY_BYTES = 32;
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;
    private static final Set<PosixFilePermission> OTHERS = PosixFilePermissions.fromString("---rwxrwx");

    private final SecretKeySpec key;
    private final String keyId;
    private final SecureRandom random;

    private SecretCipher(byte[] key, SecureRandom random) {
        this.key = new SecretKeySpec(key, "AES");
        this.keyId = id(key);
        this.random = random;
    }

    /// A cipher with a key of its own that nobody keeps: for stores that forget.
    public static SecretCipher ephemeral(SecureRandom random) {
        byte[] key = new byte[KEY_BYTES];
        random.nextBytes(key);
        return new SecretCipher(key, random);
    }

    /// Reads the key file, or makes it (mode 0600) if there is none.
    ///
    /// @throws IllegalStateException with a sentence if others may read it, this user may not, or it holds no key
    public static SecretCipher fromFile(Path file, SecureRandom random) {
        try {
            if (!Files.exists(file)) {
                create(file, random);
            }
            if (Files.getPosixFilePermissions(file).stream().anyMatch(OTHERS::contains)) {
                throw new IllegalStateException("the key file " + file
                        + " may be read by others than its owner; make it private: chmod 600 " + file);
            }
            byte[] key = decode(Files.readString(file).strip());
            if (key.length != KEY_BYTES) {
                throw new IllegalStateException("the key file " + file + " does not hold a key of 32 bytes in base64;"
                        + " restore it from a backup, or secrets cannot be read");
            }
            return new SecretCipher(key, random);
        } catch (IOException e) {
            throw new IllegalStateException(
                    "the key file " + file + " cannot be read or made: " + why(e)
                            + "; give it to the user that runs the control plane",
                    e);
        }
    }

    private static String why(IOException e) {
        return switch (e) {
            case AccessDeniedException denied -> "permission denied";
            case FileSystemException other when other.getReason() != null -> other.getReason();
            default -> String.valueOf(e.getMessage());
        };
    }

    private static byte[] decode(String text) {
        try {
            return Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            return new byte[0];
        }
    }

    /// Under a name of its own first: a process that is killed in between leaves no half a key behind.
    private static void create(Path file, SecureRandom random) throws IOException {
        byte[] key = new byte[KEY_BYTES];
        random.nextBytes(key);
        Path part = file.resolveSibling(file.getFileName() + ".part");
        Files.deleteIfExists(part);
        Files.createFile(part, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(part, Base64.getEncoder().encodeToString(key) + "\n", StandardOpenOption.SYNC);
        try {
            Files.createLink(file, part);
        } catch (FileAlreadyExistsException e) {
            // another process was faster; its key counts
        }
        Files.delete(part);
    }

    /// @param owner what the secret belongs to, such as the key of its resource
    public String encrypt(String owner, byte[] plain) {
        byte[] nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        try {
            byte[] sealed = cipher(Cipher.ENCRYPT_MODE, nonce, owner).doFinal(plain);
            byte[] whole = Arrays.copyOf(nonce, NONCE_BYTES + sealed.length);
            System.arraycopy(sealed, 0, whole, NONCE_BYTES, sealed.length);
            return VERSION + ":" + keyId + ":" + Base64.getEncoder().encodeToString(whole);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has AES-GCM", e);
        }
    }

    /// @throws IllegalStateException with a sentence if it was encrypted with another key, or was changed
    public byte[] decrypt(String owner, String text) {
        String[] parts = text.split(":", 3);
        if (parts.length != 3 || !parts[0].equals(VERSION)) {
            throw new IllegalStateException("the stored secret of " + owner + " is not in a form this version reads");
        }
        if (!parts[1].equals(keyId)) {
            throw new IllegalStateException("the stored secret of " + owner + " was encrypted with key " + parts[1]
                    + " and the key file holds " + keyId + "; restore the key file that belongs to this data");
        }
        byte[] whole = decode(parts[2]);
        if (whole.length < NONCE_BYTES) {
            throw new IllegalStateException("the stored secret of " + owner + " is damaged");
        }
        try {
            return cipher(Cipher.DECRYPT_MODE, Arrays.copyOf(whole, NONCE_BYTES), owner)
                    .doFinal(whole, NONCE_BYTES, whole.length - NONCE_BYTES);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the stored secret of " + owner + " is damaged or belongs elsewhere");
        }
    }

    private Cipher cipher(int mode, byte[] nonce, String owner) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce), random);
        cipher.updateAAD(owner.getBytes(StandardCharsets.UTF_8));
        return cipher;
    }

    private static String id(byte[] key) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(key);
            return HexFormat.of().formatHex(digest, 0, 4);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
