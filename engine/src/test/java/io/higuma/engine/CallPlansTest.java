package io.higuma.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.higuma.envoy.CompiledProxy;
import io.higuma.envoy.Interner;
import io.higuma.envoy.ProxyCompiler;
import io.higuma.model.core.DataplaneSpec.InboundState;
import io.higuma.policy.Calls;
import io.higuma.policy.ProxyTraits;
import io.higuma.policy.ProxyView;
import io.higuma.policy.Routing;
import io.higuma.xds.Node;
import java.lang.ref.WeakReference;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CallPlansTest {

    private final ProxyCompiler compiler = new ProxyCompiler(new Interner(), Ipam.DEFAULT.ranges());
    private final CallPlans plans = new CallPlans(compiler);

    @Test
    void whatAProxyCallsIsKeptAsLongAsItsPlanAndNoLonger() {
        // Given a proxy with a plan
        Planner.Sight sight = sight();
        CompiledProxy plan = compiler.compile(sight.view(), List.of(), plans.of(sight));
        WeakReference<Object> calls = new WeakReference<>(plans.of(sight));

        // When memory is collected
        collect(new WeakReference<>(new Object()));

        // Then the next proxy that calls the same gets what is there
        assertThat(plans.of(sight)).isSameAs(calls.get()).isSameAs(plan.calls());

        // When the plan is gone, so is that
        plan = null;
        collect(calls);
    }

    private static Planner.Sight sight() {
        ProxyTraits traits = Traits.of(new Node("", "", "", Map.of(), Optional.empty(), ""));
        ProxyView view = new ProxyView(
                World.dataplane("web-1", "web", "127.0.0.1", List.of(), InboundState.READY),
                "default",
                traits,
                Optional.empty(),
                List.of(),
                List.of(),
                Calls.of(List.of(), Routing.NONE, Optional.empty(), traits));
        return new Planner.Sight(view, List.of(), new Destinations.Callable(view.destinations(), Map.of(), List.of()));
    }

    private static void collect(WeakReference<?> garbage) {
        World.eventually("memory is collected", () -> {
            System.gc();
            return garbage.get() == null;
        });
    }
}
