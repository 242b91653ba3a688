package io.higuma.engine;

import io.higuma.model.snapshot.MeshImage;
import io.higuma.policy.ProxyView;
import io.higuma.policy.Selection;
import java.util.List;

/// What the configuration of a proxy is made from, as the engine sees it now.
///
/// @param view what it serves, what it calls, who it is
/// @param policies those that select it, in the order of their kinds
/// @param mesh everything that is in the mesh of the proxy
/// @param connected whether the proxy has a stream; if not, nothing is known of what it can do
public record Inspection(ProxyView view, List<Selection<?>> policies, MeshImage mesh, boolean connected) {

    public Inspection {
        policies = List.copyOf(policies);
    }
}
