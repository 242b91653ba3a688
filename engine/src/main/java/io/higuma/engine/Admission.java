package io.higuma.engine;

import io.higuma.identity.token.DataplaneTokenCheck;
import io.higuma.identity.token.KeySource;
import io.higuma.identity.token.Tokens;
import io.higuma.model.ComputedLabels;
import io.higuma.model.Problem;
import io.higuma.model.Resource;
import io.higuma.model.ResourceKey;
import io.higuma.model.core.Additions;
import io.higuma.model.core.CoreTypes;
import io.higuma.model.core.SecretSpec;
import io.higuma.model.snapshot.MeshSnapshot;
import io.higuma.model.wire.Bytes;
import io.higuma.store.Change;
import io.higuma.store.Expectation;
import io.higuma.store.ResourceStore;
import io.higuma.xds.Node;
import io.higuma.xds.Refusal;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/// Decides who may have a stream, and registers the Dataplane that a proxy brings along. Blocks on the store: runs on a
/// virtual thread. Without state.
final class Admission {

    static final String AUTHOR = "higuma:dataplane";

    private final EngineSettings settings;
    private final ResourceStore store;
    private final DataplaneReader reader;
    private final Supplier<MeshSnapshot> snapshot;
    private final Tokens tokens;

    Admission(
            EngineSettings settings,
            ResourceStore store,
            DataplaneReader reader,
            Supplier<MeshSnapshot> snapshot,
            InstantSource clock) {
        this.settings = settings;
        this.store = store;
        this.reader = reader;
        this.snapshot = snapshot;
        this.tokens = new Tokens(new SnapshotKeys(), clock);
    }

    /// What became of a request for a stream.
    sealed interface Outcome {
        /// @param registered whether the stream brought its Dataplane along
        /// @param stood whether the Dataplane was there before, as it is: callers may know it
        /// @param revision the revision that holds its Dataplane
        record Admitted(ResourceKey key, boolean registered, boolean stood, long revision) implements Outcome {}

        /// It may come in, and brings a Dataplane that is not there in this form yet: see [#register].
        record Brings(Resource dataplane) implements Outcome {}

        record Refused(Refusal refusal) implements Outcome {}

        /// Its mesh or Dataplane does not exist; it may wait.
        record Absent(String sentence) implements Outcome {}
    }

    /// Writes nothing.
    Outcome admit(Node node) {
        int dot = node.id().indexOf('.');
        if (dot <= 0 || dot == node.id().length() - 1) {
            return refuse(
                    Refusal.Code.INVALID_ARGUMENT, "node id \"" + node.id() + "\" is not of the form <mesh>.<name>");
        }
        ResourceKey key =
                CoreTypes.DATAPLANE.key(node.id().substring(0, dot), node.id().substring(dot + 1));
        if (!snapshot.get().hasMesh(key.mesh())) {
            return new Outcome.Absent("mesh \"" + key.mesh() + "\" does not exist");
        }
        Object text = node.metadata().get("dataplane.resource");
        Optional<Resource> stored = dataplane(key);
        if (!(text instanceof String json) || json.isEmpty()) {
            return stored.map(resource -> known(node, resource))
                    .orElseGet(() -> new Outcome.Absent(
                            "there is no Dataplane \"" + key.name() + "\" in mesh \"" + key.mesh() + "\""));
        }
        DataplaneReader.Reading reading = reader.read(key.mesh(), key.name(), json);
        if (reading.resource().isEmpty() || !reading.resource().get().key().equals(key)) {
            return refuse(
                    Refusal.Code.INVALID_ARGUMENT,
                    reading.problems().isEmpty()
                            ? "node id \"" + node.id() + "\" and the Dataplane it brings do not belong together"
                            : "the Dataplane is not valid: " + sentence(reading.problems()));
        }
        return bringing(node, labelled(reading.resource().get()), stored);
    }

    /// Whether a stream belongs to a Dataplane that is there.
    Outcome recognise(Node node) {
        int dot = node.id().indexOf('.');
        if (dot <= 0 || dot == node.id().length() - 1) {
            return refuse(
                    Refusal.Code.INVALID_ARGUMENT, "node id \"" + node.id() + "\" is not of the form <mesh>.<name>");
        }
        ResourceKey key =
                CoreTypes.DATAPLANE.key(node.id().substring(0, dot), node.id().substring(dot + 1));
        return dataplane(key)
                .map(stored -> known(node, stored))
                .orElseGet(() -> new Outcome.Absent("there is no " + key));
    }

    /// As the engine knows it, which is milliseconds behind the store at most; what it does not know yet may be there.
    /// A thousand proxies come back at once, and reading each Dataplane from the store would parse it once more.
    private Optional<Resource> dataplane(ResourceKey key) {
        return snapshot.get().get(key).or(() -> store.get(key));
    }

    private static String sentence(List<Problem> problems) {
        return problems.stream()
                .map(problem -> problem.path() + ": " + problem.message())
                .collect(Collectors.joining("; "));
    }

    private Resource labelled(Resource given) {
        return Additions.to(given, new ComputedLabels(settings.zone(), settings.global()));
    }

    private Outcome known(Node node, Resource stored) {
        return problem(node, stored)
                .<Outcome>map(sentence -> refuse(Refusal.Code.UNAUTHENTICATED, sentence))
                .orElseGet(() -> new Outcome.Admitted(
                        stored.key(), false, true, stored.meta().revision()));
    }

    /// The credential must be good for what is there as well: else anybody could take over a name.
    private Outcome bringing(Node node, Resource brought, Optional<Resource> stored) {
        Optional<String> problem = problem(node, brought).or(() -> stored.flatMap(old -> problem(node, old)));
        if (problem.isPresent()) {
            return refuse(Refusal.Code.UNAUTHENTICATED, problem.get());
        }
        if (stored.isPresent() && stored.get().sameContent(brought)) {
            return new Outcome.Admitted(
                    brought.key(), true, true, stored.get().meta().revision());
        }
        return new Outcome.Brings(brought);
    }

    /// Writes the Dataplane that a proxy brings.
    Outcome register(Resource brought) {
        long revision = store.commit(List.of(new Change.Put(brought, Expectation.ANYTHING)), AUTHOR)
                .revision();
        return new Outcome.Admitted(brought.key(), true, false, revision);
    }

    private Optional<String> problem(Node node, Resource dataplane) {
        if (!settings.dataplaneTokens()) {
            return Optional.empty();
        }
        if (node.credential().isEmpty()) {
            return Optional.of("a dataplane token is required; make one with: higuma generate dataplane-token --mesh "
                    + dataplane.mesh() + " --name " + dataplane.name());
        }
        return DataplaneTokenCheck.problem(
                tokens,
                node.credential().get().token(),
                dataplane,
                snapshot.get().mesh(dataplane.mesh()).all(CoreTypes.MESH_IDENTITY.name()));
    }

    private static Outcome refuse(Refusal.Code code, String sentence) {
        return new Outcome.Refused(new Refusal(code, sentence));
    }

    /// The signing keys of the newest snapshot.
    private final class SnapshotKeys implements KeySource {
        @Override
        public Optional<Bytes> secret(Optional<String> mesh, String name) {
            ResourceKey key =
                    mesh.map(m -> CoreTypes.SECRET.key(m, name)).orElseGet(() -> CoreTypes.GLOBAL_SECRET.key("", name));
            return snapshot.get()
                    .get(key)
                    .map(secret -> secret.spec(SecretSpec.class).data());
        }

        @Override
        public List<String> names(Optional<String> mesh, String prefix) {
            List<Resource> secrets = mesh.map(m -> snapshot.get().mesh(m).all(CoreTypes.SECRET.name()))
                    .orElseGet(() -> snapshot.get().globals().asMap().values().stream()
                            .filter(r -> r.key().type().equals(CoreTypes.GLOBAL_SECRET.name()))
                            .toList());
            return secrets.stream()
                    .map(Resource::name)
                    .filter(name -> name.startsWith(prefix))
                    .sorted()
                    .toList();
        }
    }
}
