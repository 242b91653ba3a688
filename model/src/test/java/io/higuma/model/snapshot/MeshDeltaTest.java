package io.higuma.model.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.higuma.model.Labels;
import io.higuma.model.Resource;
import io.higuma.model.ResourceKey;
import io.higuma.model.ResourceMeta;
import io.higuma.model.core.CoreTypes;
import io.higuma.model.core.DataplaneSpec;
import io.higuma.model.core.LabelSelector;
import io.higuma.model.core.MeshServiceSpec;
import io.higuma.model.core.MeshSpec;
import io.higuma.model.core.WorkloadSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class MeshDeltaTest {

    private sealed interface Event {
        record Put(Resource resource) implements Event {}

        record Remove(long revision, ResourceKey key) implements Event {}
    }

    @Test
    void theSameEventsInEveryPartitionMakeTheSameSnapshot() {
        List<Event> events = randomEvents(new Random(7), 11);
        MeshSnapshot whole = replay(events, 0);

        for (int cuts = 1; cuts < 1 << (events.size() - 1); cuts++) {
            assertThat(replay(events, cuts)).isEqualTo(whole);
        }
    }

    @Test
    void aResyncIsTheSameAsTheEventsThatItReplaces() {
        Random random = new Random(11);
        for (int round = 0; round < 200; round++) {
            List<Event> events = randomEvents(random, 30);
            MeshSnapshot replayed = replay(events, 0b1010101);
            MeshSnapshot stale = replay(events.subList(0, random.nextInt(events.size())), 0);

            MeshSnapshot resynced = new MeshDelta(stale, PolicyTargets.NONE)
                    .resync(replayed.revision(), everything(replayed))
                    .apply();

            assertThat(resynced).isEqualTo(replayed);
        }
    }

    @Test
    void indexesFollowTheResourcesThroughAnyHistory() {
        Random random = new Random(13);
        for (int round = 0; round < 200; round++) {
            MeshSnapshot replayed = replay(randomEvents(random, 40), random.nextInt());
            MeshSnapshot fromScratch = new MeshDelta(MeshSnapshot.EMPTY, PolicyTargets.NONE)
                    .resync(replayed.revision(), everything(replayed))
                    .apply();

            assertThat(replayed).isEqualTo(fromScratch);
            for (String mesh : replayed.meshNames()) {
                for (Resource service : replayed.mesh(mesh).all("MeshService")) {
                    for (Resource member : replayed.mesh(mesh).members(service)) {
                        assertThat(replayed.mesh(mesh).servicesOf(member)).contains(service);
                    }
                }
            }
        }
    }

    @Test
    void whatNothingTouchedIsTheSameReference() {
        MeshSnapshot before = new MeshDelta(MeshSnapshot.EMPTY, PolicyTargets.NONE)
                .upsert(workload(1, "a", "one", "x"))
                .upsert(workload(2, "b", "one", "x"))
                .apply();

        MeshSnapshot after = new MeshDelta(before, PolicyTargets.NONE)
                .upsert(workload(3, "a", "two", "x"))
                .apply();

        assertThat(after.mesh("b")).isSameAs(before.mesh("b"));
        assertThat(after.globals()).isSameAs(before.globals());
        assertThat(after.mesh("a")).isNotSameAs(before.mesh("a"));
    }

    @Test
    void anEqualValueIsNoChange() {
        MeshSnapshot before = new MeshDelta(MeshSnapshot.EMPTY, PolicyTargets.NONE)
                .upsert(workload(1, "a", "one", "x"))
                .apply();
        MeshDelta delta = new MeshDelta(before, PolicyTargets.NONE).upsert(workload(2, "a", "one", "x"));

        assertThat(delta.changes()).isEmpty();
        assertThat(delta.apply().revision()).isEqualTo(2);
    }

    @Test
    void servicesAreFoundByNameAndByLabels() {
        Resource cart = service(2, "cart", "cart");
        Resource shop = service(3, "shop", "shop");
        MeshImage mesh = new MeshDelta(MeshSnapshot.EMPTY, PolicyTargets.NONE)
                .upsert(cart)
                .upsert(shop)
                .apply()
                .mesh("a");

        assertThat(mesh.services(ref(Optional.of("cart"), Map.of()))).containsExactly(cart);
        assertThat(mesh.services(ref(Optional.empty(), Map.of(Labels.DISPLAY_NAME, "shop"))))
                .containsExactly(shop);
        assertThat(mesh.services(ref(Optional.empty(), Map.of()))).isEmpty();
        assertThat(mesh.services(ref(Optional.of("nobody"), Map.of()))).isEmpty();
        assertThat(mesh.services(new ServiceRef("MeshExternalService", Optional.of("cart"), Map.of())))
                .isEmpty();
        assertThat(mesh.members(cart)).isEmpty();
    }

    private static ServiceRef ref(Optional<String> name, Map<String, String> labels) {
        return new ServiceRef("MeshService", name, labels);
    }

    private static MeshSnapshot replay(List<Event> events, int cuts) {
        MeshSnapshot snapshot = MeshSnapshot.EMPTY;
        MeshDelta delta = new MeshDelta(snapshot, PolicyTargets.NONE);
        for (int i = 0; i < events.size(); i++) {
            switch (events.get(i)) {
                case Event.Put put -> delta.upsert(put.resource());
                case Event.Remove remove -> delta.delete(remove.revision(), remove.key());
            }
            if ((cuts >> (i % 31) & 1) == 1) {
                snapshot = delta.apply();
                delta = new MeshDelta(snapshot, PolicyTargets.NONE);
            }
        }
        return delta.apply();
    }

    private static List<Resource> everything(MeshSnapshot snapshot) {
        List<Resource> all = new ArrayList<>(snapshot.globals().asMap().values());
        snapshot.meshNames().forEach(mesh -> all.addAll(snapshot.mesh(mesh).everything()));
        return all;
    }

    private static List<Event> randomEvents(Random random, int count) {
        List<Event> events = new ArrayList<>();
        for (int i = 1; i <= count; i++) {
            String mesh = random.nextBoolean() ? "a" : "b";
            String name = "n" + random.nextInt(3);
            Resource resource = switch (random.nextInt(4)) {
                case 0 -> dataplane(i, name, "w" + random.nextInt(2), "s" + random.nextInt(2));
                case 1 -> service(i, name, "w" + random.nextInt(2));
                case 2 -> workload(i, mesh, name, "v" + random.nextInt(2));
                default -> mesh(i, mesh);
            };
            events.add(random.nextInt(3) == 0 ? new Event.Remove(i, resource.key()) : new Event.Put(resource));
        }
        return events;
    }

    private static Resource mesh(long revision, String name) {
        return new Resource(
                CoreTypes.MESH,
                CoreTypes.MESH.key("", name),
                meta(revision, Map.of()),
                new MeshSpec(List.of()),
                Optional.empty());
    }

    private static Resource workload(long revision, String mesh, String name, String label) {
        return new Resource(
                CoreTypes.WORKLOAD,
                CoreTypes.WORKLOAD.key(mesh, name),
                meta(revision, Map.of("l", label)),
                new WorkloadSpec(),
                Optional.empty());
    }

    private static Resource service(long revision, String name, String workload) {
        MeshServiceSpec spec = new MeshServiceSpec(
                Optional.of(new MeshServiceSpec.Selector(
                        Optional.empty(), Optional.of(new LabelSelector(Map.of(Labels.WORKLOAD, workload))))),
                List.of(),
                List.of(),
                MeshServiceSpec.State.UNAVAILABLE);
        return new Resource(
                CoreTypes.MESH_SERVICE,
                CoreTypes.MESH_SERVICE.key("a", name),
                meta(revision, Map.of()),
                spec,
                Optional.empty());
    }

    private static Resource dataplane(long revision, String name, String workload, String calls) {
        DataplaneSpec.Networking networking = new DataplaneSpec.Networking(
                "127.0.0.1",
                Optional.empty(),
                List.of(),
                List.of(new DataplaneSpec.Outbound(
                        Optional.empty(),
                        10001,
                        new DataplaneSpec.BackendRef(
                                "MeshService", Optional.of(calls), new TreeMap<>(), Optional.empty()))),
                Optional.empty(),
                List.of(),
                Optional.empty());
        return new Resource(
                CoreTypes.DATAPLANE,
                CoreTypes.DATAPLANE.key("a", name),
                meta(revision, Map.of(Labels.WORKLOAD, workload)),
                new DataplaneSpec(networking),
                Optional.empty());
    }

    private static ResourceMeta meta(long revision, Map<String, String> labels) {
        return new ResourceMeta(Labels.of(labels), Instant.EPOCH, Instant.EPOCH, revision);
    }
}
