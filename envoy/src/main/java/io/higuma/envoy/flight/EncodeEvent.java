package io.higuma.envoy.flight;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/// A resource that nobody held was built, checked and encoded.
@Name("higuma.Encode")
@Label("Encode")
@Description("A resource that nobody held was built, checked and encoded.")
@Category("Higuma")
@StackTrace(false)
@SuppressWarnings("UnusedVariable") // the fields are read by Flight Recorder
public final class EncodeEvent extends Event {

    @Label("Type")
    private String type = "";

    @Label("Resource")
    private String resource = "";

    @Label("Size")
    @DataAmount
    private int size;

    public void of(String typeName, String name, int bytes) {
        type = typeName;
        resource = name;
        size = bytes;
    }
}
