package io.higuma.xds;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import io.higuma.model.wire.WireResource;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// Where listeners are. Envoy takes no listener to where another is, also if that one moves elsewhere in the same
/// response, and of one response it takes no name that goes and comes. So a listener that moves and stands where
/// another is to be has to go before, in a response of its own. That closes its connections, as a move does anyway,
/// and its port until it comes again; so no newer configuration comes between that would have to be warm before.
///
/// Where a listener is that the client brought from an earlier stream is not known. Envoy's refusal tells that one of
/// them is in the way, and then all that change go before.
final class Places {

    /// The version of a listener that may be in the way, wherever it is.
    private static final String SOMEWHERE = "somewhere";
    /// What Envoy says of a listener that comes to where another is (`ListenerManagerImpl`).
    private static final String TAKEN = "has duplicate address";

    private Places() {}

    /// Envoy refuses listeners for their places: those that it brought along are taken to be in the way, and everything
    /// is tried once more.
    ///
    /// @return whether it is, so that nothing is refused yet
    static boolean refused(Subscription listeners, Response response, String words) {
        if (!words.contains(TAKEN)) {
            return false;
        }
        boolean brought = false;
        for (WireResource now : response.resources()) {
            WireResource before = listeners.held.get(now.name());
            if (before != null && isBrought(before)) {
                listeners.held.put(now.name(), SOMEWHERE);
                brought = true;
            }
        }
        if (brought) {
            response.resources().forEach(now -> listeners.refused.remove(now.name()));
        }
        return brought;
    }

    private static boolean isBrought(WireResource listener) {
        String version = listener.version();
        return listener.bytes().size() == 0 && !version.equals(Held.ABSENT) && !version.equals(SOMEWHERE);
    }

    /// Names of the listeners that have to go before what the client lacks can come; hardly ever any. Costs a look at
    /// the listeners that change.
    static List<String> inTheWay(Subscription listeners) {
        List<WireResource> coming = listeners.additions(Integer.MAX_VALUE).resources();
        Map<ByteString, String> left = new HashMap<>(0);
        Set<String> inTheWay = new TreeSet<>();
        for (WireResource now : coming) {
            WireResource before = listeners.held.get(now.name());
            if (before != null && !Held.ABSENT.equals(listeners.refused.get(now.name()))) {
                ByteString place = of(before);
                if (before.version().equals(SOMEWHERE)) {
                    inTheWay.add(now.name());
                } else if (!place.isEmpty() && !place.equals(of(now))) {
                    left.put(place, now.name());
                }
            }
        }
        if (!left.isEmpty()) {
            for (WireResource now : coming) {
                String name = left.get(of(now));
                if (name != null) {
                    inTheWay.add(name);
                }
            }
        }
        return List.copyOf(inTheWay);
    }

    /// The bytes of `Listener.address`, empty if it has none.
    private static ByteString of(WireResource listener) {
        try {
            CodedInputStream in = CodedInputStream.newInstance(listener.bytes().array());
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                if (tag >>> 3 == 2) {
                    return in.readBytes();
                }
                in.skipField(tag);
            }
        } catch (IOException e) {
            // Not a listener: Envoy will say so.
            return ByteString.EMPTY;
        }
        return ByteString.EMPTY;
    }
}
