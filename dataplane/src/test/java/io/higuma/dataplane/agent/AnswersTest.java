package io.higuma.dataplane.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.higuma.dataplane.agent.Answers.Verdict;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// What becomes of a question.
class AnswersTest {

    private static final Optional<Records> RECORDS = Records.read("""
            {"records": [
              {"name": "catalog.svc.mesh.local", "ips": ["241.0.0.1", "fd68:6967:756d::f100:1"]},
              {"name": "Shop.example.COM.", "ips": ["241.0.0.2"], "more": {"a": [1]}}
            ], "ttl": 30, "extraLabels": {"mesh": ""}}
            """.getBytes(StandardCharsets.UTF_8));

    private static Verdict to(byte[] message) {
        return Answers.to(Query.read(message).orElseThrow(), RECORDS, List.of("mesh", "mesh.local"), true);
    }

    private static byte[] said(byte[] message) {
        return ((Verdict.Say) to(message)).reply();
    }

    @Test
    void aNameOfTheMeshHasItsAddressesHoweverItIsWritten() {
        byte[] answer = said(Messages.question("Catalog.svc.MESH.local", Query.A));

        // RFC 1035 4.1: an authoritative answer to the question as it was written, a pointer to its name, A, IN,
        // 30 s, four bytes
        assertThat(HexFormat.of().formatHex(answer))
                .isEqualTo("12348580" + "0001000100000000" + "07436174616c6f670373766304" + "4d455348"
                        + "056c6f63616c00" + "00010001" + "c00c" + "00010001" + "0000001e" + "0004" + "f1000001");
        assertThat(HexFormat.of().formatHex(said(Messages.question("catalog.svc.mesh.local", Query.AAAA))))
                .endsWith("c00c001c00010000001e0010" + "fd686967756d00000000" + "0000f1000001");
        assertThat(Messages.answers(said(Messages.question("catalog.svc.mesh.local", Query.ANY))))
                .isEqualTo(2);
        assertThat(Messages.answers(said(Messages.question("shop.example.com", Query.A))))
                .isEqualTo(1);
    }

    @Test
    void whatANameOfTheMeshDoesNotHaveIsNoReasonToForgetTheName() {
        for (int type : List.of(Messages.MX, Query.TXT, 33, 65)) {
            byte[] answer = said(Messages.question("catalog.svc.mesh.local", type));
            assertThat(Messages.code(answer)).isEqualTo(Reply.NO_ERROR);
            assertThat(Messages.answers(answer)).isZero();
        }
        assertThat(Messages.code(said(Messages.question("shop.example.com", Query.AAAA))))
                .isEqualTo(Reply.NO_ERROR);
        assertThat(Messages.code(said(Messages.question("svc.mesh.local", Query.A))))
                .isEqualTo(Reply.NO_ERROR);
        assertThat(Messages.code(said(Messages.question("mesh.local", Query.A))))
                .isEqualTo(Reply.NO_ERROR);
    }

    @Test
    void aNameThatNobodyHasInTheMeshDoesNotExist() {
        Verdict.Absent absent = (Verdict.Absent) to(Messages.question("bank.svc.mesh.local", Query.A));

        assertThat(Messages.code(absent.reply())).isEqualTo(Reply.NAME_ERROR);
    }

    @Test
    void beforeAnybodySaidWhatThereIsTheAskerShallTryAgain() {
        Query query =
                Query.read(Messages.question("catalog.svc.mesh.local", Query.A)).orElseThrow();

        Verdict.Absent absent = (Verdict.Absent) Answers.to(query, Optional.empty(), List.of("mesh.local"), true);

        assertThat(Messages.code(absent.reply())).isEqualTo(Reply.SERVER_FAILURE);
    }

    @Test
    void everythingElseIsForTheHostsResolvers() {
        for (String name : List.of("example.org", "notmesh.local", "mesh.local.example.org", "com", "")) {
            assertThat(to(Messages.question(name, Query.A))).as(name).isInstanceOf(Verdict.PassOn.class);
        }
        assertThat(to(Messages.question("catalog.svc.mesh.local", Query.A, 4, 0)))
                .as("another class")
                .isInstanceOf(Verdict.PassOn.class);
    }

    @Test
    void whoAnswersCanBeAsked() {
        byte[] answer = said(Messages.question("id.server", Query.TXT, Query.CHAOS, 0));

        assertThat(new String(answer, StandardCharsets.ISO_8859_1)).endsWith("\u000c" + Answers.SELF);
        assertThat(to(Messages.question("id.server", Query.TXT))).isInstanceOf(Verdict.PassOn.class);
    }

    @Test
    void whoeverSpeaksEdnsIsAnsweredInIt() {
        byte[] answer = said(Messages.question("catalog.svc.mesh.local", Query.A, Query.INTERNET, 4096));

        assertThat(HexFormat.of().formatHex(answer)).endsWith("f1000001" + "00002904d0000000000000");
        assertThat(answer[11]).isEqualTo((byte) 1);
    }

    @Test
    void whatDoesNotFitIntoADatagramIsAskedForOverTcp() {
        Records many = Records.of(
                Map.of(
                        "a.mesh",
                        IntStream.range(0, 40)
                                .mapToObj(i -> InetAddress.ofLiteral("241.0.0." + i))
                                .toList()),
                30);
        Query plain = Query.read(Messages.question("a.mesh", Query.A)).orElseThrow();
        Query roomy = Query.read(Messages.question("a.mesh", Query.A, Query.INTERNET, 1232))
                .orElseThrow();

        byte[] cut = said(plain, many, true);
        assertThat(cut[2] & 2).as("truncated").isEqualTo(2);
        assertThat(Messages.answers(cut)).isZero();
        assertThat(Messages.answers(said(roomy, many, true))).isEqualTo(40);
        assertThat(Messages.answers(said(plain, many, false))).isEqualTo(40);
    }

    private static byte[] said(Query query, Records records, boolean udp) {
        return ((Verdict.Say) Answers.to(query, Optional.of(records), List.of("mesh"), udp)).reply();
    }

    @Test
    void whatTheControlPlaneSaysIsReadStrictly() {
        for (String text : List.of(
                "",
                "[]",
                "{\"records\": {}}",
                "{\"records\": [{\"name\": 1}]}",
                "{\"records\": [{\"name\": \"a\", \"ips\": [\"not-an-address\"]}]}",
                "{\"records\": [{\"name\": \"a\", \"ips\": [\"241.0.0.1\"]}")) {
            assertThat(Records.read(text.getBytes(StandardCharsets.UTF_8)))
                    .as(text)
                    .isEmpty();
        }
        assertThat(Records.read("{}".getBytes(StandardCharsets.UTF_8))
                        .orElseThrow()
                        .names())
                .isEmpty();
        assertThat(RECORDS.orElseThrow().ttl()).isEqualTo(30);
    }

    @Test
    void aFailureIsAboutTheSameMessage() {
        byte[] update = Messages.question("a.example", Query.A);
        update[2] = 0x28;

        byte[] failure = Reply.failure(update);

        assertThat(failure).hasSize(Query.HEAD).startsWith(0x12, 0x34);
        assertThat(failure[2] & 0x78).as("the same kind of message").isEqualTo(0x28);
        assertThat(Messages.code(failure)).isEqualTo(Reply.SERVER_FAILURE);
        assertThat(Arrays.copyOfRange(failure, 4, 12)).containsOnly(0);
    }
}
