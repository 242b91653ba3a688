package io.higuma.engine;

import io.higuma.model.Resource;
import io.higuma.model.ResourceKey;
import io.higuma.model.Status;
import io.higuma.model.core.Condition;
import io.higuma.model.core.RouteStatus;
import io.higuma.model.snapshot.MeshImage;
import io.higuma.model.target.RouteBackendRef;
import io.higuma.store.Change;
import io.higuma.store.Expectation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Writes on a route what is wrong with it: references that lead nowhere, rules without any weight.
/// Writes only what differs. Owner: the loop.
final class RouteDesk {

    private static final String AUTHOR = "higuma:routes";
    private static final int LONGEST = 32768;

    private final MeshCore core;
    private final ModuleTargets modules;
    private final Callers callers;

    RouteDesk(MeshCore core, ModuleTargets modules, Callers callers) {
        this.core = core;
        this.modules = modules;
        this.callers = callers;
    }

    /// The connected proxies that are told of a service or have a route that may lead to it.
    Set<ResourceKey> callers(Resource service) {
        MeshImage mesh = core.state().snapshot().mesh(service.mesh());
        Set<ResourceKey> found = callers.of(service, mesh);
        List<Resource> routes = new ArrayList<>(mesh.routesTo(service));
        mesh.groups(service).forEach(group -> routes.addAll(mesh.routesTo(group)));
        for (Resource route : routes) {
            modules.of(route)
                    .ifPresent(target -> mesh.dataplanes(target.labels()).stream()
                            .map(Resource::key)
                            .filter(key -> core.connected(key) != null)
                            .forEach(found::add));
        }
        return found;
    }

    /// @param routes whose references may lead elsewhere than before
    void settle(Set<ResourceKey> routes) {
        List<Change> changes = new ArrayList<>();
        for (ResourceKey key : routes) {
            Optional<Resource> route = core.state().snapshot().get(key);
            if (route.isPresent() && !core.writer().busy(key)) {
                Optional<Status> found = found(route.get());
                if (!found.equals(route.get().status())) {
                    changes.add(change(route.get(), found));
                }
            }
        }
        core.writer()
                .write(
                        changes,
                        AUTHOR,
                        () -> changes.forEach(change -> core.dirty().routes.add(change.key())));
    }

    private static Change change(Resource route, Optional<Status> status) {
        return new Change.Put(
                new Resource(route.type(), route.key(), route.meta(), route.spec(), status),
                new Expectation.At(route.meta().revision()));
    }

    private Optional<Status> found(Resource route) {
        List<Condition> conditions = new ArrayList<>();
        MeshImage mesh = core.state().snapshot().mesh(route.mesh());
        List<String> missing = modules.backends(route).stream()
                .filter(ref -> Destinations.resolve(mesh, ref, false).isEmpty())
                .map(RouteBackendRef::text)
                .distinct()
                .toList();
        if (!missing.isEmpty()) {
            conditions.add(condition(
                    "ResolvedRefs",
                    "False",
                    "BackendNotFound",
                    missing.stream()
                            .map(text -> text + " leads to no port of any service")
                            .toList()));
        }
        List<String> warnings = modules.warnings(route);
        if (!warnings.isEmpty()) {
            conditions.add(condition("PartiallyInvalid", "True", "NoWeight", warnings));
        }
        return conditions.isEmpty() ? Optional.empty() : Optional.of(new RouteStatus(conditions));
    }

    private static Condition condition(String type, String status, String reason, List<String> sentences) {
        String message = String.join("; ", sentences);
        return new Condition(
                type, status, reason, message.length() > LONGEST ? message.substring(0, LONGEST) : message);
    }
}
