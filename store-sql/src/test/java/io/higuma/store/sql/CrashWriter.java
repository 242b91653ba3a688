package io.higuma.store.sql;

import io.higuma.model.Labels;
import io.higuma.model.Resource;
import io.higuma.model.ResourceKey;
import io.higuma.model.ResourceMeta;
import io.higuma.model.core.ConfigSpec;
import io.higuma.model.core.CoreTypes;
import io.higuma.store.Change;
import io.higuma.store.Commit;
import io.higuma.store.Expectation;
import io.higuma.store.ResourceStore;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/// The child of [CrashTest]: writes as fast as it can from two threads and says each acknowledged
/// revision, until it is killed. A line is `<name> <value> <revision>`.
final class CrashWriter {

    private CrashWriter() {}

    static void main(String[] arguments) {
        ResourceStore store =
                SqliteResourceStore.open(Path.of(arguments[0]), new ConfigCodec(), InstantSource.system());
        for (int w = 0; w < 2; w++) {
            String name = "writer-" + w;
            Thread.ofPlatform().start(() -> write(store, name, arguments[1]));
        }
    }

    private static void write(ResourceStore store, String name, String round) {
        for (int i = 0; ; i++) {
            String value = round + "." + i;
            Resource resource = new Resource(
                    CoreTypes.CONFIG,
                    ResourceKey.global("Config", name),
                    ResourceMeta.unstored(Labels.NONE),
                    new ConfigSpec(value),
                    Optional.empty());
            Commit commit = store.commit(List.of(new Change.Put(resource, Expectation.ANYTHING)), name);
            synchronized (CrashWriter.class) {
                System.out.println(name + " " + value + " " + commit.revision());
            }
        }
    }
}
