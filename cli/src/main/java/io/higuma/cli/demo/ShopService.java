package io.higuma.cli.demo;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/// One service of the shop: plain HTTP on a loopback address, knowing nothing of a mesh. It is a process of its own.
///
/// | request | answer |
/// |---|---|
/// | `GET /` | who it is, and what the proxy says of the caller (`x-forwarded-client-cert`) |
/// | `GET /via/TARGET/REST` | it calls TARGET with `/REST` and answers with that status |
/// | `POST /slow/MILLIS` | from now on `GET /` takes that long |
///
/// Arguments: `NAME ADDRESS PORT [TARGET=PORT]…`, where the ports are those of its own address at which a target is
/// found.
public final class ShopService {

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final String VIA = "/via/";

    private final String name;
    private final String address;
    private final Map<String, Integer> targets;
    private volatile long slowMillis;

    private ShopService(String name, String address, Map<String, Integer> targets) {
        this.name = name;
        this.address = address;
        this.targets = Map.copyOf(targets);
    }

    public static void main(String[] args) throws IOException {
        Map<String, Integer> targets = new TreeMap<>();
        for (int i = 3; i < args.length; i++) {
            String[] target = args[i].split("=", 2);
            targets.put(target[0], Integer.valueOf(target[1]));
        }
        ShopService service = new ShopService(args[0], args[1], targets);
        HttpServer server = HttpServer.create(new InetSocketAddress(args[1], Integer.parseInt(args[2])), 1024);
        server.createContext("/", service::handle);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.start();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            if (path.startsWith("/slow/")) {
                slowMillis = Long.parseLong(path.substring("/slow/".length()));
                answer(exchange, 200, "{}");
            } else if (path.startsWith(VIA)) {
                relay(exchange, path.substring(VIA.length()));
            } else {
                TimeUnit.MILLISECONDS.sleep(slowMillis);
                String caller = exchange.getRequestHeaders().getFirst("x-forwarded-client-cert");
                answer(
                        exchange,
                        200,
                        "{\"service\":\"" + name + "\",\"caller\":\"" + (caller == null ? "" : escape(caller)) + "\"}");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void relay(HttpExchange exchange, String rest) throws IOException {
        int slash = rest.indexOf('/');
        Integer port = slash < 0 ? null : targets.get(rest.substring(0, slash));
        if (port == null) {
            answer(exchange, 404, "{\"service\":\"" + name + "\",\"error\":\"no such target\"}");
            return;
        }
        HttpURLConnection call =
                (HttpURLConnection) URI.create("http://" + address + ":" + port + rest.substring(slash))
                        .toURL()
                        .openConnection();
        call.setConnectTimeout((int) PATIENCE.toMillis());
        call.setReadTimeout((int) PATIENCE.toMillis());
        try {
            int status = call.getResponseCode();
            try (InputStream body = status < 400 ? call.getInputStream() : call.getErrorStream()) {
                answer(exchange, status, body == null ? "" : new String(body.readAllBytes(), StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            answer(
                    exchange,
                    502,
                    "{\"service\":\"" + name + "\",\"error\":\"" + escape(String.valueOf(e.getMessage())) + "\"}");
        }
    }

    private static void answer(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    private static String escape(String text) {
        return text.replace("\\", "\\\\").replace("\"", "\\\"");
    }
}
