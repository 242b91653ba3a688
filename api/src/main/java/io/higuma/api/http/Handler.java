package io.higuma.api.http;

/// Answers requests of one route. Called on a virtual thread; may block.
@FunctionalInterface
public interface Handler {

    /// @throws ApiException for every answer that is an error of the principal
    ApiResponse handle(ApiRequest request);
}
