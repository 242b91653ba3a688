package io.higuma.engine.flight;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/// The loop took the events that had piled up.
@Name("higuma.Batch")
@Label("Batch")
@Description("The loop took the events that had piled up.")
@Category("Higuma")
@StackTrace(false)
@SuppressWarnings("UnusedVariable") // the fields are read by Flight Recorder
public final class BatchEvent extends Event {

    @Label("Events")
    private int events;

    public void of(int count) {
        events = count;
    }
}
