package io.higuma.schema;

import io.higuma.model.Resource;
import io.higuma.model.ResourceKey;
import io.higuma.model.ResourceMeta;
import io.higuma.model.ResourceType;
import io.higuma.model.ResourceTypes;
import io.higuma.model.Spec;
import io.higuma.model.Status;
import io.higuma.schema.bind.Binder;
import io.higuma.schema.bind.Dialect;
import io.higuma.schema.bind.Findings;
import io.higuma.schema.bind.RecordPlan;
import io.higuma.schema.bind.Renderer;
import io.higuma.schema.tree.JsonTree;
import io.higuma.schema.tree.Limits;
import io.higuma.schema.tree.MalformedException;
import io.higuma.schema.tree.Node;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// How specs and statuses are kept: `{"spec": …, "status": …}`. Fields that this version does not know are
/// passed over, so that data outlives versions in both directions.
public final class BodyCodec {

    private static final Limits LIMITS = new Limits(64 << 20, 200, 10_000_000);

    private final ResourceTypes types;

    public BodyCodec(ResourceTypes types) {
        this.types = types;
    }

    public String encode(Resource resource) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        Renderer renderer = new Renderer(Dialect.STORED);
        body.set("spec", renderer.render(resource.spec()));
        resource.status().ifPresent(status -> body.set("status", renderer.render(status)));
        return body.toString();
    }

    /// @throws IllegalArgumentException if the type is not known or the text cannot be read
    public Resource decode(ResourceKey key, ResourceMeta meta, String text) {
        ResourceType<?> type = types.byName(key.type())
                .orElseThrow(() -> new IllegalArgumentException("unknown type of resource: " + key.type()));
        try {
            if (!(JsonTree.read(text.getBytes(StandardCharsets.UTF_8), LIMITS) instanceof Node.Mapping body)) {
                throw new IllegalArgumentException("stored " + key + " is no object");
            }
            Spec spec = (Spec) bind(type.spec(), body.value("spec"), key);
            Optional<Status> status = type.status()
                    .filter(shape -> body.value("status").isPresent())
                    .map(shape -> (Status) bind(shape, body.value("status"), key));
            return new Resource(type, key, meta, spec, status);
        } catch (MalformedException e) {
            throw new IllegalArgumentException("stored " + key + " cannot be read: " + e.getMessage(), e);
        }
    }

    /// A status in which nothing is known.
    static Status blank(Class<? extends Status> shape) {
        return (Status) bind(shape, Optional.empty(), new ResourceKey(shape.getSimpleName(), "", ""));
    }

    private static Object bind(Class<?> shape, Optional<Node> node, ResourceKey key) {
        Findings findings = new Findings();
        Object value = new Binder(findings, Dialect.STORED)
                .bind(
                        RecordPlan.of(shape),
                        node.orElseGet(() -> new Node.Mapping(List.of(), io.higuma.model.Problem.Location.NOWHERE)),
                        "");
        if (value == null) {
            throw new IllegalArgumentException(
                    "stored " + key + " cannot be read: " + findings.schema() + findings.decode());
        }
        return value;
    }
}
