package io.higuma.schema;

import io.higuma.model.Labels;
import io.higuma.model.Problem;
import io.higuma.model.Problem.Location;
import io.higuma.model.Resource;
import io.higuma.model.ResourceMeta;
import io.higuma.model.ResourceType;
import io.higuma.model.ResourceTypes;
import io.higuma.model.Scope;
import io.higuma.model.Shape;
import io.higuma.model.Spec;
import io.higuma.schema.bind.Binder;
import io.higuma.schema.bind.Dialect;
import io.higuma.schema.bind.Findings;
import io.higuma.schema.bind.Nearest;
import io.higuma.schema.bind.RecordPlan;
import io.higuma.schema.tree.JsonTree;
import io.higuma.schema.tree.Limits;
import io.higuma.schema.tree.MalformedException;
import io.higuma.schema.tree.Node;
import io.higuma.schema.tree.YamlTree;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Reads resources as people and programs write them (contract 3.2): strictly, and telling everything that is wrong.
public final class ResourceReader {

    private static final String DEFAULT_MESH = "default";
    private static final Set<String> ENVELOPE =
            Set.of("type", "mesh", "name", "labels", "creationTime", "modificationTime", "kri", "snis");
    private static final Set<String> SPEC_ENVELOPE = Set.of("spec", "status");

    private static final List<String> REQUIRED = List.of("name", "spec", "type");
    private static final Set<String> SPEC_SIDE = new TreeSet<>(Set.of("type", "mesh", "name", "labels", "spec"));

    private final ResourceTypes types;

    public ResourceReader(ResourceTypes types) {
        this.types = types;
    }

    /// Reads the body of a request for a resource of a known type.
    public Parsed readJson(ResourceType<?> type, byte[] body) {
        try {
            Node document = JsonTree.read(body, Limits.REQUEST);
            // null is as good as an empty object: what is missing is said then
            return read(type, document instanceof Node.Null none ? new Node.Mapping(List.of(), none.at()) : document);
        } catch (MalformedException e) {
            return new Parsed.Undecodable(Parsed.Subject.UNKNOWN, e.problems());
        }
    }

    /// Reads a file of YAML or JSON documents, each of the type it says it is. A document that is no YAML ends the
    /// list: where the next one would begin cannot be told.
    public List<Parsed> readDocuments(byte[] text, Limits limits) {
        List<Parsed> found = new ArrayList<>();
        try {
            YamlTree.read(text, limits, document -> found.add(readAny(document)));
        } catch (MalformedException e) {
            found.add(new Parsed.Undecodable(Parsed.Subject.UNKNOWN, e.problems()));
        }
        return found;
    }

    private Parsed readAny(Node document) {
        if (!(document instanceof Node.Mapping mapping)) {
            return invalid(Parsed.Subject.UNKNOWN, "", "a resource is an object with type and name", document.at());
        }
        Optional<Node> type = mapping.value("type");
        if (!(type.orElse(null) instanceof Node.Text name)) {
            String kubernetes = mapping.value("apiVersion").isPresent()
                    ? "; this looks like a Kubernetes manifest, here `type`, `name` and `mesh` stand at the top"
                    : "";
            return invalid(
                    subject(mapping),
                    "type",
                    "in body is required: the kind of the resource" + kubernetes,
                    document.at());
        }
        Optional<ResourceType<?>> known = types.byName(name.value());
        if (known.isEmpty()) {
            List<String> names = types.all().stream().map(ResourceType::name).toList();
            return invalid(
                    subject(mapping),
                    "type",
                    "unknown type \"" + name.value() + "\""
                            + Nearest.to(name.value(), names)
                                    .map(near -> ", did you mean " + near + "?")
                                    .orElse("")
                            + " Known are " + String.join(", ", names),
                    name.at());
        }
        return read(known.get(), document);
    }

    private static Parsed invalid(Parsed.Subject subject, String path, String message, Location at) {
        return new Parsed.Invalid(subject, List.of(new Problem(path, message, at)), Optional.empty());
    }

    private Parsed read(ResourceType<?> type, Node document) {
        if (!(document instanceof Node.Mapping mapping)) {
            return new Parsed.Undecodable(
                    Parsed.Subject.UNKNOWN,
                    List.of(new Problem("", "a resource is an object, not " + document.kind(), document.at())));
        }
        Findings findings = new Findings();
        Envelope envelope = new EnvelopeReader(type, mapping, findings).read();
        Object spec = spec(type, mapping, findings);
        if (spec == null || !findings.leaveTheRest()) {
            return failed(type, subject(mapping), findings, Optional.empty());
        }
        Resource resource = new Resource(
                type,
                type.key(envelope.mesh(), envelope.name()),
                ResourceMeta.unstored(envelope.labels()),
                (Spec) spec,
                Optional.empty());
        Parsed.Ok ok = new Parsed.Ok(resource, findings.warnings(), document);
        return findings.isEmpty() ? ok : failed(type, subject(mapping), findings, Optional.of(ok));
    }

    /// The spec, or null if there is none or something is wrong with it.
    private static @Nullable Object spec(ResourceType<?> type, Node.Mapping mapping, Findings findings) {
        RecordPlan plan = RecordPlan.of(type.spec());
        if (type.shape() == Shape.FLAT) {
            return new Binder(findings, Dialect.FLAT).bind(plan, beside(mapping), "");
        }
        return switch (mapping.value("spec").orElseGet(() -> new Node.Null(mapping.at()))) {
            case Node.Null none -> null;
            case Node.Mapping fields -> new Binder(findings, Dialect.SPEC).bind(plan, fields, "spec");
            case Node other -> {
                findings.envelope("spec in body must be of type object: \"" + other.kind() + "\"", other.at());
                yield null;
            }
        };
    }

    /// Flat types have their fields beside the envelope's: the same node without those.
    private static Node.Mapping beside(Node.Mapping mapping) {
        return new Node.Mapping(
                mapping.entries().stream()
                        .filter(e -> !ENVELOPE.contains(e.key()) && !e.key().equals("status"))
                        .toList(),
                mapping.at());
    }

    /// A spec is judged by its schema first, so schema problems decide how the answer looks. Flat types are decoded
    /// first. Either way everything that was found is told.
    private static Parsed failed(
            ResourceType<?> type, Parsed.Subject subject, Findings findings, Optional<Parsed.Ok> rest) {
        List<Problem> all = new ArrayList<>(findings.schema());
        if (type.shape() == Shape.SPEC) {
            all.sort(Comparator.comparing((Problem p) -> p.path() + " " + p.message()));
        }
        boolean undecodable =
                type.shape() == Shape.SPEC ? all.isEmpty() : !findings.decode().isEmpty();
        all.addAll(findings.decode());
        return undecodable ? new Parsed.Undecodable(subject, all) : new Parsed.Invalid(subject, all, rest);
    }

    private static Parsed.Subject subject(Node.Mapping mapping) {
        return new Parsed.Subject(text(mapping, "type"), text(mapping, "mesh"), text(mapping, "name"));
    }

    private static Optional<String> text(Node.Mapping mapping, String key) {
        return mapping.value(key).map(node -> node instanceof Node.Text t ? t.value() : null);
    }

    private record Envelope(String mesh, String name, Labels labels) {}

    /// Reads what stands around the spec. The paths of its problems are empty and the texts name the field, because
    /// the contract only lifts paths that begin with `spec.`.
    private record EnvelopeReader(ResourceType<?> type, Node.Mapping mapping, Findings findings) {

        Envelope read() {
            if (type.shape() == Shape.SPEC) {
                REQUIRED.forEach(this::required);
                mapping.entries().stream()
                        .filter(e -> !ENVELOPE.contains(e.key()) && !SPEC_ENVELOPE.contains(e.key()))
                        .forEach(e -> problem(
                                e.key() + ": " + Binder.unknownText(e.key(), SPEC_SIDE) + ", expected one of "
                                        + String.join(", ", SPEC_SIDE),
                                e.at()));
            }
            dateTime("creationTime");
            dateTime("modificationTime");
            checkType();
            String fallback = type.shape() == Shape.SPEC ? DEFAULT_MESH : "";
            String mesh = type.scope() == Scope.GLOBAL ? "" : string("mesh").orElse(fallback);
            return new Envelope(mesh, string("name").orElse(""), labels());
        }

        /// Null is as good as absent in flat types, and where the field is required anyway.
        private Optional<Node> given(String key) {
            boolean heard = type.shape() == Shape.SPEC && !REQUIRED.contains(key);
            return mapping.value(key).filter(node -> heard || !(node instanceof Node.Null));
        }

        private void required(String key) {
            if (given(key).isEmpty()) {
                problem("." + key + " in body is required", mapping.at());
            }
        }

        private void checkType() {
            Optional<String> given = string("type");
            boolean wrong = given("type").isPresent()
                    && given.filter(type.name()::equals).isEmpty();
            if (type.shape() == Shape.SPEC && wrong) {
                problem("type in body should be one of [" + type.name() + "]", mapping.at());
            } else if (type.shape() == Shape.FLAT
                    && given.filter(type.name()::equals).isEmpty()) {
                findings.invalid("type", "type from the URL has to be the same as in body", mapping.at());
            }
        }

        private Optional<String> string(String key) {
            Optional<Node> node = given(key);
            if (node.isEmpty()) {
                return Optional.empty();
            }
            if (node.get() instanceof Node.Text text) {
                return Optional.of(text.value());
            }
            problem(
                    key + " in body must be of type string: \"" + node.get().kind() + "\"",
                    node.get().at());
            return Optional.empty();
        }

        private void dateTime(String key) {
            given(key).ifPresent(node -> {
                String value = node instanceof Node.Text text ? text.value() : node.kind();
                try {
                    OffsetDateTime.parse(value);
                } catch (DateTimeException e) {
                    problem(key + " in body must be of type date-time: \"" + value + "\"", node.at());
                }
            });
        }

        private Labels labels() {
            Optional<Node> node = given("labels");
            if (node.isEmpty()) {
                return Labels.NONE;
            }
            if (!(node.get() instanceof Node.Mapping given)) {
                problem(
                        "labels in body must be of type object: \"" + node.get().kind() + "\"",
                        node.get().at());
                return Labels.NONE;
            }
            Map<String, String> values = new TreeMap<>();
            for (Node.Entry entry : given.entries()) {
                if (entry.value() instanceof Node.Text text) {
                    values.put(entry.key(), text.value());
                } else {
                    problem(
                            "labels." + entry.key() + " in body must be of type string: \""
                                    + entry.value().kind() + "\"",
                            entry.value().at());
                }
            }
            return Labels.of(values);
        }

        private void problem(String text, Location at) {
            if (type.shape() == Shape.SPEC) {
                findings.envelope(text, at);
            } else {
                findings.undecodable(text, at);
            }
        }
    }
}
