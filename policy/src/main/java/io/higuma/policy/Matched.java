package io.higuma.policy;

import io.higuma.model.Kri;
import io.higuma.model.Resource;
import io.higuma.model.Spec;
import io.higuma.model.target.TopTargetRef;

/// A policy that selects a proxy.
public record Matched<S extends Spec>(Resource policy, S spec, TopTargetRef target) {

    /// The identifier of the policy, for origins.
    public String origin() {
        return Kri.of(policy).toString();
    }

    /// Whether it is for this inbound: it names none, or this one by name or port.
    public boolean covers(InboundView inbound) {
        return target.sectionName()
                .map(section -> section.equals(inbound.inbound().section())
                        || section.equals(Integer.toString(inbound.inbound().port())))
                .orElse(true);
    }
}
