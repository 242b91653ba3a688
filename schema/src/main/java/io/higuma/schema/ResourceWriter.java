package io.higuma.schema;

import io.higuma.model.Kri;
import io.higuma.model.Resource;
import io.higuma.model.ResourceKey;
import io.higuma.model.Scope;
import io.higuma.model.Shape;
import io.higuma.model.Sni;
import io.higuma.model.core.ServiceSpec;
import io.higuma.schema.bind.Dialect;
import io.higuma.schema.bind.Renderer;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Writes resources as the contract shows them (contract 3.2): envelope first, keys in a fixed order.
public final class ResourceWriter {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final DateTimeFormatter TIME = new DateTimeFormatterBuilder()
            .appendPattern("uuuu-MM-dd'T'HH:mm:ss")
            .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
            .appendLiteral('Z')
            .toFormatter(Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private ResourceWriter() {}

    public static ObjectNode write(Resource resource) {
        ObjectNode object = envelope(resource);
        if (resource.type().shape() == Shape.FLAT) {
            object.setAll(flatSpec(resource));
            return object;
        }
        snis(resource).ifPresent(snis -> object.set("snis", snis));
        object.set("spec", new Renderer(Dialect.SPEC).render(resource.spec()));
        status(resource).ifPresent(status -> object.set("status", status));
        return object;
    }

    /// The status of a resource of a type that has one; that of a type of which nothing was found yet is a blank one.
    /// A policy says something about itself only if something is wrong.
    public static Optional<ObjectNode> status(Resource resource) {
        if (resource.type().policy().isPresent() && resource.status().isEmpty()) {
            return Optional.empty();
        }
        return resource.type()
                .status()
                .map(shape ->
                        new Renderer(Dialect.SPEC).render(resource.status().orElseGet(() -> BodyCodec.blank(shape))));
    }

    /// The fields of a flat type alone.
    public static ObjectNode flatSpec(Resource resource) {
        return new Renderer(Dialect.FLAT).render(resource.spec());
    }

    /// `type`, `mesh`, `name`, times, labels and KRI.
    public static ObjectNode envelope(Resource resource) {
        ObjectNode object = JSON.objectNode();
        ResourceKey key = resource.key();
        object.put("type", key.type());
        if (resource.type().scope() == Scope.MESH) {
            object.put("mesh", key.mesh());
        }
        object.put("name", key.name());
        object.put("creationTime", time(resource.meta().created()));
        object.put("modificationTime", time(resource.meta().modified()));
        if (!resource.labels().isEmpty()) {
            ObjectNode labels = object.putObject("labels");
            resource.labels().entries().forEach(labels::put);
        }
        if (!resource.type().names().shortName().isEmpty()) {
            object.put("kri", Kri.of(resource).toString());
        }
        return object;
    }

    /// RFC 3339 in UTC, with as many digits as there are.
    public static String time(Instant instant) {
        return TIME.format(instant);
    }

    private static Optional<ArrayNode> snis(Resource resource) {
        if (!(resource.spec() instanceof ServiceSpec service)) {
            return Optional.empty();
        }
        ArrayNode array = JSON.arrayNode();
        Kri kri = Kri.of(resource);
        for (ServiceSpec.ServicePort port : service.callable()) {
            Sni.of(kri.withSection(port.section()))
                    .ifPresent(sni -> array.addObject().put("port", port.port()).put("sni", sni));
        }
        return array.isEmpty() ? Optional.empty() : Optional.of(array);
    }
}
