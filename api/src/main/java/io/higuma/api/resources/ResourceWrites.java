package io.higuma.api.resources;

import io.higuma.api.auth.Access;
import io.higuma.api.auth.Principal;
import io.higuma.api.http.ApiException;
import io.higuma.model.ComputedLabels;
import io.higuma.model.Labels;
import io.higuma.model.Problem;
import io.higuma.model.Problems;
import io.higuma.model.RequestChecks;
import io.higuma.model.Resource;
import io.higuma.model.ResourceKey;
import io.higuma.model.ResourceType;
import io.higuma.model.Scope;
import io.higuma.model.core.CoreTypes;
import io.higuma.schema.Parsed;
import io.higuma.schema.ResourceReader;
import io.higuma.schema.Schemas;
import io.higuma.store.Change;
import io.higuma.store.Commit;
import io.higuma.store.Expectation;
import io.higuma.store.ResourceStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The way in of every resource: read, check, authorise, label, commit (contract 3.4). One log line per write
/// says who did
/// it.
public final class ResourceWrites {

    private static final Logger audit = LoggerFactory.getLogger("higuma.audit");
    private static final String PROCESS = "Could not process a resource";

    private final ResourceStore store;
    private final ResourceReader reader;
    private final Schemas schemas;
    private final ComputedLabels computed;
    private final MeshCreation meshCreation;

    /// @param meshCreation what is made together with a mesh
    public ResourceWrites(ResourceStore store, Schemas schemas, ComputedLabels computed, MeshCreation meshCreation) {
        this.store = store;
        this.reader = new ResourceReader(schemas.types());
        this.schemas = schemas;
        this.computed = computed;
        this.meshCreation = meshCreation;
    }

    /// The outcome of a write.
    ///
    /// @param revision what a receipt is asked for with
    public record Written(boolean created, long revision, List<String> warnings) {}

    public Written put(ResourceType<?> type, String mesh, String name, byte[] body, Principal principal) {
        requireMesh(type, mesh);
        Parsed parsed = reader.readJson(type, body);
        Parsed.Ok ok = accepted(type, parsed);
        List<Problem> semantic = schemas.check(ok);
        if (!semantic.isEmpty()) {
            throw ApiException.invalid(PROCESS, semantic);
        }
        Problems unfit = new Problems();
        RequestChecks.check(ok.resource(), type.key(mesh, name), computed, unfit);
        refuse(PROCESS, unfit);
        Access.write(principal, type);
        ResourceKey key = type.key(mesh, name);
        Optional<Resource> existing = store.get(key);
        if (type.equals(CoreTypes.DATAPLANE)) {
            RequestChecks.workloadProblem(ok.resource().labels(), computed).ifPresent(text -> {
                throw ApiException.badRequest("bad request: " + text);
            });
        }
        Labels labels = computed.of(type, mesh, name, ok.resource().labels());
        Problems unwritable = new Problems();
        if (existing.isEmpty()) {
            RequestChecks.checkNewName(type, name, unwritable);
            refuse("Failed to create a resource", unwritable);
        } else {
            RequestChecks.checkImmutable(existing.get().labels(), labels, unwritable);
            refuse("Could not update a resource", unwritable);
        }
        Resource labelled = ok.resource().withMeta(ok.resource().meta().withLabels(labels));
        Resource resource =
                existing.flatMap(Resource::status).map(labelled::withStatus).orElse(labelled);
        List<String> warnings = Stream.concat(ok.warnings().stream(), schemas.warnings(resource).stream())
                .toList();
        return commit(resource, existing.isEmpty(), principal, warnings);
    }

    private Written commit(Resource resource, boolean create, Principal principal, List<String> warnings) {
        List<Change> changes = new ArrayList<>();
        changes.add(new Change.Put(resource, create ? Expectation.ABSENT : Expectation.ANYTHING));
        if (create && resource.type().equals(CoreTypes.MESH)) {
            changes.addAll(meshCreation.changes(resource));
        }
        Commit commit = store.commit(changes, principal.name());
        audit.atInfo()
                .addKeyValue("user", principal.name())
                .addKeyValue("kind", resource.type().name())
                .addKeyValue("mesh", resource.mesh())
                .addKeyValue("name", resource.name())
                .addKeyValue("revision", commit.revision())
                .log(create ? "created" : "updated");
        return new Written(create, commit.revision(), warnings);
    }

    /// @return the revision
    public long delete(ResourceType<?> type, String mesh, String name, Principal principal) {
        requireMesh(type, mesh);
        Access.write(principal, type);
        ResourceKey key = type.key(mesh, name);
        if (store.get(key).isEmpty()) {
            throw ApiException.notFound("Could not delete a resource");
        }
        List<Change> changes = new ArrayList<>();
        changes.add(new Change.Delete(key, Expectation.ANYTHING));
        if (type.equals(CoreTypes.MESH)) {
            changes.addAll(contents(name));
        }
        Commit commit = store.commit(changes, principal.name());
        audit.atInfo()
                .addKeyValue("user", principal.name())
                .addKeyValue("kind", type.name())
                .addKeyValue("mesh", mesh)
                .addKeyValue("name", name)
                .addKeyValue("revision", commit.revision())
                .log("deleted");
        return commit.revision();
    }

    /// Everything that lives in a mesh goes with it, but not while proxies are there.
    private List<Change> contents(String mesh) {
        List<Change> changes = new ArrayList<>();
        for (ResourceType<?> type : schemas.types().all()) {
            if (type.scope() != Scope.MESH) {
                continue;
            }
            for (Resource resource : store.list(type.name())) {
                if (!resource.mesh().equals(mesh)) {
                    continue;
                }
                if (type.equals(CoreTypes.DATAPLANE)) {
                    throw ApiException.invalid(
                            "Could not delete a resource",
                            List.of(new Problem(
                                    "mesh", "unable to delete mesh, there are still some dataplanes attached")));
                }
                changes.add(new Change.Delete(resource.key(), Expectation.ANYTHING));
            }
        }
        return changes;
    }

    private void requireMesh(ResourceType<?> type, String mesh) {
        if (type.scope() == Scope.MESH
                && store.get(CoreTypes.MESH.key("", mesh)).isEmpty()) {
            throw new ApiException(404, "Failed to retrieve Mesh", "Not found");
        }
    }

    private static Parsed.Ok accepted(ResourceType<?> type, Parsed parsed) {
        return switch (parsed) {
            case Parsed.Ok ok -> ok;
            case Parsed.Invalid invalid -> throw ApiException.invalid(PROCESS, invalid.problems());
            case Parsed.Undecodable undecodable ->
                throw new ApiException(
                        400,
                        "Bad Request",
                        "invalid " + type.name() + " object: \"" + joined(undecodable.problems()) + "\"");
        };
    }

    private static String joined(List<Problem> problems) {
        return problems.stream()
                .map(p -> (p.path().isEmpty() ? "" : p.path() + ": ")
                        + p.message()
                        + (p.location().known()
                                ? " (line " + p.location().line() + ", column "
                                        + p.location().column() + ")"
                                : ""))
                .collect(Collectors.joining("; "));
    }

    private static void refuse(String title, Problems problems) {
        if (!problems.isEmpty()) {
            throw ApiException.invalid(title, problems.found());
        }
    }
}
