package io.higuma.dataplane.agent;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What becomes of a question. Pure.
///
/// | asked for | answer |
/// |---|---|
/// | A, AAAA, ANY of a name of the mesh | its addresses |
/// | another type of it, or a name above one | that there is none |
/// | a name below a domain of the mesh that nobody has | that it does not exist, as Envoy says it without an agent |
/// | the same, before the control plane said what there is | a failure that the asker may try again |
/// | class CHAOS, TXT `id.server` (RFC 4892) | who answers here |
/// | everything else | the host's resolvers give it |
final class Answers {

    /// What `id.server` says.
    static final String SELF = "higuma agent";

    private static final String WHO_ANSWERS = "id.server";

    private Answers() {}

    /// What is to be done.
    sealed interface Verdict {

        /// Say it.
        @SuppressWarnings("ArrayRecordComponent") // made for one reader, never compared
        record Say(byte[] reply) implements Verdict {}

        /// It is below a domain of the mesh and not there, as far as is known by now.
        @SuppressWarnings("ArrayRecordComponent") // made for one reader, never compared
        record Absent(byte[] reply) implements Verdict {}

        /// Ask the host's resolvers.
        record PassOn() implements Verdict {}
    }

    /// @param records empty as long as nobody said what there is
    /// @param domains of the mesh, such as `mesh.local`
    /// @param udp whether the question came in a datagram
    static Verdict to(Query query, Optional<Records> records, List<String> domains, boolean udp) {
        if (query.kind() == Query.CHAOS
                && query.type() == Query.TXT
                && query.name().equals(WHO_ANSWERS)) {
            return new Verdict.Say(Reply.known(query, List.of(new Reply.Answer(Query.TXT, text(SELF))), 0, udp));
        }
        if (query.kind() != Query.INTERNET) {
            return new Verdict.PassOn();
        }
        Optional<List<InetAddress>> addresses =
                records.flatMap(known -> Optional.ofNullable(known.names().get(query.name())));
        if (addresses.isPresent()) {
            int ttl = records.map(Records::ttl).orElse(0);
            return new Verdict.Say(Reply.known(query, answers(query.type(), addresses.get()), ttl, udp));
        }
        boolean ofTheMesh = domains.stream()
                .anyMatch(domain -> query.name().equals(domain) || query.name().endsWith("." + domain));
        if (!ofTheMesh) {
            return new Verdict.PassOn();
        }
        if (records.isEmpty()) {
            return new Verdict.Absent(Reply.empty(query, Reply.SERVER_FAILURE));
        }
        boolean above = records.get().above().contains(query.name()) || domains.contains(query.name());
        return above
                ? new Verdict.Say(Reply.empty(query, Reply.NO_ERROR))
                : new Verdict.Absent(Reply.empty(query, Reply.NAME_ERROR));
    }

    private static List<Reply.Answer> answers(int type, List<InetAddress> addresses) {
        List<Reply.Answer> answers = new ArrayList<>();
        for (InetAddress address : addresses) {
            int own = address instanceof Inet4Address ? Query.A : Query.AAAA;
            if (type == own || type == Query.ANY) {
                answers.add(new Reply.Answer(own, address.getAddress()));
            }
        }
        return answers;
    }

    /// One character string: its length and its bytes.
    private static byte[] text(String words) {
        byte[] bytes = words.getBytes(StandardCharsets.US_ASCII);
        byte[] text = new byte[bytes.length + 1];
        text[0] = (byte) bytes.length;
        System.arraycopy(bytes, 0, text, 1, bytes.length);
        return text;
    }
}
