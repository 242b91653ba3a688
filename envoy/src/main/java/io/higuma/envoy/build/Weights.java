package io.higuma.envoy.build;

import io.higuma.policy.HttpRoute.Share;
import java.util.List;

/// Weights as Envoy takes them.
final class Weights {

    private static final long MAX_TOTAL = 4294967295L;

    private Weights() {}

    static long total(List<Share> shares) {
        return shares.stream().mapToLong(Share::weight).sum();
    }

    /// The same shares with weights whose sum fits into 32 bits: Envoy adds them up in so many.
    /// A weight that is not zero stays so.
    static List<Share> fitting(List<Share> shares) {
        long divisor = total(shares) / (MAX_TOTAL - shares.size()) + 1;
        return shares.stream()
                .map(share ->
                        new Share(share.cluster(), share.weight() == 0 ? 0 : Math.max(1, share.weight() / divisor)))
                .toList();
    }
}
