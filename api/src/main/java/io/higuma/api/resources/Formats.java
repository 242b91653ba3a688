package io.higuma.api.resources;

import io.higuma.api.http.ApiException;
import io.higuma.api.http.Query;
import io.higuma.model.Labels;
import io.higuma.model.Problem;
import io.higuma.model.Resource;
import io.higuma.model.Scope;
import io.higuma.model.Shape;
import io.higuma.model.core.SecretSpec;
import io.higuma.schema.ResourceWriter;
import java.util.Base64;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// The two forms in which an item can be asked for with `?format=` (contract 3.4).
final class Formats {

    private static final String API_VERSION = "kuma.io/v1alpha1";
    private static final String DEFAULT_NAMESPACE = "kuma-system";

    private Formats() {}

    /// @throws ApiException 400 if the form is none
    static JsonNode write(Resource resource, Query query) {
        return switch (query.value("format").orElse("universal")) {
            case "universal" -> ResourceWriter.write(resource);
            case "k8s", "kubernetes" ->
                manifest(resource, query.value("namespace").orElse(DEFAULT_NAMESPACE));
            default ->
                throw ApiException.invalid(
                        "Could not retrieve a resource",
                        List.of(new Problem("", "\"format\" must be one of [\"k8s\", \"kubernetes\", \"universal\"]")));
        };
    }

    private static ObjectNode manifest(Resource resource, String namespace) {
        if (resource.spec() instanceof SecretSpec secret) {
            return secret(resource, secret, namespace);
        }
        ObjectNode manifest = JsonNodeFactory.instance.objectNode();
        manifest.put("apiVersion", API_VERSION).put("kind", resource.type().name());
        if (resource.type().shape() == Shape.FLAT && resource.type().scope() == Scope.MESH) {
            manifest.put("mesh", resource.mesh());
        }
        ObjectNode metadata = manifest.putObject("metadata");
        metadata.put("name", resource.name());
        if (resource.type().scope() == Scope.MESH) {
            metadata.put("namespace", namespace);
        }
        metadata.put("creationTimestamp", ResourceWriter.time(resource.meta().created()));
        if (resource.type().scope() == Scope.MESH && resource.type().shape() == Shape.SPEC) {
            metadata.putObject("labels").put(Labels.MESH, resource.mesh());
        }
        manifest.set(
                "spec",
                resource.type().shape() == Shape.FLAT
                        ? ResourceWriter.flatSpec(resource)
                        : ResourceWriter.write(resource).path("spec"));
        ResourceWriter.status(resource).ifPresent(status -> manifest.set("status", status));
        return manifest;
    }

    /// Secrets are native to Kubernetes (contract 1.2).
    private static ObjectNode secret(Resource resource, SecretSpec spec, String namespace) {
        ObjectNode manifest = JsonNodeFactory.instance.objectNode();
        manifest.put("apiVersion", "v1").put("kind", "Secret");
        ObjectNode metadata = manifest.putObject("metadata");
        metadata.put("name", resource.name()).put("namespace", namespace);
        metadata.put("creationTimestamp", ResourceWriter.time(resource.meta().created()));
        boolean global = resource.type().scope() == Scope.GLOBAL;
        if (!global) {
            metadata.putObject("labels").put(Labels.MESH, resource.mesh());
        }
        manifest.putObject("data")
                .put("value", Base64.getEncoder().encodeToString(spec.data().array()));
        manifest.put("type", global ? "system.kuma.io/global-secret" : "system.kuma.io/secret");
        return manifest;
    }
}
