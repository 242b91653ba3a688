package io.higuma.xds.grpc;

import com.google.protobuf.InvalidProtocolBufferException;
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
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One stream: carries out what its state machine wants. Everything but [#offer] and [#refuse]
/// happens on the event loop of the connection.
///
/// Memory is bounded by demand: the machine has at most one response per type under way, and
/// nothing more is read from a client that does not take what is written to it.
final class AdsCall implements ConfigSource.ProxyStream, GrpcCall {

    private static final Logger log = LoggerFactory.getLogger(AdsCall.class);

    /// Envoy asks for all its types in one go when it comes back; this is ample.
    private static final int INTRODUCTION_SECONDS = 3;

    /// After so many bytes it is watched whether the client takes what is written.
    private static final int WATCHED = 64 << 10;

    private final AdsService service;
    private final GrpcStream stream;
    private final EventLoop loop;
    private final Wakeups.OnLoop wakeup;
    private final Deframer deframer;
    private final AdsStream machine;
    private final AtomicReference<@Nullable ProxyConfig> offered = new AtomicReference<>();

    private final AdsStream.Variant variant;
    private Optional<Node.Credential> credential;
    private ConfigSource.@Nullable Session session;
    private @Nullable Future<?> timer;
    private String nodeId = "";
    private int unconsumed;
    private int unwatched;
    private int unread;
    private boolean ended;

    /// @param credential forgotten with the first request
    AdsCall(
            AdsService service,
            GrpcStream stream,
            Optional<Node.Credential> credential,
            AdsStream.Variant variant,
            AdsStream machine) {
        this.service = service;
        this.stream = stream;
        this.credential = credential;
        this.variant = variant;
        this.machine = machine;
        this.loop = stream.loop();
        this.wakeup = service.wakeups().on(loop);
        this.deframer = new Deframer(service.limits().maxRequestBytes());
    }

    void start() {
        stream.begin();
        long patience = service.limits().firstRequest().toMillis();
        timer = loop.schedule(
                () -> end(new Refusal(Refusal.Code.INVALID_ARGUMENT, "no request within " + patience + " ms")),
                patience,
                TimeUnit.MILLISECONDS);
    }

    // ---- from any thread

    @Override
    public void offer(ProxyConfig config) {
        if (offered.getAndSet(config) == null) {
            wakeup.add(() -> guarded(this::takeOffer));
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
            stream.flush();
        }
    }

    /// Takes bytes that came. A client that does not take what is written to it is not listened to: its bytes
    /// are kept, no more than the window of its stream, and its requests are read when it has caught up.
    @Override
    public int read(ByteBuf data) {
        int size = data.readableBytes();
        if (ended) {
            return size;
        }
        byte[] bytes = new byte[size];
        data.readBytes(bytes);
        deframer.add(bytes);
        if (lags()) {
            unread += size;
            return 0;
        }
        guarded(this::readOn);
        return size;
    }

    private boolean lags() {
        return unconsumed > service.limits().maxResponseBytes();
    }

    private void readOn() throws IOException, Deframer.BadFrame {
        for (ByteBuffer message = deframer.next(); message != null && !ended; message = deframer.next()) {
            received(message);
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
        Node node = NodeReader.read(first.node().get(), credential, stream.peer());
        credential = Optional.empty();
        if (node.id().isEmpty()) {
            end(new Refusal(Refusal.Code.INVALID_ARGUMENT, "node.id is empty; expected <mesh>.<name>"));
            return;
        }
        nodeId = node.id();
        session = service.source().open(node, this);
        timer = loop.schedule(
                () -> guarded(() -> {
                    perform(machine.introduced());
                    stream.flush();
                }),
                INTRODUCTION_SECONDS,
                TimeUnit.SECONDS);
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
        wakeup.add(() -> {
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
        ByteBuf frame = stream.buffer(size + Deframer.HEADER);
        frame.writeByte(0).writeInt(size);
        for (byte[] part : parts) {
            frame.writeBytes(part);
        }
        send(frame, size);
        return size;
    }

    /// Small responses are watched together: to hear of each one's way costs more than the response.
    private void send(ByteBuf frame, int size) {
        unwatched += size;
        if (unwatched < WATCHED) {
            stream.write(frame);
            return;
        }
        int bytes = unwatched;
        unwatched = 0;
        unconsumed += bytes;
        stream.write(frame, () -> guarded(() -> consumed(bytes)));
    }

    private void consumed(int bytes) throws IOException, Deframer.BadFrame {
        unconsumed -= bytes;
        if (unread > 0 && !ended && !lags()) {
            int late = unread;
            unread = 0;
            readOn();
            stream.consumed(late);
        }
    }

    /// The client will acknowledge nothing any more, so the stream is over for us too.
    @Override
    public void halfClosed() {
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
        stream.end(refusal);
        closed();
    }

    /// Comes for every way a stream can end; the first time counts.
    @Override
    public void closed() {
        if (ended) {
            return;
        }
        ended = true;
        service.ended(this);
        Future<?> running = timer;
        if (running != null) {
            running.cancel(false);
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
}
