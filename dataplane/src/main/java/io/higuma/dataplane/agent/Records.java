package io.higuma.dataplane.agent;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/// The names of the mesh, as the control plane tells an agent (`reference/dataplane.md` 1.7):
/// `{"records":[{"name":"…","ips":["…"]}],"ttl":30}`.
///
/// @param names in lower case, without a dot at the end, and their addresses of both versions of IP
/// @param above what stands above a name, such as `svc.mesh.local`: it has no records, but it is there
/// @param ttl seconds for which an answer holds
record Records(Map<String, List<InetAddress>> names, Set<String> above, int ttl) {

    private static final JsonFactory JSON = new JsonFactory();
    private static final int USUAL_TTL = 30;
    private static final int LONGEST_TTL = 86_400;

    Records {
        names = Map.copyOf(names);
        above = Set.copyOf(above);
    }

    static Records of(Map<String, List<InetAddress>> names, int ttl) {
        Set<String> above = new HashSet<>();
        for (String name : names.keySet()) {
            for (int dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
                above.add(name.substring(dot + 1));
            }
        }
        return new Records(names, above, ttl);
    }

    /// Fields it does not know it skips: the contract has more than an agent needs.
    ///
    /// @return empty if it is not of this form
    static Optional<Records> read(byte[] json) {
        Map<String, List<InetAddress>> names = new HashMap<>();
        int ttl = USUAL_TTL;
        try (JsonParser in = JSON.createParser(ObjectReadContext.empty(), json)) {
            expect(in, in.nextToken(), JsonToken.START_OBJECT);
            for (String field = in.nextName(); field != null; field = in.nextName()) {
                JsonToken value = in.nextToken();
                if (field.equals("records")) {
                    expect(in, value, JsonToken.START_ARRAY);
                    while (in.nextToken() != JsonToken.END_ARRAY) {
                        record(in, names);
                    }
                } else if (field.equals("ttl") && value == JsonToken.VALUE_NUMBER_INT) {
                    ttl = Math.clamp(in.getIntValue(), 0, LONGEST_TTL);
                } else {
                    in.skipChildren();
                }
            }
            expect(in, in.currentToken(), JsonToken.END_OBJECT);
            return Optional.of(of(names, ttl));
        } catch (JacksonException | IllegalArgumentException notOfThisForm) {
            return Optional.empty();
        }
    }

    private static void record(JsonParser in, Map<String, List<InetAddress>> names) {
        expect(in, in.currentToken(), JsonToken.START_OBJECT);
        String name = "";
        List<InetAddress> addresses = new ArrayList<>();
        for (String field = in.nextName(); field != null; field = in.nextName()) {
            JsonToken value = in.nextToken();
            if (field.equals("name")) {
                expect(in, value, JsonToken.VALUE_STRING);
                name = in.getString().toLowerCase(Locale.ROOT).replaceAll("\\.$", "");
            } else if (field.equals("ips")) {
                expect(in, value, JsonToken.START_ARRAY);
                while (in.nextToken() != JsonToken.END_ARRAY) {
                    expect(in, in.currentToken(), JsonToken.VALUE_STRING);
                    addresses.add(InetAddress.ofLiteral(in.getString()));
                }
            } else {
                in.skipChildren();
            }
        }
        if (!name.isEmpty()) {
            names.put(name, List.copyOf(addresses));
        }
    }

    private static void expect(JsonParser in, @org.jspecify.annotations.Nullable JsonToken found, JsonToken expected) {
        if (found != expected) {
            throw new IllegalArgumentException("expected " + expected + ", found " + found + " at "
                    + in.currentTokenLocation().getByteOffset());
        }
    }
}
