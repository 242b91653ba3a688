package io.higuma.policies;

import static org.assertj.core.api.Assertions.assertThat;

import io.higuma.envoy.CompileException;
import io.higuma.envoy.CompiledCalls;
import io.higuma.envoy.CompiledProxy;
import io.higuma.envoy.Interner;
import io.higuma.envoy.ProxyCompiler;
import io.higuma.model.Cidr;
import io.higuma.model.Problem;
import io.higuma.model.Resource;
import io.higuma.model.Spec;
import io.higuma.model.core.CoreTypes;
import io.higuma.model.snapshot.MeshDelta;
import io.higuma.model.snapshot.MeshSnapshot;
import io.higuma.model.snapshot.PolicyTargets;
import io.higuma.model.target.RouteBackendRef;
import io.higuma.model.target.TopTargetRef;
import io.higuma.model.wire.ResourceSet;
import io.higuma.policy.InboundView.Acceptance;
import io.higuma.policy.PolicyMatcher;
import io.higuma.policy.PolicyModule;
import io.higuma.policy.ProxyView;
import io.higuma.policy.Selection;
import io.higuma.schema.Parsed;
import io.higuma.schema.ResourceReader;
import io.higuma.schema.Schemas;
import io.higuma.schema.core.CoreSchemas;
import io.higuma.schema.tree.Limits;
import io.higuma.testkit.envoy.EnvoyValidate;
import io.higuma.testkit.golden.EnvoyText;
import io.higuma.testkit.golden.GoldenFolder;
import io.higuma.testkit.golden.ViewFixture;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// Every case: resources as a person writes them, and the Envoy configuration that comes of them.
/// Each is also compiled from shuffled input (the same bytes), from a history of events in random
/// batches with changes that are undone (the same bytes), twice (the same references), and shown to
/// the real Envoy.
///
/// The name of a case begins with how the proxy stands: `plain-` without identity, `mtls-` with
/// one, `both-` while its callers are on their way to mutual TLS, `invalid-` for resources that are
/// refused.
class PolicyGoldenTest {

    private static final Schemas SCHEMAS = Schemas.of(CoreSchemas.all(), Policies.schemas());
    private static final ResourceReader READER = new ResourceReader(SCHEMAS.types());
    private static final List<Cidr> VIRTUAL = List.of(Cidr.parse("241.0.0.0/8"), Cidr.parse("243.0.0.0/8"));
    private static final PolicyTargets TARGETS = resource -> Policies.all().stream()
            .filter(module -> module.type().equals(resource.type()))
            .findFirst()
            .map(module -> target(module, resource));

    @TestFactory
    Stream<DynamicTest> cases() {
        List<GoldenFolder> folders = GoldenFolder.below(Path.of("src/test/cases"));
        assertThat(folders).isNotEmpty();
        return folders.stream().map(folder -> DynamicTest.dynamicTest(folder.name(), () -> verify(folder)));
    }

    private static void verify(GoldenFolder folder) {
        List<Parsed> parsed = READER.readDocuments(folder.read("in.yaml"), Limits.FILE);
        if (folder.name().startsWith("invalid-")) {
            folder.verify(Map.of("problems", problems(parsed)));
            return;
        }
        List<Resource> resources = parsed.stream()
                .map(p -> p instanceof Parsed.Ok ok ? ok.resource() : fail(p))
                .toList();
        resources.forEach(r -> assertThat(SCHEMAS.check(r).found()).isEmpty());
        ProxyCompiler compiler = new ProxyCompiler(new Interner(), VIRTUAL);
        Outcome outcome = compile(compiler, folder, resources);
        switch (outcome) {
            case Outcome.Failed failed -> folder.verify(Map.of("problems", failed.message() + "\n"));
            case Outcome.Made made -> {
                folder.verify(Map.of(
                        "clusters", EnvoyText.yaml(made.proxy().clusters()),
                        "listeners", EnvoyText.yaml(made.proxy().listeners()),
                        "routes", EnvoyText.yaml(made.proxy().routes())));
                sameFromShuffledInput(folder, resources, made.proxy());
                sameFromHistory(folder, resources, made.proxy());
                sameReferencesTwice(compiler, folder, resources, made.proxy());
                assertThat(EnvoyValidate.refusal(
                                made.proxy().clusters(),
                                made.proxy().listeners(),
                                made.proxy().routes()))
                        .as("the real Envoy")
                        .isEmpty();
            }
        }
    }

    private static Resource fail(Parsed parsed) {
        throw new AssertionError("in.yaml is not valid: " + parsed.allProblems());
    }

    private sealed interface Outcome {
        record Made(CompiledProxy proxy) implements Outcome {}

        record Failed(String message) implements Outcome {}
    }

    private static Outcome compile(ProxyCompiler compiler, GoldenFolder folder, List<Resource> resources) {
        boolean identity = !folder.name().startsWith("plain-");
        Acceptance acceptance = folder.name().startsWith("plain-")
                ? Acceptance.PLAINTEXT
                : folder.name().startsWith("both-") ? Acceptance.BOTH : Acceptance.AS_POLICY;
        ProxyView view = ViewFixture.view(resources, backends(resources), identity, acceptance);
        List<Selection<?>> policies = Policies.all().stream()
                .<Selection<?>>map(module -> selection(module, resources, view))
                .toList();
        try {
            CompiledCalls calls = compiler.compile(
                    view.calls(),
                    policies.stream()
                            .flatMap(each -> each.outbound(view.calls()).stream())
                            .toList());
            return new Outcome.Made(compiler.compile(
                    view,
                    policies.stream()
                            .flatMap(each -> each.inbound(view).stream())
                            .toList(),
                    calls));
        } catch (CompileException e) {
            return new Outcome.Failed(e.origin() + ": " + e.getMessage());
        }
    }

    private static List<RouteBackendRef> backends(List<Resource> resources) {
        return Policies.all().stream()
                .flatMap(module -> backends(module, resources))
                .toList();
    }

    private static <S extends Spec> Stream<RouteBackendRef> backends(PolicyModule<S> module, List<Resource> resources) {
        return resources.stream()
                .filter(r -> r.type().equals(module.type()))
                .flatMap(r -> module.backends(r.spec(module.type().spec())).stream());
    }

    private static <S extends Spec> Selection<S> selection(
            PolicyModule<S> module, List<Resource> resources, ProxyView view) {
        List<Resource> policies =
                resources.stream().filter(r -> r.type().equals(module.type())).toList();
        return new Selection<>(module, PolicyMatcher.match(module, policies, view.dataplane(), view.zone()));
    }

    private static void sameFromShuffledInput(GoldenFolder folder, List<Resource> resources, CompiledProxy expected) {
        List<Resource> shuffled = new ArrayList<>(resources);
        Collections.shuffle(shuffled, new Random(7));
        if (compile(new ProxyCompiler(new Interner(), VIRTUAL), folder, shuffled) instanceof Outcome.Made again) {
            assertThat(again.proxy().listeners()).isEqualTo(expected.listeners());
            assertThat(again.proxy().clusters()).isEqualTo(expected.clusters());
            assertThat(again.proxy().routes()).isEqualTo(expected.routes());
        } else {
            throw new AssertionError("shuffled input cannot be compiled");
        }
    }

    /// The resources come as events, cut into batches as chance has it; some go and come back, some are
    /// something else for a while. What a snapshot then finds by its indexes is what is compiled.
    private static void sameFromHistory(GoldenFolder folder, List<Resource> resources, CompiledProxy expected) {
        Random random = new Random(folder.name().hashCode());
        MeshSnapshot snapshot = MeshSnapshot.EMPTY;
        MeshDelta delta = new MeshDelta(snapshot, TARGETS);
        List<Resource> events = new ArrayList<>(resources);
        Collections.shuffle(events, random);
        long revision = 0;
        for (Resource resource : events) {
            revision++;
            delta.upsert(resource);
            if (random.nextBoolean()) {
                delta.upsert(resource.withMeta(
                        resource.meta().withLabels(resource.labels().with("changed", "for-a-while"))));
                if (random.nextBoolean()) {
                    snapshot = delta.apply();
                    delta = new MeshDelta(snapshot, TARGETS).delete(revision, resource.key());
                }
                if (random.nextBoolean()) {
                    snapshot = delta.apply();
                    delta = new MeshDelta(snapshot, TARGETS);
                }
                delta.upsert(resource);
            }
        }
        MeshSnapshot all = delta.apply();
        Resource dataplane = resources.stream()
                .filter(r -> r.type().equals(CoreTypes.DATAPLANE))
                .findFirst()
                .orElseThrow();
        List<Resource> found = new ArrayList<>();
        for (Resource resource : resources) {
            boolean policy =
                    Policies.all().stream().anyMatch(module -> module.type().equals(resource.type()));
            if (!policy
                    || all.mesh(resource.mesh()).policies(resource.type().name(), dataplane).stream()
                            .anyMatch(each -> each.key().equals(resource.key()))) {
                found.add(all.get(resource.key()).orElseThrow());
            }
        }
        if (compile(new ProxyCompiler(new Interner(), VIRTUAL), folder, found) instanceof Outcome.Made again) {
            assertThat(again.proxy().listeners()).isEqualTo(expected.listeners());
            assertThat(again.proxy().clusters()).isEqualTo(expected.clusters());
            assertThat(again.proxy().routes()).isEqualTo(expected.routes());
        } else {
            throw new AssertionError("what the snapshot holds cannot be compiled");
        }
    }

    private static <S extends Spec> TopTargetRef target(PolicyModule<S> module, Resource policy) {
        return module.target(policy.spec(module.type().spec()));
    }

    private static void sameReferencesTwice(
            ProxyCompiler compiler, GoldenFolder folder, List<Resource> resources, CompiledProxy first) {
        if (compile(compiler, folder, resources) instanceof Outcome.Made second) {
            sameReferences(second.proxy().listeners(), first.listeners());
            sameReferences(second.proxy().clusters(), first.clusters());
            sameReferences(second.proxy().routes(), first.routes());
        }
    }

    private static void sameReferences(ResourceSet again, ResourceSet first) {
        again.byName().forEach((name, resource) -> assertThat(resource).isSameAs(first.get(name)));
    }

    private static String problems(List<Parsed> parsed) {
        return parsed.stream()
                .flatMap(p -> (p instanceof Parsed.Ok ok
                                ? SCHEMAS.check(ok.resource()).found()
                                : p.allProblems())
                        .stream())
                .map(PolicyGoldenTest::line)
                .collect(Collectors.joining());
    }

    private static String line(Problem problem) {
        String place = Optional.of(problem.location())
                .filter(Problem.Location::known)
                .map(at -> " (line " + at.line() + ", column " + at.column() + ")")
                .orElse("");
        return problem.path() + ": " + problem.message() + place + "\n";
    }
}
