package io.higuma.model.core;

import io.higuma.model.annotation.JsonName;

/// The protocol an inbound speaks (contract 1.5). What is absent is taken for [#TCP].
public enum Protocol {
    @JsonName("tcp")
    TCP,
    @JsonName("http")
    HTTP,
    @JsonName("http2")
    HTTP2,
    @JsonName("grpc")
    GRPC;

    /// Whether requests can be told apart: everything but plain TCP.
    public boolean isHttp() {
        return this != TCP;
    }
}
