package io.higuma.cli.generate;

import io.higuma.cli.Connection;
import io.higuma.cli.ExitCode;
import io.higuma.cli.Failure;
import io.higuma.cli.Surroundings;
import io.higuma.cli.client.ControlPlane;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// The three kinds of tokens. Each prints the token and nothing else, so that `> token` is a usable file.
final class TokenCommands {

    /// What the contract takes when a dataplane or zone token says nothing: ten years.
    private static final Validity TEN_YEARS = new Validity.Converter().convert("87600h");

    private TokenCommands() {}

    /// What the three have in common: where the token comes from.
    abstract static class Token implements Callable<Integer> {

        final Surroundings world;

        @Mixin
        private final Connection connection;

        @Option(names = "--signing-key-path", paramLabel = "FILE", description = "Sign here, without a control plane.")
        private @Nullable Path signingKey;

        @Option(names = "--kid", paramLabel = "ID", description = "Id of that key.")
        private @Nullable String keyId;

        Token(Surroundings world) {
            this.world = world;
            this.connection = new Connection(world);
        }

        /// @param path where the API issues such tokens
        /// @param request what to ask of the API
        /// @param claims the same, as claims
        final int print(String path, ObjectNode request, ObjectNode claims, Validity validity) {
            if ((signingKey == null) != (keyId == null)) {
                throw new Failure(ExitCode.USAGE, "--signing-key-path and --kid belong together: give both or none");
            }
            world.out()
                    .print(
                            signingKey != null && keyId != null
                                    ? OfflineToken.sign(
                                            claims,
                                            KeyCommands.key(signingKey),
                                            keyId,
                                            validity.duration(),
                                            world.clock().instant())
                                    : online(path, request));
            return ExitCode.OK;
        }

        private String online(String path, ObjectNode request) {
            try (ControlPlane controlPlane = connection.open()) {
                return controlPlane.post(path, request).text();
            }
        }
    }

    @Command(name = "dataplane-token", description = "A token for `higuma dp run`.", mixinStandardHelpOptions = true)
    static final class Dataplane extends Token {

        @Option(
                names = {"-m", "--mesh"},
                defaultValue = "default",
                description = "Mesh (default: ${DEFAULT-VALUE}).")
        private String mesh = "default";

        @Option(names = "--name", description = "Only for a dataplane of this name.")
        private String name = "";

        @Option(names = "--workload", description = "Only for this workload (label kuma.io/workload).")
        private String workload = "";

        @Option(names = "--tag", paramLabel = "K=V1,V2", description = "Only with this label; repeatable.")
        private Map<String, String> tags = new TreeMap<>();

        @Option(
                names = {"--type", "--proxy-type"},
                defaultValue = "dataplane",
                description = "Only `dataplane`.")
        private String type = "dataplane";

        @Option(
                names = "--valid-for",
                converter = Validity.Converter.class,
                description = "Such as 24h (default: ten years).")
        private Validity validFor = TEN_YEARS;

        Dataplane(Surroundings world) {
            super(world);
        }

        @Override
        public Integer call() {
            ObjectNode request = JsonNodeFactory.instance.objectNode();
            request.put("name", name).put("mesh", mesh).put("type", type).put("workload", workload);
            request.put("validFor", validFor.text()).set("tags", tagLists());
            ObjectNode claims = JsonNodeFactory.instance.objectNode();
            claims.put("Name", name).put("Mesh", mesh).put("Type", type).put("Workload", workload);
            claims.set("Tags", tagLists());
            return print("/tokens/dataplane", request, claims, validFor);
        }

        private ObjectNode tagLists() {
            ObjectNode lists = JsonNodeFactory.instance.objectNode();
            tags.forEach((key, values) -> {
                ArrayNode list = lists.putArray(key);
                List.of(values.split(",")).stream().sorted().forEach(list::add);
            });
            return lists;
        }
    }

    @Command(name = "user-token", description = "A token for people and pipelines.", mixinStandardHelpOptions = true)
    static final class User extends Token {

        @Option(names = "--name", required = true, description = "Who it is.")
        private String name = "";

        @Option(names = "--group", description = "A group of theirs; repeatable.")
        private List<String> groups = new ArrayList<>();

        @Option(
                names = "--valid-for",
                required = true,
                converter = Validity.Converter.class,
                description = "Such as 24h.")
        private Validity validFor = TEN_YEARS;

        User(Surroundings world) {
            super(world);
        }

        @Override
        public Integer call() {
            ObjectNode request = JsonNodeFactory.instance.objectNode();
            request.put("name", name).put("validFor", validFor.text());
            groups.forEach(request.putArray("groups")::add);
            ObjectNode claims = JsonNodeFactory.instance.objectNode();
            claims.put("Name", name);
            groups.forEach(claims.putArray("Groups")::add);
            return print("/tokens/user", request, claims, validFor);
        }
    }

    @Command(name = "zone-token", description = "A token for a zone.", mixinStandardHelpOptions = true)
    static final class Zone extends Token {

        @Option(names = "--zone", required = true, description = "The zone.")
        private String zone = "";

        @Option(names = "--scope", description = "What it may be used for; repeatable.")
        private List<String> scope = new ArrayList<>();

        @Option(
                names = "--valid-for",
                converter = Validity.Converter.class,
                description = "Such as 24h (default: ten years).")
        private Validity validFor = TEN_YEARS;

        Zone(Surroundings world) {
            super(world);
        }

        @Override
        public Integer call() {
            ObjectNode request = JsonNodeFactory.instance.objectNode();
            request.put("zone", zone).put("validFor", validFor.text());
            scope.forEach(request.putArray("scope")::add);
            ObjectNode claims = JsonNodeFactory.instance.objectNode();
            claims.put("Zone", zone);
            scope.forEach(claims.putArray("Scope")::add);
            return print("/tokens/zone", request, claims, validFor);
        }
    }
}
