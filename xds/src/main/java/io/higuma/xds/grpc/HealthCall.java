package io.higuma.xds.grpc;

import com.google.protobuf.InvalidProtocolBufferException;
import io.envoyproxy.envoy.service.health.v3.HealthCheckRequestOrEndpointHealthResponse;
import io.higuma.xds.HealthSource;
import io.higuma.xds.Node;
import io.higuma.xds.Refusal;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One stream over which an Envoy reports. Everything but [#probe] and [#refuse] happens on the event loop of the
/// connection.
final class HealthCall implements GrpcCall, HealthSource.HealthStream {

    private static final int LARGEST_MESSAGE = 1 << 20;

    private final HealthService service;
    private final GrpcStream stream;
    private final EventLoop loop;
    private final Deframer deframer = new Deframer(LARGEST_MESSAGE);
    private Optional<Node.Credential> credential;
    private HealthSource.@Nullable Session session;
    /// What the proxy shall probe, while it does not take what was written before. The last wish counts.
    private @Nullable List<HealthSource.Probe> wanted;

    private boolean writing;
    private boolean over;

    HealthCall(HealthService service, GrpcStream stream, Optional<Node.Credential> credential) {
        this.service = service;
        this.stream = stream;
        this.loop = stream.loop();
        this.credential = credential;
    }

    void start() {
        stream.begin();
    }

    @Override
    public void probe(List<HealthSource.Probe> probes) {
        loop.execute(() -> {
            wanted = probes;
            write();
        });
    }

    private void write() {
        List<HealthSource.Probe> probes = wanted;
        if (over || writing || probes == null) {
            return;
        }
        wanted = null;
        writing = true;
        byte[] message = HealthService.specifier(probes).toByteArray();
        ByteBuf frame = stream.buffer(message.length + Deframer.HEADER);
        frame.writeByte(0).writeInt(message.length).writeBytes(message);
        stream.write(frame, () -> {
            writing = false;
            write();
        });
        stream.flush();
    }

    @Override
    public void refuse(Refusal refusal) {
        loop.execute(() -> end(Optional.of(refusal)));
    }

    @Override
    public int read(ByteBuf data) {
        int size = data.readableBytes();
        if (over) {
            return size;
        }
        byte[] bytes = new byte[size];
        data.readBytes(bytes);
        deframer.add(bytes);
        try {
            for (ByteBuffer message = deframer.next(); message != null && !over; message = deframer.next()) {
                received(HealthCheckRequestOrEndpointHealthResponse.parseFrom(message));
            }
        } catch (Deframer.BadFrame e) {
            end(Optional.of(new Refusal(Refusal.Code.RESOURCE_EXHAUSTED, String.valueOf(e.getMessage()))));
        } catch (InvalidProtocolBufferException e) {
            end(Optional.of(new Refusal(Refusal.Code.INVALID_ARGUMENT, String.valueOf(e.getMessage()))));
        } catch (RuntimeException e) {
            service.faults().accept(e);
            end(Optional.of(new Refusal(Refusal.Code.INTERNAL, "a fault of the control plane; see its log")));
        }
        return size;
    }

    private void received(HealthCheckRequestOrEndpointHealthResponse message) throws InvalidProtocolBufferException {
        HealthSource.Session told = session;
        if (told == null && message.hasHealthCheckRequest()) {
            Node node = NodeReader.read(
                    message.getHealthCheckRequest().getNode().toByteString(), credential, stream.peer());
            credential = Optional.empty();
            session = service.source().open(node, this);
        } else if (told != null && message.hasEndpointHealthResponse()) {
            told.reported(HealthService.healthy(message.getEndpointHealthResponse()));
        }
    }

    @Override
    public void halfClosed() {
        end(Optional.empty());
    }

    private void end(Optional<Refusal> refusal) {
        if (!over) {
            stream.end(refusal);
            closed();
        }
    }

    @Override
    public void closed() {
        if (over) {
            return;
        }
        over = true;
        service.ended(this);
        HealthSource.Session told = session;
        if (told != null) {
            told.closed();
        }
    }
}
