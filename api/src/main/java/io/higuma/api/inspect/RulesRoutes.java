package io.higuma.api.inspect;

import io.higuma.api.http.ApiRequest;
import io.higuma.api.http.ApiResponse;
import io.higuma.api.http.Router;
import io.higuma.api.info.Observations;
import io.higuma.api.resources.Reads;
import io.higuma.engine.Inspection;
import io.higuma.model.Resource;
import io.higuma.model.core.CoreTypes;
import io.higuma.model.target.ToTargetRef;
import io.higuma.policy.Backend;
import io.higuma.policy.Effective;
import io.higuma.policy.InboundRule;
import io.higuma.policy.InboundView;
import io.higuma.policy.Outline;
import io.higuma.policy.Selection;
import io.higuma.policy.Source;
import io.higuma.policy.ToItem;
import io.higuma.policy.ToItems;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Everything that policies say to one proxy, in one answer (contract 3.7, `_rules`).
final class RulesRoutes {

    private static final Subjects.Titles TITLES =
            new Subjects.Titles("Failed to retrieve Mesh", "Could not retrieve Dataplane");

    private final Subjects subjects;
    private final Reads reads;

    RulesRoutes(Reads reads, Observations observations) {
        this.subjects = new Subjects(reads, observations);
        this.reads = reads;
    }

    void addTo(Router.Builder routes) {
        routes.get("/meshes/{mesh}/" + CoreTypes.DATAPLANE.names().path() + "/{name}/_rules", this::rules);
    }

    /// Something that items of a `to` list are about.
    private record Subject(Resource resource, Backend backend) {

        String order() {
            return resource.key() + " " + backend.kri().section();
        }
    }

    private ApiResponse rules(ApiRequest request) {
        Inspection inspection = subjects.inspect(request, TITLES);
        ObjectNode answer = Shapes.JSON.objectNode();
        answer.set("resource", Shapes.meta(inspection.view().dataplane()));
        Map<String, ArrayNode> matches = new LinkedHashMap<>();
        ArrayNode rules = Shapes.JSON.arrayNode();
        for (Selection<?> each : inspection.policies()) {
            Outline outline = each.outline();
            ArrayNode to = to(inspection, outline, matches);
            ArrayNode inbound = inbound(inspection, outline);
            Optional<ObjectNode> whole = outline.ofProxy().map(RulesRoutes::whole);
            if (!to.isEmpty() || !inbound.isEmpty() || whole.isPresent()) {
                ObjectNode rule =
                        rules.addObject().put("type", each.module().type().name());
                whole.ifPresent(conf -> rule.set("proxyRule", conf));
                rule.set("toResourceRules", to);
                rule.set("inboundRules", inbound);
                rule.putArray("warnings");
            }
        }
        ArrayNode listed = answer.putArray("httpMatches");
        matches.forEach((hash, match) -> listed.addObject().put("hash", hash).set("match", match));
        answer.set("rules", rules);
        return ApiResponse.ok(answer);
    }

    private static ObjectNode whole(Effective<? extends Record> effective) {
        ObjectNode node = Shapes.JSON.objectNode();
        node.set("conf", Shapes.conf(effective.conf()));
        ArrayNode origin = node.putArray("origin");
        for (Source source : effective.sources()) {
            origin.add(Shapes.meta(source.policy().policy()));
        }
        return node;
    }

    private ArrayNode to(Inspection inspection, Outline outline, Map<String, ArrayNode> matches) {
        Map<String, Subject> about = new TreeMap<>();
        for (ToItem<?> item : outline.to()) {
            for (Subject subject : subjects(inspection, item.target())) {
                about.put(subject.order(), subject);
            }
        }
        ArrayNode rules = Shapes.JSON.arrayNode();
        for (Subject subject : about.values()) {
            effective(outline, subject).ifPresent(effective -> {
                ObjectNode rule = rules.addObject();
                rule.set("resourceMeta", Shapes.meta(subject.resource()));
                rule.put("resourceSectionName", subject.backend().kri().section());
                rule.putArray("conf").add(Shapes.conf(effective.conf()));
                rule.set("origin", Shapes.places(effective.sources()));
            });
            outline.routes(subject.backend()).stream()
                    .map(route -> Shapes.confs(route.matches()))
                    .filter(match -> !match.isEmpty())
                    .forEach(match -> matches.put(hash(match), match));
        }
        return rules;
    }

    private static Optional<? extends Effective<? extends Record>> effective(Outline outline, Subject subject) {
        return subject.resource().key().type().equals(ToTargetRef.Kind.MESH_HTTP_ROUTE.text())
                ? outline.of(subject.backend(), Subjects.route(subject.resource()))
                : outline.of(subject.backend());
    }

    /// The resources that a reference leads to; of a service perhaps only a port.
    private List<Subject> subjects(Inspection inspection, ToTargetRef target) {
        String mesh = inspection.mesh().name();
        if (target.kind() == ToTargetRef.Kind.MESH) {
            return reads.find(CoreTypes.MESH.key("", mesh)).stream()
                    .map(resource -> new Subject(resource, Subjects.anything(mesh)))
                    .toList();
        }
        List<Subject> found = new ArrayList<>();
        for (Resource resource : inspection.mesh().all(target.kind().text())) {
            if (ToItems.leadsTo(target, resource)) {
                found.add(new Subject(
                        resource,
                        target.kind() == ToTargetRef.Kind.MESH_HTTP_ROUTE
                                ? Subjects.anything(mesh)
                                : Subjects.backend(
                                        resource, target.sectionName().orElse(""))));
            }
        }
        return found;
    }

    private static ArrayNode inbound(Inspection inspection, Outline outline) {
        ArrayNode all = Shapes.JSON.arrayNode();
        for (InboundView inbound : inspection.view().inbounds()) {
            List<? extends InboundRule<? extends Record>> rules = outline.of(inbound);
            if (rules.isEmpty()) {
                continue;
            }
            ObjectNode entry = all.addObject();
            ObjectNode about = entry.putObject("inbound");
            inbound.inbound().name().filter(name -> !name.isEmpty()).ifPresent(name -> about.put("name", name));
            about.put("port", inbound.inbound().port()).putNull("tags");
            ArrayNode listed = entry.putArray("rules");
            for (InboundRule<? extends Record> rule : rules) {
                ObjectNode node = listed.addObject();
                node.putArray("conf").add(Shapes.conf(rule.conf()));
                rule.match().ifPresent(match -> node.set("match", Shapes.conf(match)));
                node.set("origin", Shapes.places(List.of(rule)));
            }
        }
        return all;
    }

    /// A name for a list of matches: SHA-256 of its JSON, in base 64.
    private static String hash(ArrayNode match) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            return Base64.getEncoder()
                    .encodeToString(digest.digest(match.toString().getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
