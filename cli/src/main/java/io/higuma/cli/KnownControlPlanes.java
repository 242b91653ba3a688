package io.higuma.cli;

import io.higuma.cli.client.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// `~/.higuma/config`: the control planes a person works with and the one in use. It holds no secrets: a token is named
/// by its file.
///
/// @param inUse the name of the current one; empty if there is none
/// @param entries by name
record KnownControlPlanes(String inUse, Map<String, Entry> entries) {

    KnownControlPlanes {
        entries = Map.copyOf(entries);
    }

    /// One control plane.
    record Entry(String address, Optional<String> tokenFile, Optional<String> caCertFile, boolean skipVerify) {}

    static KnownControlPlanes read(Surroundings world) {
        Path file = file(world);
        if (!Files.exists(file)) {
            return new KnownControlPlanes("", Map.of());
        }
        JsonNode tree;
        try {
            tree = Json.read(Files.readString(file));
        } catch (IOException e) {
            throw new Failure(ExitCode.ENVIRONMENT, file + " cannot be read: " + e.getMessage());
        }
        if (!tree.isObject()) {
            throw new Failure(ExitCode.ENVIRONMENT, file + " is not JSON: mend or remove it");
        }
        Map<String, Entry> entries = new TreeMap<>();
        for (Map.Entry<String, JsonNode> entry : tree.path("controlPlanes").properties()) {
            JsonNode value = entry.getValue();
            entries.put(
                    entry.getKey(),
                    new Entry(
                            value.path("address").asString(""),
                            text(value, "tokenFile"),
                            text(value, "caCertFile"),
                            value.path("skipVerify").asBoolean(false)));
        }
        return new KnownControlPlanes(tree.path("current").asString(""), entries);
    }

    /// The content of the file.
    ObjectNode tree() {
        ObjectNode tree = JsonNodeFactory.instance.objectNode();
        tree.put("current", inUse);
        ObjectNode all = tree.putObject("controlPlanes");
        new TreeMap<>(entries).forEach((name, entry) -> {
            ObjectNode one = all.putObject(name);
            one.put("address", entry.address());
            entry.tokenFile().ifPresent(path -> one.put("tokenFile", path));
            entry.caCertFile().ifPresent(path -> one.put("caCertFile", path));
            if (entry.skipVerify()) {
                one.put("skipVerify", true);
            }
        });
        return tree;
    }

    void write(Surroundings world) {
        Path file = file(world);
        try {
            Files.createDirectories(world.home());
            Path part = Files.createTempFile(
                    world.home(),
                    "config",
                    ".part",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(part, Json.pretty(tree()) + "\n");
            Files.move(part, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new Failure(ExitCode.ENVIRONMENT, file + " cannot be written: " + e.getMessage());
        }
    }

    Optional<Entry> current() {
        return Optional.ofNullable(entries.get(inUse));
    }

    Entry named(String name) {
        Entry entry = entries.get(name);
        if (entry == null) {
            throw new Failure(
                    ExitCode.USAGE,
                    "no control plane is called `" + name + "`; known are " + new TreeMap<>(entries).keySet());
        }
        return entry;
    }

    private static Path file(Surroundings world) {
        return world.home().resolve("config");
    }

    private static Optional<String> text(JsonNode node, String field) {
        return Optional.of(node.path(field).asString("")).filter(text -> !text.isEmpty());
    }
}
