package io.higuma.schema.tree;

import io.higuma.model.Problem.Location;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.json.JsonFactory;

/// Reads JSON (RFC 8259), one value and nothing after it.
public final class JsonTree {

    private static final JsonFactory FACTORY = JsonFactory.builder().build();

    private JsonTree() {}

    /// @throws MalformedException if it is no JSON, has a key twice, or is over a limit
    public static Node read(byte[] text, Limits limits) throws MalformedException {
        TreeBuilder.checkSize(text, limits);
        TreeBuilder builder = new TreeBuilder(limits);
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), text)) {
            int depth = 0;
            while (true) {
                JsonToken token = parser.nextToken();
                if (token == null) {
                    throw new MalformedException(
                            depth == 0 ? "the document is empty" : "the document ends too early", end(parser));
                }
                depth += step(builder, parser, token);
                Node root = builder.root();
                if (depth == 0 && root != null) {
                    if (parser.nextToken() != null) {
                        throw new MalformedException("there is more after the end of the JSON value", at(parser));
                    }
                    return root;
                }
            }
        } catch (JacksonException e) {
            TokenStreamLocation place = e.getLocation();
            throw new MalformedException(e.getOriginalMessage(), place == null ? Location.NOWHERE : at(place));
        }
    }

    private static int step(TreeBuilder builder, JsonParser parser, JsonToken token) throws MalformedException {
        Location at = at(parser);
        switch (token) {
            case START_OBJECT -> builder.open(true, at);
            case START_ARRAY -> builder.open(false, at);
            case END_OBJECT, END_ARRAY -> builder.close();
            case PROPERTY_NAME -> builder.key(parser.getString(), at);
            case VALUE_STRING -> builder.value(new Node.Text(parser.getString(), at));
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> builder.value(new Node.Numeral(parser.getString(), at));
            case VALUE_TRUE -> builder.value(new Node.Bool(true, at));
            case VALUE_FALSE -> builder.value(new Node.Bool(false, at));
            case VALUE_NULL -> builder.value(new Node.Null(at));
            case NOT_AVAILABLE, VALUE_EMBEDDED_OBJECT -> throw new MalformedException("not JSON", at);
        }
        return token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
    }

    private static Location at(JsonParser parser) {
        return at(parser.currentTokenLocation());
    }

    private static Location end(JsonParser parser) {
        return at(parser.currentLocation());
    }

    private static Location at(TokenStreamLocation place) {
        return new Location(Math.max(place.getLineNr(), 0), Math.max(place.getColumnNr(), 0));
    }
}
