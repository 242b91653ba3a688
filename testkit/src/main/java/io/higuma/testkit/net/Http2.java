package io.higuma.testkit.net;

import com.linecorp.armeria.client.ClientFactory;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.common.AggregatedHttpResponse;

/// A workload's client that speaks HTTP/2 without TLS and without asking first.
public final class Http2 {

    private Http2() {}

    /// An answer.
    public record Answer(int status, String body) {}

    /// One GET over a connection of its own.
    ///
    /// @throws RuntimeException if there is no answer
    public static Answer get(String host, int port) {
        try (ClientFactory factory = ClientFactory.builder().build()) {
            AggregatedHttpResponse answer = WebClient.builder("h2c://" + host + ":" + port)
                    .factory(factory)
                    .build()
                    .blocking()
                    .get("/");
            return new Answer(answer.status().code(), answer.contentUtf8());
        }
    }
}
