package io.higuma.dataplane.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Reading what anybody may send.
class QueryTest {

    private static final int ROUNDS = 200_000;

    @Test
    void aPlainQuestionIsRead() {
        Query query = Query.read(Messages.question("Catalog.SVC.mesh.local", Query.AAAA))
                .orElseThrow();

        assertThat(query.name()).isEqualTo("catalog.svc.mesh.local");
        assertThat(query.type()).isEqualTo(Query.AAAA);
        assertThat(query.kind()).isEqualTo(Query.INTERNET);
        assertThat(query.payload()).isEmpty();
        assertThat(Query.read(Messages.question("", Messages.MX)).orElseThrow().name())
                .isEmpty();
    }

    @Test
    void whatTheAskerSaysOfItsRoomIsRead() {
        assertThat(Query.read(Messages.question("a.mesh", Query.A, Query.INTERNET, 4096))
                        .orElseThrow()
                        .payload())
                .isEqualTo(OptionalInt.of(4096));
    }

    @Test
    void aDotWithinALabelIsNoDotBetweenLabels() {
        byte[] message = Messages.question("x.mesh", Query.A);
        // One label of six letters with a dot in it
        message[Query.HEAD] = 6;
        message[Query.HEAD + 2] = '.';

        assertThat(Query.read(message).orElseThrow().name()).isEqualTo("x\\.mesh");
    }

    @Test
    void whatIsNoPlainQuestionIsForTheResolverToJudge() {
        byte[] good = Messages.question("a.mesh", Query.A, Query.INTERNET, 1232);
        assertThat(Query.read(changed(good, 2, 0x29))).as("an update").isEmpty();
        assertThat(Query.read(changed(good, 5, 2))).as("two questions").isEmpty();
        assertThat(Query.read(changed(good, 7, 1))).as("an answer in it").isEmpty();
        assertThat(Query.read(changed(good, Query.HEAD, 0xc0))).as("a pointer").isEmpty();
        assertThat(Query.read(changed(good, Query.HEAD, 64))).as("a long label").isEmpty();
        assertThat(Query.read(changed(good, good.length - 1, 9)))
                .as("a record that ends behind the message")
                .isEmpty();
        assertThat(Query.read(Messages.question("a.".repeat(130) + "mesh", Query.A)))
                .as("a name of more than 255 bytes")
                .isEmpty();
        for (int length = 0; length < good.length; length++) {
            assertThat(Query.read(Arrays.copyOf(good, length)))
                    .as("%s bytes", length)
                    .isEmpty();
        }
        assertThat(Query.isAsked(changed(good, 2, 0x81))).as("an answer").isFalse();
        assertThat(Query.isAsked(Arrays.copyOf(good, Query.HEAD - 1))).isFalse();
    }

    /// Whatever comes in, there is a verdict, and an answer of ours is well formed and about the same question.
    @Test
    void nothingThatIsSentBreaksAnything() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        Records records = Records.of(Map.of("a.mesh", List.of(InetAddress.ofLiteral("241.0.0.1"))), 30);
        int said = 0;
        for (int round = 0; round < ROUNDS; round++) {
            byte[] message = mutated(random);
            String what = "round " + round + " of seed " + seed;
            Optional<Query> query = Query.read(message);
            if (query.isPresent()) {
                assertThat(Query.isAsked(message)).as(what).isTrue();
                byte[] reply = said(Answers.to(query.get(), Optional.of(records), List.of("mesh"), true), message);
                assertThat(Query.isAsked(reply)).as(what).isFalse();
                assertThat(Arrays.copyOf(reply, 2)).as(what).isEqualTo(Arrays.copyOf(message, 2));
                assertThat(Arrays.copyOfRange(reply, Query.HEAD, query.get().end()))
                        .as(what)
                        .isEqualTo(Arrays.copyOfRange(
                                message, Query.HEAD, query.get().end()));
                said++;
            } else if (Query.isAsked(message)) {
                assertThat(Reply.failure(message)).as(what).hasSize(Query.HEAD);
            }
        }
        assertThat(said).isGreaterThan(ROUNDS / 100);
    }

    private static byte[] said(Answers.Verdict verdict, byte[] message) {
        return switch (verdict) {
            case Answers.Verdict.Say say -> say.reply();
            case Answers.Verdict.Absent absent -> absent.reply();
            case Answers.Verdict.PassOn pass -> Reply.failure(message);
        };
    }

    private static byte[] mutated(Random random) {
        byte[] message = Messages.question(
                random.nextBoolean() ? "a.mesh" : "www.example.org",
                random.nextBoolean() ? Query.A : random.nextInt(300),
                Query.INTERNET,
                random.nextBoolean() ? random.nextInt(65_536) : 0);
        for (int i = random.nextInt(4); i > 0; i--) {
            message[random.nextInt(message.length)] = (byte) random.nextInt();
        }
        return random.nextInt(4) == 0 ? Arrays.copyOf(message, random.nextInt(message.length + 8)) : message;
    }

    private static byte[] changed(byte[] message, int at, int value) {
        byte[] other = message.clone();
        other[at] = (byte) value;
        return other;
    }
}
