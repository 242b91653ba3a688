package io.higuma.engine;

import java.security.SecureRandom;
import java.util.concurrent.CountDownLatch;

/// Random numbers that a test can hold back, and with them every certificate that would be made of them.
final class HeldRandom extends SecureRandom {

    private static final long serialVersionUID = 1L;

    private transient volatile CountDownLatch open = new CountDownLatch(0);

    /// From now on, whoever wants numbers waits.
    void hold() {
        open = new CountDownLatch(1);
    }

    void release() {
        open.countDown();
    }

    @Override
    public void nextBytes(byte[] bytes) {
        try {
            open.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        super.nextBytes(bytes);
    }
}
