package io.higuma.engine.flight;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/// The loop decided who is concerned and published a state.
@Name("higuma.Settle")
@Label("Settle")
@Description("The loop decided who is concerned and published a state.")
@Category("Higuma")
@StackTrace(false)
@SuppressWarnings("UnusedVariable") // the fields are read by Flight Recorder
public final class SettleEvent extends Event {

    @Label("Generation")
    private long generation;

    @Label("Concerned proxies")
    private int concerned;

    public void of(long published, int proxies) {
        generation = published;
        concerned = proxies;
    }
}
