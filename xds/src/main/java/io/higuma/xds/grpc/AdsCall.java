package io.higuma.xds.grpc;

import com.google.protobuf.InvalidProtocolBufferException;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpHeaders;
import com.linecorp.armeria.common.HttpObject;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpResponseWriter;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.higuma.model.wire.ProxyConfig;
import io.higuma.xds.Action;
import io.higuma.xds.AdsStream;
import io.higuma.xds.ConfigSource;
import io.higuma.xds.Node;
import io.higuma.xds.Refusal;
import io.higuma.xds.Request;
import io.higuma.xds.Response;
import io.higuma.xds.ResponseCodec;
import io.higuma.xds.Tally;
import io.higuma.xds.flight.PushEvent;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One stream: carries out what its state machine wants. Everything but [#offer] and [#refuse]
/// happens on the event loop of the connection.
///
/// Memory is bounded by demand: the machine has at most one response per type under way, and
/// nothing more is read from a client that does not take what is written to it.
final class AdsCall implements ConfigSource.ProxyStream, Subscriber<HttpObject> {

    private static final Logger log = LoggerFactory.getLogger(AdsCall.class);

    /// Envoy asks for all its types in one go when it comes back; this is ample.
    private static final int INTRODUCTION_SECONDS = 3;

    /// After so many bytes it is watched whether the client takes what is written.
    private static final int WATCHED = 64 << 10;

    private final AdsService service;
    private final ServiceRequestContext context;
    private final HttpRequest request;
    private final HttpResponseWriter out = HttpResponse.streaming();
    private final EventLoop loop;
    private final Deframer deframer;
    private final AdsStream machine;
    private final AtomicReference<@Nullable ProxyConfig> offered = new AtomicReference<>();

    private AdsStream.Variant variant = AdsStream.Variant.DELTA;
    private ConfigSource.@Nullable Session session;
    private @Nullable Subscription input;
    private @Nullable Future<?> timer;
    private String nodeId = "";
    private int unconsumed;
    private int unwatched;
    private boolean inputWaits;
    private boolean ended;

    AdsCall(AdsService service, ServiceRequestContext context, HttpRequest request, AdsStream machine) {
        this.service = service;
        this.context = context;
        this.request = request;
        this.machine = machine;
        this.loop = context.eventLoop().withoutContext();
        this.deframer = new Deframer(service.limits().maxRequestBytes());
    }

    HttpResponse start(AdsStream.Variant spoken) {
        variant = spoken;
        out.write(ResponseHeaders.of(HttpStatus.OK, HttpHeaderNames.CONTENT_TYPE, "application/grpc"));
        long patience = service.limits().firstRequest().toMillis();
        timer = loop.schedule(
                () -> end(new Refusal(Refusal.Code.INVALID_ARGUMENT, "no request within " + patience + " ms")),
                patience,
                TimeUnit.MILLISECONDS);
        CompletableFuture<?> _ = out.whenComplete().whenCompleteAsync((done, error) -> closed(), loop);
        request.subscribe(this, loop);
        return out;
    }

    // ---- from any thread

    @Override
    public void offer(ProxyConfig config) {
        if (offered.getAndSet(config) == null) {
            service.wakeups().add(loop, () -> guarded(this::takeOffer));
        }
    }

    @Override
    public void refuse(Refusal refusal) {
        loop.execute(() -> end(refusal));
    }

    @Override
    public Tally tally() {
        return machine.tally();
    }

    // ---- on the event loop

    private void takeOffer() throws IOException {
        ProxyConfig config = offered.getAndSet(null);
        if (config != null && !ended) {
            perform(machine.offered(config));
        }
    }

    @Override
    public void onSubscribe(Subscription subscription) {
        input = subscription;
        subscription.request(1);
    }

    @Override
    public void onNext(HttpObject object) {
        guarded(() -> {
            if (object instanceof HttpData data && !ended) {
                deframer.add(data.array());
                for (ByteBuffer message = deframer.next(); message != null && !ended; message = deframer.next()) {
                    received(message);
                }
            }
            inputWaits = true;
            readOn();
        });
    }

    private void readOn() {
        Subscription from = input;
        if (inputWaits
                && !ended
                && from != null
                && unconsumed <= service.limits().maxResponseBytes()) {
            inputWaits = false;
            from.request(1);
        }
    }

    private void received(ByteBuffer message) throws IOException {
        Request read = variant == AdsStream.Variant.DELTA ? Request.delta(message) : Request.stateOfTheWorld(message);
        if (session == null) {
            open(read);
        } else if (read.node().isPresent()) {
            String id = NodeReader.read(read.node().get(), Optional.empty(), "").id();
            if (!id.isEmpty() && !id.equals(nodeId)) {
                end(new Refusal(Refusal.Code.INVALID_ARGUMENT, "a stream cannot change its node.id"));
            }
        }
        if (!ended) {
            perform(machine.received(read));
        }
    }

    private void open(Request first) throws InvalidProtocolBufferException {
        Future<?> running = timer;
        if (running != null) {
            running.cancel(false);
        }
        if (first.node().isEmpty()) {
            end(new Refusal(Refusal.Code.INVALID_ARGUMENT, "the first request of a stream must carry its node"));
            return;
        }
        List<String> tokens = request.headers().getAll("authorization");
        if (tokens.size() > 1) {
            end(new Refusal(Refusal.Code.UNAUTHENTICATED, "more than one authorization header"));
            return;
        }
        Optional<Node.Credential> credential =
                tokens.stream().filter(token -> !token.isEmpty()).findFirst().map(Node.Credential::new);
        Node node = NodeReader.read(
                first.node().get(), credential, context.remoteAddress().toString());
        if (node.id().isEmpty()) {
            end(new Refusal(Refusal.Code.INVALID_ARGUMENT, "node.id is empty; expected <mesh>.<name>"));
            return;
        }
        nodeId = node.id();
        session = service.source().open(node, this);
        timer = loop.schedule(
                () -> guarded(() -> perform(machine.introduced())), INTRODUCTION_SECONDS, TimeUnit.SECONDS);
    }

    private void perform(List<Action> actions) {
        for (Action action : actions) {
            ConfigSource.Session told = session;
            if (ended || told == null) {
                return;
            }
            switch (action) {
                case Action.Send(Response response) -> told.sent(response.type(), push(response));
                case Action.Settled(long revision) -> tell(() -> told.settled(revision));
                case Action.Rejected(var type, long revision, var names, String message) ->
                    tell(() -> told.rejected(type, revision, names, message));
                case Action.StillRejected(var type, long revision, var names, String message) ->
                    tell(() -> told.stillRejected(type, revision, names, message));
                case Action.End(Refusal refusal) -> end(refusal);
            }
        }
    }

    /// Tells the engine something after everything that was read together with this: what a wave's proxies answer wakes
    /// its thread once per look at the sockets, not once per answer.
    private void tell(Runnable words) {
        service.wakeups().add(loop, () -> {
            try {
                words.run();
            } catch (RuntimeException e) {
                service.faults().accept(e);
            }
        });
    }

    private int push(Response response) {
        PushEvent event = new PushEvent();
        event.begin();
        int bytes = write(response);
        event.end();
        if (event.shouldCommit()) {
            event.of(nodeId, response.type().name(), response.revision(), bytes);
            event.commit();
        }
        return bytes;
    }

    private int write(Response response) {
        List<byte[]> parts = ResponseCodec.encode(response);
        int size = 0;
        for (byte[] part : parts) {
            size += part.length;
        }
        machine.wrote(response.type(), size);
        ByteBuf frame = context.alloc().buffer(size + 5);
        frame.writeByte(0).writeInt(size);
        for (byte[] part : parts) {
            frame.writeBytes(part);
        }
        if (out.tryWrite(HttpData.wrap(frame))) {
            watch(size);
        }
        return size;
    }

    /// Small responses are watched together: to hear of each one's way costs more than the response.
    private void watch(int size) {
        unwatched += size;
        if (unwatched >= WATCHED) {
            int written = unwatched;
            unwatched = 0;
            unconsumed += written;
            CompletableFuture<?> _ = out.whenConsumed().whenCompleteAsync((done, error) -> consumed(written), loop);
        }
    }

    private void consumed(int bytes) {
        unconsumed -= bytes;
        readOn();
    }

    @Override
    public void onError(Throwable cause) {
        closed();
    }

    @Override
    public void onComplete() {
        // The client has half-closed: it will acknowledge nothing any more, so the stream is over for us too.
        end(Optional.empty());
    }

    private void end(Refusal refusal) {
        end(Optional.of(refusal));
    }

    private void end(Optional<Refusal> refusal) {
        if (ended) {
            return;
        }
        refusal.ifPresent(why -> log.atDebug()
                .addKeyValue("proxy", nodeId)
                .addKeyValue("reason", why.message())
                .log("stream ended by us"));
        boolean _ = out.tryWrite(HttpHeaders.of(
                "grpc-status",
                refusal.map(why -> GrpcStatus.code(why.code())).orElse(0).toString(),
                "grpc-message",
                refusal.map(why -> GrpcStatus.percentEncoded(why.message())).orElse("")));
        out.close();
        closed();
    }

    /// Comes once for every way a stream can end.
    private void closed() {
        if (ended) {
            return;
        }
        ended = true;
        service.ended(this);
        Future<?> running = timer;
        if (running != null) {
            running.cancel(false);
        }
        Subscription from = input;
        if (from != null) {
            from.cancel();
        }
        ConfigSource.Session told = session;
        if (told != null) {
            tell(told::closed);
        }
    }

    private interface Work {
        void run() throws IOException, Deframer.BadFrame;
    }

    /// A client's mistake ends its stream with the reason, a bug of ours with INTERNAL; neither reaches other
    /// streams.
    private void guarded(Work work) {
        try {
            work.run();
        } catch (Deframer.BadFrame e) {
            end(new Refusal(Refusal.Code.RESOURCE_EXHAUSTED, String.valueOf(e.getMessage())));
        } catch (IOException e) {
            end(new Refusal(Refusal.Code.INVALID_ARGUMENT, "not a discovery request: " + e.getMessage()));
        } catch (RuntimeException e) {
            service.faults().accept(e);
            end(new Refusal(Refusal.Code.INTERNAL, "internal error of the control plane"));
        }
    }

    /// Status codes and messages as gRPC over HTTP/2 writes them.
    private static final class GrpcStatus {

        static int code(Refusal.Code code) {
            return switch (code) {
                case INVALID_ARGUMENT -> 3;
                case NOT_FOUND -> 5;
                case PERMISSION_DENIED -> 7;
                case RESOURCE_EXHAUSTED -> 8;
                case ABORTED -> 10;
                case INTERNAL -> 13;
                case UNAVAILABLE -> 14;
                case UNAUTHENTICATED -> 16;
            };
        }

        static String percentEncoded(String message) {
            StringBuilder text = new StringBuilder();
            for (byte b : message.getBytes(StandardCharsets.UTF_8)) {
                if (b >= 0x20 && b < 0x7f && b != '%') {
                    text.append((char) b);
                } else {
                    text.append('%')
                            .append(Character.toUpperCase(Character.forDigit((b >> 4) & 15, 16)))
                            .append(Character.toUpperCase(Character.forDigit(b & 15, 16)));
                }
            }
            return text.toString();
        }
    }
}
