package io.higuma.xds.flight;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/// A response was spliced and left for a proxy.
@Name("higuma.Push")
@Label("Push")
@Description("A response was spliced and left for a proxy.")
@Category("Higuma")
@StackTrace(false)
@SuppressWarnings("UnusedVariable") // the fields are read by Flight Recorder
public final class PushEvent extends Event {

    @Label("Proxy")
    private String proxy = "";

    @Label("Type")
    private String type = "";

    @Label("Generation")
    private long generation;

    @Label("Size")
    @DataAmount
    private int size;

    /// @param node the proxy's id, `mesh.name`
    public void of(String node, String typeName, long state, int bytes) {
        proxy = node;
        type = typeName;
        generation = state;
        size = bytes;
    }
}
