package io.higuma.engine;

import io.higuma.model.ResourceKey;
import io.higuma.model.wire.ProxyConfig;
import java.util.List;
import java.util.Optional;

/// What a change would bring, without making it.
///
/// @param concerned how many connected proxies would see a difference
/// @param sample some of them, with what they would hold
public record Preview(int concerned, List<Proxy> sample) {

    public Preview {
        sample = List.copyOf(sample);
    }

    /// One proxy, before and after.
    ///
    /// @param before what it should hold now; empty if that cannot be made
    /// @param after what it should hold then; empty if that cannot be made, or it is deleted
    /// @param problem why it cannot be made then
    public record Proxy(
            ResourceKey key, Optional<ProxyConfig> before, Optional<ProxyConfig> after, Optional<String> problem) {

        /// Whether the change would break a proxy that can be configured now.
        public boolean breaks() {
            return before.isPresent() && problem.isPresent();
        }
    }
}
