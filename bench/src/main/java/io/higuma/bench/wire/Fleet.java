package io.higuma.bench.wire;

import io.higuma.model.wire.TypeUrl;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLException;

/// All proxies of a run and the event loops they live on.
public final class Fleet implements AutoCloseable {

    /// How many handshakes are under way at once: more would only wait in the listener's queue.
    private static final int CONNECTING = 256;
    /// Envoy's back-off as the control plane's bootstrap sets it: jittered, doubling from 250 ms to 2 s.
    private static final int BACK_OFF_MILLIS = 250;

    private static final int LONGEST_BACK_OFF_MILLIS = 2000;
    /// Long, so that it is the control plane that gives up first if it has such a limit.
    private static final int HANDSHAKE_MILLIS = 60_000;

    private final InetSocketAddress server;
    private final String authority;
    private final SslContext tls;
    private final MultiThreadIoEventLoopGroup group;
    private final List<Loop> loops = new ArrayList<>();
    private final List<ProxyStream> streams = new ArrayList<>();
    private final AtomicInteger attempts = new AtomicInteger();
    private final AtomicInteger refusals = new AtomicInteger();
    private volatile boolean wanted;
    /// Streams that wait for their first attempt. Guarded by itself.
    private final Deque<ProxyStream> queue = new ArrayDeque<>();

    private record Loop(EventLoop loop, LoopTools tools, long thread) {}

    private static final boolean EPOLL = Epoll.isAvailable();

    /// @param threads event loops
    public Fleet(InetSocketAddress server, List<Proxy> proxies, Contents contents, Board board, int threads) {
        this.server = server;
        this.authority = server.getHostString() + ":" + server.getPort();
        this.tls = tls();
        this.group = new MultiThreadIoEventLoopGroup(
                threads, EPOLL ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
        for (int i = 0; i < threads; i++) {
            EventLoop loop = group.next();
            loops.add(new Loop(
                    loop,
                    new LoopTools(),
                    answer(loop, () -> Thread.currentThread().threadId())));
        }
        for (Proxy proxy : proxies) {
            Loop home = loops.get(proxy.index() % threads);
            streams.add(new ProxyStream(proxy, home.loop(), home.tools(), contents, board));
        }
    }

    private static SslContext tls() {
        try {
            return SslContextBuilder.forClient()
                    .sslProvider(OpenSsl.isAvailable() ? SslProvider.OPENSSL_REFCNT : SslProvider.JDK)
                    .trustManager(InsecureTrustManagerFactory.INSTANCE)
                    .applicationProtocolConfig(new ApplicationProtocolConfig(
                            ApplicationProtocolConfig.Protocol.ALPN,
                            ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                            ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                            "h2"))
                    .build();
        } catch (SSLException e) {
            throw new IllegalStateException("TLS cannot be set up", e);
        }
    }

    public int size() {
        return streams.size();
    }

    public Proxy proxy(int stream) {
        return streams.get(stream).proxy;
    }

    /// Opens all connections as fast as they are accepted, and opens each again that breaks, as an Envoy would.
    public void connect() {
        wanted = true;
        synchronized (queue) {
            queue.clear();
            queue.addAll(streams);
        }
        for (int i = 0; i < Math.min(CONNECTING, streams.size()); i++) {
            next();
        }
    }

    private void next() {
        ProxyStream stream;
        synchronized (queue) {
            stream = queue.poll();
        }
        if (stream != null) {
            ProxyStream mine = stream;
            mine.loop.execute(() -> connect(mine, 0, this::next));
        }
    }

    /// @param then once the attempt has been decided
    private void connect(ProxyStream stream, int failures, Runnable then) {
        if (!wanted) {
            return;
        }
        attempts.incrementAndGet();
        int[] failed = {failures};
        boolean[] decided = {false};
        Runnable once = () -> {
            if (!decided[0]) {
                decided[0] = true;
                then.run();
            }
        };
        GrpcStream call = stream.begin(RequestHeaders.of(authority, stream.proxy.token()), () -> {
            once.run();
            retry(stream, failed[0] + 1);
        });
        new Bootstrap()
                .group(stream.loop)
                .channel(EPOLL ? EpollSocketChannel.class : NioSocketChannel.class)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 10_000)
                .handler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        // No host and port given: no TLS session is resumed, as with processes of their own.
                        SslHandler handler = tls.newHandler(channel.alloc());
                        handler.setHandshakeTimeoutMillis(HANDSHAKE_MILLIS);
                        channel.pipeline().addLast(handler, call);
                    }
                })
                .connect(server)
                .addListener(done -> {
                    if (!done.isSuccess()) {
                        refusals.incrementAndGet();
                        once.run();
                        retry(stream, failures + 1);
                    }
                });
        stream.onOpened(() -> {
            failed[0] = 0;
            once.run();
        });
    }

    private void retry(ProxyStream stream, int failures) {
        if (wanted) {
            int limit = Math.min(BACK_OFF_MILLIS << Math.min(failures - 1, 4), LONGEST_BACK_OFF_MILLIS);
            var _ = stream.loop.schedule(
                    () -> connect(stream, failures, () -> {}),
                    ThreadLocalRandom.current().nextInt(limit),
                    TimeUnit.MILLISECONDS);
        }
    }

    /// Ends all connections; what is held stays held.
    ///
    /// @param politely with TLS close and FIN; else with RST
    public void disconnect(boolean politely) {
        wanted = false;
        synchronized (queue) {
            queue.clear();
        }
        onLoops(loop -> {
            streams.stream().filter(s -> s.loop == loop.loop()).forEach(s -> s.close(politely));
            return true;
        });
    }

    /// The proxies start anew: nothing is held.
    public void forget() {
        onLoops(loop -> {
            streams.stream().filter(s -> s.loop == loop.loop()).forEach(ProxyStream::forget);
            return true;
        });
    }

    /// Whether these streams take anything from their sockets.
    public void reading(BitSet which, boolean on) {
        which.stream().forEach(i -> {
            ProxyStream stream = streams.get(i);
            stream.loop.execute(() -> stream.reading(on));
        });
    }

    /// Attempts to connect so far, and how many of them found nobody.
    public int attempts() {
        return attempts.get();
    }

    public int refusals() {
        return refusals.get();
    }

    /// What came over all streams so far.
    public Traffic traffic() {
        Traffic sum = new Traffic();
        onLoops(loop -> {
                    Traffic part = new Traffic();
                    streams.stream().filter(s -> s.loop == loop.loop()).forEach(s -> part.add(s.traffic));
                    return part;
                })
                .forEach(sum::add);
        return sum;
    }

    /// Messages so far, by stream.
    public long[] messages() {
        long[] all = new long[streams.size()];
        onLoops(loop -> {
            for (ProxyStream stream : streams) {
                if (stream.loop == loop.loop()) {
                    all[stream.proxy.index()] = stream.traffic.allMessages();
                }
            }
            return true;
        });
        return all;
    }

    /// What one stream holds of a type, and which names it asks for.
    public record Holding(List<Content> contents, List<String> missing, boolean complete) {}

    /// What a stream holds of all types; `missing` are names asked for and not held.
    public Holding holding(int stream) {
        ProxyStream of = streams.get(stream);
        return answer(of.loop, () -> {
            List<Content> contents = new ArrayList<>();
            List<String> missing = new ArrayList<>();
            for (TypeUrl type : TypeUrl.values()) {
                contents.addAll(of.held(type).values());
                if (type == TypeUrl.ENDPOINT || type == TypeUrl.ROUTE || type == TypeUrl.SECRET) {
                    for (String name : of.wanted(type)) {
                        if (!of.held(type).containsKey(name)) {
                            missing.add(type + " " + name);
                        }
                    }
                }
            }
            return new Holding(contents, missing, of.isComplete());
        });
    }

    /// How long no message has come.
    public Duration quiet() {
        long last = loops.stream().mapToLong(l -> l.tools().lastMessage).max().orElse(0);
        return Duration.ofNanos(System.nanoTime() - last);
    }

    /// When the last message came, by `System.nanoTime`.
    public long lastMessage() {
        return loops.stream().mapToLong(l -> l.tools().lastMessage).max().orElse(0);
    }

    public int threads() {
        return loops.size();
    }

    /// CPU time of the event loops so far, in nanoseconds.
    public long cpuNanos() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        return loops.stream()
                .mapToLong(loop -> Math.max(0, threads.getThreadCpuTime(loop.thread())))
                .sum();
    }

    private <T> List<T> onLoops(java.util.function.Function<Loop, T> question) {
        return loops.stream()
                .map(loop -> answer(loop.loop(), () -> question.apply(loop)))
                .toList();
    }

    private static <T> T answer(EventLoop loop, Callable<T> question) {
        Future<T> answer = loop.submit(question);
        try {
            return answer.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    @Override
    public void close() {
        disconnect(true);
        var _ = group.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
    }
}
