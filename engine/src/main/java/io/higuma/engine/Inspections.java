package io.higuma.engine;

import io.higuma.model.Labels;
import io.higuma.model.Resource;
import io.higuma.model.ResourceKey;
import io.higuma.model.core.DataplaneSpec.ReachableBackend;
import io.higuma.model.snapshot.MeshDelta;
import io.higuma.model.wire.ProxyConfig;
import io.higuma.policy.PolicyModule;
import io.higuma.policy.ProxyTraits;
import io.higuma.xds.Node;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Answers what holds for one proxy, on the thread of whoever asks, with the code that configures it. Only what the
/// proxy said of itself is asked of the loop.
final class Inspections {

    /// Of a proxy that is not connected nothing is known.
    private static final ProxyTraits UNKNOWN = Traits.of(new Node("", "", "", Map.of(), Optional.empty(), ""));

    private final MeshCore core;

    Inspections(MeshCore core) {
        this.core = core;
    }

    Optional<Inspection> of(ResourceKey dataplane) {
        Optional<ProxyTraits> traits = traits(dataplane);
        EngineState state = core.published();
        return state.snapshot().get(dataplane).map(resource -> {
            Planner.Sight sight = planner().see(state, resource, traits.orElse(UNKNOWN));
            return new Inspection(
                    sight.view(), sight.policies(), state.snapshot().mesh(dataplane.mesh()), traits.isPresent());
        });
    }

    /// What a connected proxy would hold if every shadow policy of its mesh were a real one.
    ///
    /// @throws io.higuma.envoy.CompileException if there is no valid configuration
    Optional<ProxyConfig> withShadows(ResourceKey dataplane) {
        EngineState now = core.published();
        return traits(dataplane)
                .filter(t -> now.snapshot().get(dataplane).isPresent())
                .map(traits -> {
                    MeshDelta delta = new MeshDelta(
                            now.snapshot(), new ModuleTargets(core.parts().policies()));
                    for (PolicyModule<?> module : core.parts().policies()) {
                        for (Resource policy : now.snapshot()
                                .mesh(dataplane.mesh())
                                .all(module.type().name())) {
                            if (policy.isShadow()) {
                                delta.upsert(policy.withMeta(
                                        policy.meta().withLabels(policy.labels().without(Labels.EFFECT))));
                            }
                        }
                    }
                    EngineState then = now.withSnapshot(delta.apply());
                    Planner planner = planner();
                    return planner.config(
                            then,
                            dataplane,
                            planner.plan(then, dataplane, traits).compiled());
                });
    }

    /// What a proxy is told, and would be with other `reachableBackends`.
    ///
    /// @throws io.higuma.envoy.CompileException if there is no valid configuration
    Optional<ReachReport> reach(ResourceKey dataplane, List<ReachableBackend> asked) {
        Optional<ProxyTraits> traits = traits(dataplane);
        EngineState state = core.published();
        ReachReports reports =
                new ReachReports(planner(), new ModuleTargets(core.parts().policies()), state, UNKNOWN);
        return state.snapshot().get(dataplane).map(resource -> reports.of(resource, traits, asked));
    }

    private Optional<ProxyTraits> traits(ResourceKey dataplane) {
        return core.loop()
                .ask(() -> Optional.ofNullable(core.connected(dataplane)).map(proxy -> proxy.traits));
    }

    /// A planner of its own: what is only looked at is no compilation, and leaves nothing behind.
    private Planner planner() {
        return new Planner(
                core.parts().policies(),
                core.parts().compiler(),
                core.settings().zone());
    }
}
