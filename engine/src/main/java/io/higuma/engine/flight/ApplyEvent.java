package io.higuma.engine.flight;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/// Events became the next snapshot.
@Name("higuma.Apply")
@Label("Apply")
@Description("Events became the next snapshot.")
@Category("Higuma")
@StackTrace(false)
@SuppressWarnings("UnusedVariable") // the fields are read by Flight Recorder
public final class ApplyEvent extends Event {

    @Label("Revision")
    private long revision;

    @Label("Changes")
    private int changes;

    public void of(long newest, int count) {
        revision = newest;
        changes = count;
    }
}
