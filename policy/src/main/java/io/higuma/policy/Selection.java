package io.higuma.policy;

import io.higuma.model.Spec;
import java.util.List;

/// The policies of one kind that select a proxy, least important first.
public record Selection<S extends Spec>(PolicyModule<S> module, List<Matched<S>> matched) {

    public Selection {
        matched = List.copyOf(matched);
    }

    public List<Contribution> inbound(ProxyView view) {
        return module.inbound(matched, view);
    }

    public List<Contribution> outbound(Calls calls) {
        return module.outbound(matched, calls);
    }

    public Outline outline() {
        return module.outline(matched);
    }
}
