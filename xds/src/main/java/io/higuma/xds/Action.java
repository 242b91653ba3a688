package io.higuma.xds;

import io.higuma.model.wire.TypeUrl;
import java.util.List;

/// What a stream's state machine wants done.
public sealed interface Action {

    /// Write this response.
    record Send(Response response) implements Action {}

    /// Tell the session that the proxy runs everything of a revision.
    record Settled(long revision) implements Action {}

    /// Tell the session what the proxy refused.
    record Rejected(TypeUrl type, long revision, List<String> resources, String message) implements Action {}

    /// Tell the session that a newer revision holds what the proxy refused before.
    record StillRejected(TypeUrl type, long revision, List<String> resources, String message) implements Action {}

    /// End the stream.
    record End(Refusal refusal) implements Action {}
}
