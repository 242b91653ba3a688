package io.higuma.api.resources;

import io.higuma.api.auth.Access;
import io.higuma.api.auth.Access.Right;
import io.higuma.api.auth.Principal;
import io.higuma.api.http.ApiException;
import io.higuma.model.ComputedLabels;
import io.higuma.model.Problem;
import io.higuma.model.Resource;
import io.higuma.model.ResourceKey;
import io.higuma.model.ResourceType;
import io.higuma.model.core.CoreTypes;
import io.higuma.model.wire.Bytes;
import io.higuma.schema.Parsed;
import io.higuma.schema.ResourceReader;
import io.higuma.schema.Schemas;
import io.higuma.store.Change;
import io.higuma.store.Commit;
import io.higuma.store.ConflictException;
import io.higuma.store.Expectation;
import io.higuma.store.ResourceStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The write path of the API: read, validate, authorise, compute labels, commit, tell the audit log.
public final class ResourceWrites {

    private static final Logger audit = LoggerFactory.getLogger("higuma.audit");
    private static final int ATTEMPTS = 5;

    private final ResourceStore store;
    private final ResourceReader reader;
    private final Acceptance acceptance;
    private final Access access;
    private final MeshCreation meshCreation;
    private final Schemas schemas;
    private final WriteCheck check;

    /// @param created whether the resource is new
    /// @param revision of the store that holds it
    /// @param warnings sentences for the author
    public record Written(boolean created, long revision, List<String> warnings) {}

    /// @param meshCreation what is made together with a mesh, in the same commit
    public ResourceWrites(
            ResourceStore store, Schemas schemas, ComputedLabels site, Access access, MeshCreation meshCreation) {
        this(store, schemas, site, access, meshCreation, WriteCheck.NONE);
    }

    /// @param check asked before every commit
    public ResourceWrites(
            ResourceStore store,
            Schemas schemas,
            ComputedLabels site,
            Access access,
            MeshCreation meshCreation,
            WriteCheck check) {
        this.check = check;
        this.store = store;
        this.schemas = schemas;
        this.reader = new ResourceReader(schemas.types());
        this.acceptance = new Acceptance(schemas, site);
        this.access = access;
        this.meshCreation = meshCreation;
    }

    /// Writes the body of a request.
    ///
    /// @param checked whether the author wants the [WriteCheck]
    /// @throws ApiException if it is not accepted
    public Written put(ResourceType<?> type, ResourceKey url, Bytes body, boolean checked, Principal principal) {
        Parsed parsed = reader.readJson(type, body.array());
        Acceptance.Accepted accepted = acceptance.check(type, parsed, url);
        authorise(type, principal);
        for (int attempt = 1; ; attempt++) {
            Optional<Resource> stored = store.get(url);
            Resource resource = acceptance.become(accepted.resource(), stored);
            List<Change> changes = changes(resource, stored);
            check.check(changes, checked);
            try {
                Commit commit = store.commit(changes, principal.name());
                record(stored.isPresent() ? "update" : "create", url, principal, commit.revision());
                return new Written(stored.isEmpty(), commit.revision(), accepted.warnings());
            } catch (ConflictException e) {
                // somebody wrote in between: the checks are made again on what is there now
                if (attempt == ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    private List<Change> changes(Resource resource, Optional<Resource> stored) {
        List<Change> changes = new ArrayList<>();
        changes.add(new Change.Put(resource, expectation(stored)));
        if (stored.isEmpty() && resource.type().equals(CoreTypes.MESH)) {
            changes.addAll(meshCreation.changes(resource));
        }
        return changes;
    }

    private static Expectation expectation(Optional<Resource> stored) {
        return stored.<Expectation>map(r -> new Expectation.At(r.meta().revision()))
                .orElse(Expectation.ABSENT);
    }

    /// Removes a resource; a mesh with everything in it.
    ///
    /// @param checked whether the author wants the [WriteCheck]
    /// @return the revision of the store without it
    /// @throws ApiException if it is not there, or may not be removed
    public long delete(ResourceType<?> type, ResourceKey key, boolean checked, Principal principal) {
        authorise(type, principal);
        Resource stored = store.get(key).orElseThrow(() -> ApiException.notFound("Could not delete a resource"));
        List<Change> changes = new ArrayList<>();
        if (type.equals(CoreTypes.MESH)) {
            changes.addAll(contents(key.name()));
        }
        changes.add(new Change.Delete(key, new Expectation.At(stored.meta().revision())));
        check.check(changes, checked);
        long revision = store.commit(changes, principal.name()).revision();
        record("delete", key, principal, revision);
        return revision;
    }

    private List<Change> contents(String mesh) {
        List<Change> changes = new ArrayList<>();
        for (ResourceType<?> type : schemas.types().all()) {
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

    private void authorise(ResourceType<?> type, Principal principal) {
        String what = "the resource of type \"" + type.name() + "\"";
        if (Reads.secret(type)) {
            access.require(Right.ADMIN_RESOURCES, principal, what);
        } else {
            access.requireWriter(principal, what);
        }
    }

    private static void record(String verb, ResourceKey key, Principal principal, long revision) {
        audit.atInfo()
                .addKeyValue("verb", verb)
                .addKeyValue("kind", key.type())
                .addKeyValue("mesh", key.mesh())
                .addKeyValue("name", key.name())
                .addKeyValue("user", principal.name())
                .addKeyValue("revision", revision)
                .log("written");
    }
}
