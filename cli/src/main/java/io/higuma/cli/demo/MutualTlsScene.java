package io.higuma.cli.demo;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/// (a) Identity is turned on under traffic: afterwards all of it is mutual TLS.
final class MutualTlsScene implements Scene {

    private static final Duration LIMIT = Duration.ofSeconds(15);

    @Override
    public Step step(Shop shop) {
        return new Step(
                "mutual-tls",
                "Traffic becomes mutual TLS",
                List.of(Policies.EVERYBODY + "---\n" + Policies.IDENTITY, "higuma apply -f identity.yaml"),
                "every call carries a SPIFFE identity the server sees; plaintext from outside is refused; no request is lost on the way");
    }

    @Override
    public Step.Observation play(Shop shop) throws InterruptedException {
        Notes notes = new Notes();
        Member payments = shop.member("payments-1");
        try (Traffic buyers = Traffic.start(50, () -> shop.call("web-1", "/via/cart/via/payments/"))) {
            buyers.more(25);
            boolean plainBefore = plaintext(payments).contains("200");
            shop.apply(Policies.EVERYBODY + "---\n" + Policies.IDENTITY);
            Duration encrypted = Await.until(LIMIT, () -> !callerOf(shop).isEmpty());
            Duration strict = Await.until(LIMIT, () -> !plaintext(payments).contains("200"));
            buyers.more(50);
            Call call = shop.call("cart-1", "/via/payments/");
            notes.check(
                    call.part("URI").endsWith("/workload/cart") && encrypted.compareTo(LIMIT) <= 0,
                    "payments is called by " + call.part("URI") + " and is itself " + call.part("By") + ", "
                            + encrypted.toMillis() + " ms after the write");
            notes.check(
                    plainBefore && strict.compareTo(LIMIT) <= 0,
                    "plaintext to " + payments.address() + ":" + payments.inboundPort() + ": answered before, now "
                            + plaintext(payments));
            notes.check(
                    buyers.bad() == 0,
                    buyers.bad() + " of " + buyers.total() + " requests lost while it was turned on"
                            + Words.failures(buyers));
        }
        return notes.observation();
    }

    private static String callerOf(Shop shop) {
        try {
            return shop.call("cart-1", "/via/payments/").part("URI");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "interrupted";
        }
    }

    /// What somebody without a certificate gets: the first line of the answer, or how the connection ended.
    static String plaintext(Member target) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(target.address(), target.inboundPort()), 2000);
            socket.setSoTimeout(2000);
            socket.getOutputStream()
                    .write("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            return answer.isEmpty()
                    ? "refused: the connection is closed without an answer"
                    : answer.lines().findFirst().orElse("");
        } catch (IOException e) {
            return "refused: " + e.getMessage();
        }
    }
}
