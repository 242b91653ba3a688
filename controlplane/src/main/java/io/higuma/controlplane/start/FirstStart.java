package io.higuma.controlplane.start;

import io.higuma.identity.token.Claims;
import io.higuma.identity.token.SigningKey;
import io.higuma.identity.token.Tokens;
import io.higuma.model.Labels;
import io.higuma.model.Resource;
import io.higuma.model.ResourceKey;
import io.higuma.model.ResourceMeta;
import io.higuma.model.ResourceType;
import io.higuma.model.Spec;
import io.higuma.model.core.ConfigSpec;
import io.higuma.model.core.CoreTypes;
import io.higuma.model.core.MeshSpec;
import io.higuma.model.core.SecretSpec;
import io.higuma.model.core.ZoneSpec;
import io.higuma.model.wire.Bytes;
import io.higuma.store.Change;
import io.higuma.store.ConflictException;
import io.higuma.store.Expectation;
import io.higuma.store.ResourceStore;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// What every control plane has (contract 5.2): its id, the keys that sign user and zone tokens, the administrator's
/// token, its zone and the mesh `default`. Each is made where it is missing, so a start that was cut short is finished
/// by the next one. The mesh is only made in a new store: who deletes it does not get it back.
public final class FirstStart {

    /// The Config that holds the id of the control plane.
    public static final ResourceKey CLUSTER_ID = CoreTypes.CONFIG.key("", "kuma-cluster-id");

    private static final String USER_KEY = "user-token-signing-key-1";
    private static final String ZONE_KEY = "zone-token-signing-key-1";
    private static final String AUTHOR = "higuma:start";
    private static final String ADMIN = "mesh-system:admin";
    private static final Duration TEN_YEARS = Duration.ofHours(24 * 365 * 10);

    private final ResourceStore store;
    private final SpareKeys keys;
    private final MeshDefaults meshDefaults;
    private final InstantSource clock;

    /// What to make.
    ///
    /// @param zone its name
    /// @param names whether services get host names
    public record Wanted(String zone, boolean mesh, boolean adminToken, boolean names) {}

    public FirstStart(ResourceStore store, SpareKeys keys, MeshDefaults meshDefaults, InstantSource clock) {
        this.store = store;
        this.keys = keys;
        this.meshDefaults = meshDefaults;
        this.clock = clock;
    }

    public void run(Wanted wanted) {
        boolean isNew = store.get(CLUSTER_ID).isEmpty();
        // The mesh first: it is what people and programs wait for. The id comes last and says that all is done.
        if (isNew) {
            keys.begin();
            make(CoreTypes.ZONE, wanted.zone(), new ZoneSpec(Optional.empty()));
            if (wanted.names()) {
                commit(DefaultNames.changes());
            }
            if (wanted.mesh()) {
                mesh();
            }
        }
        signingKey(USER_KEY);
        if (wanted.adminToken()) {
            adminToken();
        }
        signingKey(ZONE_KEY);
        if (isNew) {
            make(
                    CoreTypes.CONFIG,
                    CLUSTER_ID.name(),
                    new ConfigSpec(UUID.randomUUID().toString()));
        }
    }

    private void mesh() {
        Resource mesh = resource(CoreTypes.MESH, "default", new MeshSpec(List.of()));
        List<Change> changes = new ArrayList<>();
        changes.add(new Change.Put(mesh, Expectation.ABSENT));
        changes.addAll(meshDefaults.changes(mesh));
        commit(changes);
    }

    private void signingKey(String name) {
        if (secret(name).isEmpty()) {
            make(CoreTypes.GLOBAL_SECRET, name, new SecretSpec(keys.take().pem()));
        }
    }

    private void adminToken() {
        String name = "admin-user-token";
        if (secret(name).isEmpty()) {
            SigningKey key = SigningKey.parse(
                    secret(USER_KEY).orElseThrow().spec(SecretSpec.class).data());
            String token = Tokens.sign(key, "1", new Claims.User(ADMIN, List.of(ADMIN)), TEN_YEARS, clock.instant());
            make(CoreTypes.GLOBAL_SECRET, name, new SecretSpec(Bytes.wrap(token.getBytes(StandardCharsets.US_ASCII))));
        }
    }

    private Optional<Resource> secret(String name) {
        return store.get(CoreTypes.GLOBAL_SECRET.key("", name));
    }

    private <S extends Spec> void make(ResourceType<S> type, String name, S spec) {
        commit(List.of(new Change.Put(resource(type, name, spec), Expectation.ABSENT)));
    }

    private void commit(List<Change> changes) {
        try {
            store.commit(changes, AUTHOR);
        } catch (ConflictException e) {
            // it is there: an earlier start got this far, or somebody made it by hand
        }
    }

    private static <S extends Spec> Resource resource(ResourceType<S> type, String name, S spec) {
        return new Resource(type, type.key("", name), ResourceMeta.unstored(Labels.NONE), spec, Optional.empty());
    }
}
