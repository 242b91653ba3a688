package io.higuma.engine;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Who runs which revision, for the last waves. Owner: the loop.
final class Receipts {

    private static final int KEPT = 4096;

    /// By the newest revision in them: a revision is answered by the first wave that holds it.
    private final TreeMap<Long, Wave> waves = new TreeMap<>();
    private long last;

    /// Notes a wave. One that holds no new revision is not kept: nobody can ask for it.
    void add(Wave wave) {
        if (wave.revision > last) {
            last = wave.revision;
            waves.put(wave.revision, wave);
            while (waves.size() > KEPT) {
                waves.pollFirstEntry();
            }
        }
    }

    /// Empty if the engine has not taken the revision yet, or has forgotten it.
    Optional<Receipt> of(long revision) {
        Map.Entry<Long, Wave> found = waves.ceilingEntry(revision);
        return revision <= 0 || found == null || (waves.size() == KEPT && waves.firstKey() >= revision)
                ? Optional.empty()
                : Optional.of(found.getValue().receipt(revision));
    }
}
