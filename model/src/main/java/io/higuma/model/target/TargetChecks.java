package io.higuma.model.target;

import io.higuma.model.Names;
import io.higuma.model.Problems;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// What a reference may say, with the texts of contract 2.2.
public final class TargetChecks {

    private static final Pattern TRUST_DOMAIN = Pattern.compile("[a-z0-9._-]+");
    private static final Pattern SEGMENT = Pattern.compile("[a-zA-Z0-9._-]+");

    private TargetChecks() {}

    /// Checks `spec.targetRef`.
    ///
    /// @param inbound whether the policy is about what a proxy receives, so that it may name an inbound
    public static void top(String path, TopTargetRef ref, boolean inbound, Problems problems) {
        if (ref.kind() == TopTargetRef.Kind.MESH) {
            meshTakesNothing(path, "Mesh", ref.labels(), ref.sectionName(), problems);
        } else if (ref.sectionName().isPresent() && !inbound) {
            problems.add(path + ".sectionName", "can only be used with inbound policies");
        }
    }

    /// Checks the reference of an item of `spec.to`.
    public static void to(String path, ToTargetRef ref, Set<ToTargetRef.Kind> supported, Problems problems) {
        if (!supported.contains(ref.kind())) {
            problems.add(path + ".kind", "value '" + ref.kind().text() + "' is not supported");
            return;
        }
        switch (ref.kind()) {
            case MESH -> meshTakesNothing(path, "Mesh", ref.labels(), ref.sectionName(), problems);
            case MESH_SERVICE, MESH_MULTI_ZONE_SERVICE -> labelsGiven(path, ref, problems);
            case MESH_EXTERNAL_SERVICE, MESH_HTTP_ROUTE -> {
                labelsGiven(path, ref, problems);
                if (ref.sectionName().isPresent()) {
                    problems.add(
                            path + ".sectionName",
                            "must not be set with kind " + ref.kind().text());
                }
            }
        }
    }

    private static void labelsGiven(String path, ToTargetRef ref, Problems problems) {
        if (ref.labels().isEmpty()) {
            problems.add(
                    path + ".labels", "must be set when kind is " + ref.kind().text());
        }
    }

    /// Checks a reference from a route to what answers.
    public static void backend(String path, RouteBackendRef ref, Problems problems) {
        String kind = ref.kind().text();
        if (!ref.kind().isService()) {
            problems.add(path + ".kind", "value '" + kind + "' is not supported");
            return;
        }
        if (ref.labels().isEmpty()) {
            problems.add(path + ".labels", "must be set when kind is " + kind);
        }
        if (ref.sectionName().isPresent() && ref.kind() == RouteBackendRef.Kind.MESH_EXTERNAL_SERVICE) {
            problems.add(path + ".sectionName", "must not be set with kind " + kind);
        }
        if (ref.port().isEmpty() && ref.kind() == RouteBackendRef.Kind.MESH_MULTI_ZONE_SERVICE) {
            problems.add(path + ".port", "must be defined with kind MeshMultiZoneService");
        }
        if (ref.weight() < 0 || ref.weight() > RouteBackendRef.MAX_WEIGHT) {
            problems.add(path + ".weight", "must be in inclusive range [0, 4294967295]");
        }
    }

    private static void meshTakesNothing(
            String path, String kind, Map<String, String> labels, Optional<String> section, Problems problems) {
        if (!labels.isEmpty()) {
            problems.add(path + ".labels", "must not be set with kind " + kind);
        }
        if (section.isPresent()) {
            problems.add(path + ".sectionName", "must not be set with kind " + kind);
        }
    }

    /// Checks a match of callers.
    public static void match(String path, Match match, Problems problems) {
        match.spiffeID()
                .ifPresent(id -> spiffeIdProblem(id.value())
                        .ifPresent(text -> problems.add(path + ".spiffeID", "must be a valid Spiffe ID: " + text)));
        match.sni().ifPresent(sni -> {
            if (sni.value().isEmpty()) {
                problems.add(path + ".sni.value", "must be set");
            } else {
                Names.subdomain(sni.value()).forEach(text -> problems.add(path + ".sni.value", text));
            }
        });
    }

    /// What keeps a text from being a SPIFFE id (SPIFFE-ID specification, section 2); empty if nothing does.
    public static Optional<String> spiffeIdProblem(String id) {
        if (id.isEmpty()) {
            return Optional.of("cannot be empty");
        }
        if (!id.startsWith("spiffe://")) {
            return Optional.of("scheme is missing or invalid");
        }
        String rest = id.substring("spiffe://".length());
        int slash = rest.indexOf('/');
        String domain = slash < 0 ? rest : rest.substring(0, slash);
        if (domain.isEmpty()) {
            return Optional.of("trust domain is missing");
        }
        if (!TRUST_DOMAIN.matcher(domain).matches()) {
            return Optional.of("trust domain characters are limited to lowercase letters, numbers, dots, dashes, and"
                    + " underscores");
        }
        return slash < 0 ? Optional.empty() : pathProblem(rest.substring(slash));
    }

    private static Optional<String> pathProblem(String path) {
        if (path.endsWith("/")) {
            return Optional.of("path cannot have a trailing slash");
        }
        for (String segment : path.substring(1).split("/", -1)) {
            if (segment.isEmpty()) {
                return Optional.of("path cannot contain empty segments");
            }
            if (segment.equals(".") || segment.equals("..")) {
                return Optional.of("path cannot contain dot segments");
            }
            if (!SEGMENT.matcher(segment).matches()) {
                return Optional.of(
                        "path segment characters are limited to letters, numbers, dots, dashes, and underscores");
            }
        }
        return Optional.empty();
    }
}
