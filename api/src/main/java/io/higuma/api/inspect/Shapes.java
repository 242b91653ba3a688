package io.higuma.api.inspect;

import io.higuma.model.Kri;
import io.higuma.model.Resource;
import io.higuma.policy.Source;
import io.higuma.schema.bind.Dialect;
import io.higuma.schema.bind.Renderer;
import java.util.Collection;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Shapes that several inspections have in common (contract 3.7).
final class Shapes {

    static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private Shapes() {}

    /// `{type, mesh, name, labels}`; the mesh of what is in none is empty.
    static ObjectNode meta(Resource resource) {
        ObjectNode meta = JSON.objectNode();
        meta.put("type", resource.type().name()).put("mesh", resource.mesh()).put("name", resource.name());
        ObjectNode labels = meta.putObject("labels");
        resource.labels().entries().forEach(labels::put);
        return meta;
    }

    /// A configuration, as its policy writes it.
    static ObjectNode conf(Record conf) {
        return new Renderer(Dialect.SPEC).render(conf);
    }

    static ArrayNode confs(Collection<? extends Record> confs) {
        ArrayNode array = JSON.arrayNode();
        confs.forEach(conf -> array.add(conf(conf)));
        return array;
    }

    static String kri(Source source) {
        return Kri.of(source.policy().policy()).toString();
    }

    /// `[{kri}]`, each policy once.
    static ArrayNode origins(List<? extends Source> sources) {
        ArrayNode array = JSON.arrayNode();
        Source.origins(sources).forEach(kri -> array.addObject().put("kri", kri));
        return array;
    }

    /// `[{resourceMeta, ruleIndex}]`
    static ArrayNode places(List<? extends Source> sources) {
        ArrayNode array = JSON.arrayNode();
        for (Source source : sources) {
            ObjectNode place = array.addObject();
            place.set("resourceMeta", meta(source.policy().policy()));
            place.put("ruleIndex", source.index());
        }
        return array;
    }
}
