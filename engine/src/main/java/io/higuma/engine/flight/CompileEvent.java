package io.higuma.engine.flight;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/// The plan of one proxy was computed.
@Name("higuma.Compile")
@Label("Compile")
@Description("The plan of one proxy was computed.")
@Category("Higuma")
@StackTrace(false)
@SuppressWarnings("UnusedVariable") // the fields are read by Flight Recorder
public final class CompileEvent extends Event {

    @Label("Mesh")
    private String mesh = "";

    @Label("Proxy")
    private String proxy = "";

    @Label("Generation")
    private long generation;

    public void of(String inMesh, String name, long state) {
        mesh = inMesh;
        proxy = name;
        generation = state;
    }
}
