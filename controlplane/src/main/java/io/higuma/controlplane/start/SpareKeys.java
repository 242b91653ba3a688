package io.higuma.controlplane.start;

import io.higuma.identity.token.SigningKey;
import java.security.SecureRandom;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.jspecify.annotations.Nullable;

/// Signing keys made ahead, because making one takes some tenths of a second. Making begins when the first key is
/// asked for, or by [#begin]: a control plane that starts again needs none, and has better things to do while its
/// proxies come back.
public final class SpareKeys implements AutoCloseable {

    private static final int SPARE = 2;

    private final BlockingQueue<SigningKey> spare = new ArrayBlockingQueue<>(SPARE);
    private final SecureRandom random;
    private @Nullable Thread maker;
    private boolean closed;

    public SpareKeys(SecureRandom random) {
        this.random = random;
    }

    /// Keys will be needed soon.
    public synchronized void begin() {
        if (maker == null && !closed) {
            maker = Thread.ofPlatform().name("higuma-keys").daemon().start(this::make);
        }
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
        begin();
        return made == null ? SigningKey.generate(random) : made;
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (maker != null) {
            maker.interrupt();
        }
    }
}
