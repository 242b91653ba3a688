package io.higuma.bench.wire;

import io.higuma.model.wire.TypeUrl;

/// Hears of what streams receive; called on event loops, many at a time.
public interface Board {

    /// A stream acknowledged content with a mark that it did not hold before.
    ///
    /// @param received when the message had been read, by `System.nanoTime`
    /// @param acknowledged when the acknowledgement had been handed to the socket
    void marked(int stream, Content content, long received, long acknowledged);

    /// A stream acknowledged a message that changed what it holds.
    void changed(int stream, TypeUrl type, long acknowledged);

    /// For the first time since it connected, a stream has answers to everything it asked for.
    void complete(int stream, long when);

    /// A stream or an attempt ended otherwise than by our wish.
    void broke(int stream, String why);
}
