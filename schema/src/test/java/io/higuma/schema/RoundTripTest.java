package io.higuma.schema;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.higuma.model.Resource;
import io.higuma.model.ResourceType;
import io.higuma.model.Shape;
import io.higuma.schema.bind.RecordPlan;
import io.higuma.schema.core.CoreSchemas;
import io.higuma.schema.tree.Limits;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Every type, with documents made at random from its records.
class RoundTripTest {

    private static final int ROUNDS = 200;
    private static final Schemas SCHEMAS = Schemas.of(CoreSchemas.all());
    private final ResourceReader reader = new ResourceReader(SCHEMAS.types());
    private final BodyCodec bodies = new BodyCodec(SCHEMAS.types());

    static List<ResourceType<?>> types() {
        return SCHEMAS.types().all();
    }

    private static ObjectNode document(ResourceType<?> type, Generated generated, boolean everything) {
        ObjectNode document = JsonNodeFactory.instance.objectNode();
        document.put("type", type.name()).put("name", "one");
        if (type.shape() == Shape.SPEC) {
            if (type.scope() == io.higuma.model.Scope.MESH) {
                document.put("mesh", "default");
            }
            document.set("spec", generated.object(RecordPlan.of(type.spec()), everything));
        } else {
            document.setAll(generated.object(RecordPlan.of(type.spec()), everything));
        }
        return document;
    }

    private Parsed read(ResourceType<?> type, JsonNode document) {
        return reader.readJson(type, document.toString().getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @MethodSource("types")
    void whatIsWrittenReadsAsTheSame(ResourceType<?> type) {
        for (int seed = 0; seed < ROUNDS; seed++) {
            Parsed parsed = read(type, document(type, new Generated(seed), seed % 5 == 0));

            assertThat(parsed.allProblems()).as("seed %s", seed).isEmpty();
            Resource resource = ((Parsed.Ok) parsed).resource();
            Parsed again = read(type, ResourceWriter.write(resource));
            assertThat(again.allProblems()).as("seed %s", seed).isEmpty();
            assertThat(ResourceWriter.write(((Parsed.Ok) again).resource()).toString())
                    .as("seed %s", seed)
                    .isEqualTo(ResourceWriter.write(resource).toString());
        }
    }

    @ParameterizedTest
    @MethodSource("types")
    void aStoredBodyComesBackEqual(ResourceType<?> type) {
        for (int seed = 0; seed < ROUNDS; seed++) {
            Resource resource = ((Parsed.Ok) read(type, document(type, new Generated(seed), seed % 5 == 0))).resource();

            Resource stored = bodies.decode(resource.key(), resource.meta(), bodies.encode(resource));

            assertThat(stored.spec()).as("seed %s", seed).isEqualTo(resource.spec());
        }
    }

    @Test
    void aBodyOfANewerVersionIsReadAsFarAsItGoes() {
        ResourceType<?> type = io.higuma.model.core.CoreTypes.MESH;

        Resource read = bodies.decode(
                type.key("", "a"),
                io.higuma.model.ResourceMeta.unstored(io.higuma.model.Labels.NONE),
                "{\"spec\":{\"skipCreatingInitialPolicies\":[\"*\"],\"tomorrow\":{\"a\":1}},\"later\":1}");

        assertThat(read.spec()).isEqualTo(new io.higuma.model.core.MeshSpec(List.of("*")));
    }

    @ParameterizedTest
    @MethodSource("types")
    void rubbishIsToldAndNeverThrown(ResourceType<?> type) {
        Generated generated = new Generated(7);
        long start = System.nanoTime();
        for (int seed = 0; seed < ROUNDS * 5; seed++) {
            JsonNode document = generated.broken(document(type, generated, true));
            Parsed parsed = read(type, document);
            if (parsed instanceof Parsed.Ok ok) {
                SCHEMAS.check(ok.resource());
                SCHEMAS.warnings(ok.resource());
            } else {
                assertThat(parsed.allProblems()).as(document.toString()).isNotEmpty();
            }
        }
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));
    }

    @Test
    void yamlRubbishIsToldAndNeverThrown() {
        Random random = new Random(11);
        String alphabet = "ab:-?&*!|>%@`'\"{}[],# \n\t\\0\u0000\u00fc\ufeff";
        for (int round = 0; round < 3000; round++) {
            StringBuilder text = new StringBuilder("type: Mesh\nname: a\n");
            for (int i = random.nextInt(60); i > 0; i--) {
                text.insert(random.nextInt(text.length() + 1), alphabet.charAt(random.nextInt(alphabet.length())));
            }
            List<Parsed> parsed = reader.readDocuments(text.toString().getBytes(StandardCharsets.UTF_8), Limits.FILE);
            parsed.stream()
                    .filter(p -> !(p instanceof Parsed.Ok))
                    .forEach(p -> assertThat(p.allProblems()).isNotEmpty());
        }
    }

    @ParameterizedTest
    @MethodSource("types")
    void schemaAndReaderAgree(ResourceType<?> type) {
        Schema schema = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(JsonSchema.of(type).toString());
        Generated generated = new Generated(3);
        for (int round = 0; round < ROUNDS; round++) {
            JsonNode good = document(type, generated, round % 5 == 0);
            assertThat(schema.validate(good.toString(), InputFormat.JSON))
                    .as(good.toString())
                    .isEmpty();
            JsonNode bad = generated.broken(good);
            if (read(type, bad) instanceof Parsed.Ok ok
                    && SCHEMAS.check(ok.resource()).isEmpty()) {
                assertThat(withoutZeros(type, schema, bad)).as(bad.toString()).isTrue();
            } else if (schema.validate(bad.toString(), InputFormat.JSON).isEmpty()) {
                assertThat(read(type, bad).allProblems().stream()
                                .filter(p -> p.message().startsWith("in body")))
                        .as(bad.toString())
                        .isEmpty();
            }
        }
    }

    /// Flat types take an absent or null value for zero, which no schema can say.
    private static boolean withoutZeros(ResourceType<?> type, Schema schema, JsonNode document) {
        return type.shape() == Shape.FLAT
                || schema.validate(document.toString(), InputFormat.JSON).isEmpty();
    }
}
