package io.higuma.api.inspect;

import io.higuma.api.auth.Access;
import io.higuma.api.http.Router;
import io.higuma.api.info.Observations;
import io.higuma.api.resources.Reads;
import io.higuma.model.ResourceTypes;

/// All questions about one proxy, and what services are called (contract 3.7).
public final class InspectRoutes {

    private final ResourceTypes types;
    private final Reads reads;
    private final Observations observations;
    private final Access access;

    public InspectRoutes(ResourceTypes types, Reads reads, Observations observations, Access access) {
        this.types = types;
        this.reads = reads;
        this.observations = observations;
        this.access = access;
    }

    public void addTo(Router.Builder routes) {
        new RulesRoutes(reads, observations).addTo(routes);
        new AppliedRoutes(reads, observations).addTo(routes);
        new ConfigRoutes(reads, observations, access).addTo(routes);
        new ReachRoutes(reads, observations).addTo(routes);
        new AdminRoutes(reads, observations).addTo(routes);
        new HostnameRoutes(types, reads).addTo(routes);
    }
}
