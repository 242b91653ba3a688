package io.higuma.engine.measure;

import io.higuma.model.wire.TypeUrl;
import java.util.concurrent.atomic.LongAdder;

/// What the engine counts while it works. Any thread; counting allocates nothing.
@SuppressWarnings("EnumOrdinal") // places in arrays that nobody else sees
public final class Measures {

    private static final int TYPES = TypeUrl.values().length;

    private final Spread propagation = new Spread();
    private final Spread compile = new Spread();
    private final Spread settle = new Spread();
    private final LongAdder[] pushes = adders(PushReason.values().length * TYPES);
    private final LongAdder[] bytes = adders(TYPES);
    private final LongAdder[] refusals = adders(TYPES);

    private static LongAdder[] adders(int count) {
        LongAdder[] made = new LongAdder[count];
        for (int i = 0; i < count; i++) {
            made[i] = new LongAdder();
        }
        return made;
    }

    /// From the write of a revision to the moment a concerned proxy runs it.
    public Spread propagation() {
        return propagation;
    }

    /// Computing the plan of one proxy.
    public Spread compile() {
        return compile;
    }

    /// What the loop does after a batch of events.
    public Spread settle() {
        return settle;
    }

    /// A response left.
    public void pushed(PushReason reason, TypeUrl type, int size) {
        pushes[reason.ordinal() * TYPES + type.ordinal()].increment();
        bytes[type.ordinal()].add(size);
    }

    /// A proxy refused an update.
    public void refused(TypeUrl type) {
        refusals[type.ordinal()].increment();
    }

    public long pushes(PushReason reason, TypeUrl type) {
        return pushes[reason.ordinal() * TYPES + type.ordinal()].sum();
    }

    public long bytes(TypeUrl type) {
        return bytes[type.ordinal()].sum();
    }

    public long refusals(TypeUrl type) {
        return refusals[type.ordinal()].sum();
    }
}
