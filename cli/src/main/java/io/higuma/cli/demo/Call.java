package io.higuma.cli.demo;

import io.higuma.cli.client.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/// A request of the demo and what became of it.
///
/// @param status the HTTP status; 0 if there was no answer
/// @param body the answer's text, or why there was none
/// @param millis how long it took
record Call(int status, String body, long millis) {

    private static final Duration PATIENCE = Duration.ofSeconds(12);

    static Call get(HttpClient http, URI uri) throws InterruptedException {
        return send(http, HttpRequest.newBuilder(uri).GET().timeout(PATIENCE).build());
    }

    static Call post(HttpClient http, URI uri) throws InterruptedException {
        return send(
                http,
                HttpRequest.newBuilder(uri)
                        .POST(HttpRequest.BodyPublishers.noBody())
                        .timeout(PATIENCE)
                        .build());
    }

    private static Call send(HttpClient http, HttpRequest request) throws InterruptedException {
        long begin = System.nanoTime();
        try {
            HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
            return new Call(response.statusCode(), response.body(), since(begin));
        } catch (IOException e) {
            return new Call(0, String.valueOf(e.getMessage()), since(begin));
        }
    }

    boolean ok() {
        return status == 200;
    }

    /// The service that answered at the end of the chain.
    String service() {
        return Json.read(body).path("service").asString("");
    }

    /// What the answering service was told of its caller: Envoy's `By=…;Hash=…;URI=…`.
    String part(String key) {
        for (String part : Json.read(body).path("caller").asString("").split(";")) {
            if (part.startsWith(key + "=")) {
                return part.substring(key.length() + 1);
            }
        }
        return "";
    }

    private static long since(long begin) {
        return (System.nanoTime() - begin) / 1_000_000;
    }
}
