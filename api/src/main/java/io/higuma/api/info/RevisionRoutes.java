package io.higuma.api.info;

import io.higuma.api.http.ApiException;
import io.higuma.api.http.ApiRequest;
import io.higuma.api.http.ApiResponse;
import io.higuma.api.http.Router;
import io.higuma.api.resources.Paging;
import io.higuma.engine.Receipt;
import io.higuma.model.ResourceKey;
import io.higuma.schema.ResourceWriter;
import io.higuma.store.ResourceStore;
import io.higuma.store.Revision;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Receipts: is a revision live, and if not, why?
///
/// | route | answer |
/// |---|---|
/// | `GET /revisions` | the newest ones, the newest first: what was written, by whom, and how far it is |
/// | `GET /revisions/{revision}` | one; with `?wait=10s` once everybody has answered, or when the time is over |
/// | `GET /revisions/{revision}/proxies` | the proxies it concerns, with what each says; `?state=refused` of one kind |
public final class RevisionRoutes {

    private static final String TITLE = "Could not retrieve a receipt";
    private static final Pattern DURATION = Pattern.compile("([0-9]{1,6})(ms|s|m)");

    /// Shorter than any server's patience with a request.
    private static final Duration LONGEST = Duration.ofSeconds(20);

    /// How long the engine may take to hear of what was just written.
    private static final Duration HEARING = Duration.ofSeconds(2);

    private static final int AUTHORS = 50;

    private final ResourceStore store;
    private final Observations observations;

    public RevisionRoutes(ResourceStore store, Observations observations) {
        this.store = store;
        this.observations = observations;
    }

    public void addTo(Router.Builder routes) {
        routes.get("/revisions", this::list);
        routes.get("/revisions/{revision}", this::receipt);
        routes.get("/revisions/{revision}/proxies", this::proxies);
    }

    private ApiResponse list(ApiRequest request) {
        Paging paging = Paging.of(request.query());
        return ApiResponse.ok(paging.answer(request, observations.receipts(), receipt -> {
            ObjectNode row = numbers(receipt);
            ArrayNode writes = row.putArray("writes");
            for (Receipt.Write write : receipt.writes()) {
                ObjectNode item = write(writes.addObject(), write);
                revision(write)
                        .ifPresent(found -> item.put("author", found.author())
                                .put("verb", found.resource().isEmpty() ? "delete" : "put"));
            }
            return row;
        }));
    }

    private Optional<Revision> revision(Receipt.Write write) {
        return store.history(write.key(), AUTHORS).stream()
                .filter(entry -> entry.number() == write.revision())
                .findFirst();
    }

    private ApiResponse receipt(ApiRequest request) {
        long revision = revision(request);
        Duration wait = request.query().value("wait").map(RevisionRoutes::wait).orElse(Duration.ZERO);
        Receipt receipt = find(revision, wait);
        ObjectNode body = numbers(receipt);
        ArrayNode missing = body.putArray("missing");
        receipt.missing().forEach(missing::add);
        ArrayNode refused = body.putArray("refused");
        receipt.refused()
                .forEach(r -> refused.addObject().put("proxy", r.proxy()).put("message", r.message()));
        ArrayNode writes = body.putArray("writes");
        receipt.writes().forEach(write -> write(writes.addObject(), write));
        return ApiResponse.ok(body);
    }

    private Receipt find(long revision, Duration wait) {
        if (revision == 0 || revision > store.revision()) {
            throw unknown(
                    revision == 0
                            ? "revisions begin with 1"
                            : "revision " + revision + " does not exist yet: the newest is " + store.revision());
        }
        Optional<Receipt> found = wait.isZero() ? observations.receipt(revision) : observations.receipt(revision, wait);
        if (found.isPresent()) {
            return found.get();
        }
        long forgotten = observations.forgotten();
        if (revision <= forgotten) {
            throw unknown("revision " + revision + " is not remembered any more: receipts go back to revision "
                    + (forgotten + 1));
        }
        return observations
                .receipt(revision, HEARING)
                .orElseThrow(() -> unknown("revision " + revision + " is stored, but not taken up by the engine yet"));
    }

    private static ApiException unknown(String sentence) {
        return ApiException.of(404, TITLE, sentence);
    }

    private static long revision(ApiRequest request) {
        String text = request.variable("revision");
        if (!text.matches("[0-9]{1,18}")) {
            throw ApiException.badRequest("bad request: a revision is a number, not \"" + text + "\"");
        }
        return Long.parseLong(text);
    }

    private static Duration wait(String text) {
        Matcher matcher = DURATION.matcher(text);
        if (!matcher.matches()) {
            throw ApiException.badRequest(
                    "bad request: wait is a duration such as 500ms, 10s or 1m, not \"" + text + "\"");
        }
        long number = Long.parseLong(matcher.group(1));
        Duration asked = switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            default -> Duration.ofMinutes(number);
        };
        return asked.compareTo(LONGEST) > 0 ? LONGEST : asked;
    }

    private static ObjectNode numbers(Receipt receipt) {
        Receipt.Counts counts = receipt.counts();
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("revision", receipt.revision());
        body.put("complete", receipt.complete()).put("answered", receipt.answered());
        body.put("concerned", counts.concerned()).put("running", counts.running());
        body.put("waitingFor", counts.missing()).put("refusing", counts.refused());
        body.put("away", counts.away()).put("detailed", receipt.detailed());
        Receipt.Times times = receipt.times();
        body.put("written", ResourceWriter.time(times.written())).put("applied", ResourceWriter.time(times.applied()));
        times.firstAck().ifPresent(time -> body.put("firstAck", ResourceWriter.time(time)));
        times.lastAck().ifPresent(time -> body.put("lastAck", ResourceWriter.time(time)));
        times.firstAck().ifPresent(time -> body.put("firstMillis", millis(times, time)));
        times.lastAck().ifPresent(time -> body.put("lastMillis", millis(times, time)));
        return body;
    }

    private static long millis(Receipt.Times times, java.time.Instant acknowledged) {
        return Math.max(0, Duration.between(times.written(), acknowledged).toMillis());
    }

    private static ObjectNode write(ObjectNode item, Receipt.Write write) {
        ResourceKey key = write.key();
        item.put("revision", write.revision()).put("type", key.type());
        if (!key.mesh().isEmpty()) {
            item.put("mesh", key.mesh());
        }
        return item.put("name", key.name());
    }

    private ApiResponse proxies(ApiRequest request) {
        long revision = revision(request);
        Receipt receipt = find(revision, Duration.ZERO);
        Optional<String> state = request.query().value("state");
        List<String> states = List.of(Receipt.Answer.values()).stream()
                .map(RevisionRoutes::word)
                .toList();
        if (state.isPresent() && !states.contains(state.get())) {
            throw ApiException.badRequest(
                    "bad request: state is one of " + String.join(", ", states) + ", not \"" + state.get() + "\"");
        }
        List<Receipt.Proxy> concerned = observations
                .concerned(receipt.revision())
                .orElseThrow(() -> unknown("of revision " + revision + " only numbers and times are remembered"));
        List<Receipt.Proxy> wanted = concerned.stream()
                .filter(proxy -> state.isEmpty() || word(proxy.answer()).equals(state.get()))
                .toList();
        return ApiResponse.ok(Paging.of(request.query()).answer(request, wanted, proxy -> {
            ObjectNode item = JsonNodeFactory.instance.objectNode();
            item.put("mesh", proxy.key().mesh()).put("name", proxy.key().name());
            item.put("state", word(proxy.answer()));
            proxy.message().ifPresent(words -> item.put("message", words));
            return item;
        }));
    }

    private static String word(Receipt.Answer answer) {
        return answer.name().toLowerCase(Locale.ROOT);
    }
}
