package io.higuma.controlplane.start;

import io.higuma.identity.token.SigningKey;
import java.security.SecureRandom;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/// Signing keys made ahead, because making one takes some tenths of a second and nobody should wait for it.
public final class SpareKeys implements AutoCloseable {

    private static final int SPARE = 2;

    private final BlockingQueue<SigningKey> spare = new ArrayBlockingQueue<>(SPARE);
    private final SecureRandom random;
    private final Thread maker;

    public SpareKeys(SecureRandom random) {
        this.random = random;
        this.maker = Thread.ofPlatform().name("higuma-keys").daemon().start(this::make);
    }

    private void make() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                spare.put(SigningKey.generate(random));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// A key that nobody had before: one made ahead if there is one, else one made now.
    public SigningKey take() {
        SigningKey made = spare.poll();
        return made == null ? SigningKey.generate(random) : made;
    }

    @Override
    public void close() {
        maker.interrupt();
    }
}
