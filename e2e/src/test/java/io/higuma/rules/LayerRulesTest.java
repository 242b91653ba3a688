package io.higuma.rules;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// The layers of `docs/architecture.md`. Think hard about the layering before changing this file.
class LayerRulesTest {

    private static final JavaClasses PRODUCT = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .withImportOption(location -> !location.contains("-tests.jar"))
            .importPackages("io.higuma");

    /// What a module may use of ours. Order is top to bottom; an arrow only ever points up this list.
    private static final Map<String, List<String>> MAY_USE = new LinkedHashMap<>();

    static {
        MAY_USE.put("model", List.of());
        MAY_USE.put("schema", List.of("model"));
        MAY_USE.put("store", List.of("model"));
        MAY_USE.put("identity", List.of("model"));
        MAY_USE.put("policy", List.of("model"));
        MAY_USE.put("policies", List.of("model", "schema", "policy"));
        MAY_USE.put("envoy", List.of("model", "policy"));
        MAY_USE.put("xds", List.of("model"));
        MAY_USE.put("engine", List.of("model", "store", "identity", "policy", "envoy", "xds"));
        MAY_USE.put("api", List.of("model", "schema", "store", "identity", "policy", "policies", "envoy", "engine"));
        MAY_USE.put(
                "controlplane",
                List.of("model", "schema", "store", "identity", "policy", "policies", "envoy", "xds", "engine", "api"));
        MAY_USE.put("dataplane", List.of("model", "schema"));
        MAY_USE.put("cli", List.of("model", "schema"));
        // A client of the contract: of ours it knows the names of the wire and nothing of how they come about. Its
        // benchmarks of inner loops are tests and may look at everything.
        MAY_USE.put("bench", List.of("model"));
    }

    /// Libraries that only these modules may touch, so that leaving one is work in one place.
    private static final Map<String, List<String>> CONFINED = new TreeMap<>(Map.of(
            "io.envoyproxy..", List.of("policy", "policies", "envoy", "xds", "testkit", "bench"),
            "java.sql..", List.of("store"),
            "org.sqlite..", List.of("store"),
            "org.bouncycastle..", List.of("identity"),
            "com.nimbusds..", List.of("identity"),
            "io.grpc..", List.of("xds", "api", "controlplane", "testkit", "bench"),
            "com.linecorp.armeria..", List.of("xds", "api", "controlplane", "testkit", "bench"),
            "io.netty..", List.of("xds", "api", "controlplane", "testkit", "bench"),
            "tools.jackson..", List.of("schema", "api", "controlplane", "dataplane", "cli", "testkit", "bench"),
            "com.fasterxml..", List.of()));

    @TestFactory
    List<DynamicTest> aModuleUsesOnlyWhatStandsAboveIt() {
        return MAY_USE.entrySet().stream()
                .map(entry -> DynamicTest.dynamicTest(entry.getKey(), () -> {
                    String module = entry.getKey();
                    noClasses()
                            .that(residesInModule(module))
                            .should()
                            .dependOnClassesThat(isOursOutside(module, entry.getValue()))
                            // The bench comes after this module; there these rules run once more.
                            .allowEmptyShould(module.equals("bench"))
                            .check(PRODUCT);
                }))
                .toList();
    }

    @TestFactory
    List<DynamicTest> aConfinedLibraryStaysInItsModules() {
        return CONFINED.entrySet().stream()
                .map(entry -> DynamicTest.dynamicTest(
                        entry.getKey(),
                        () -> noClasses()
                                .that(residesOutsideModules(entry.getValue()))
                                .should()
                                .dependOnClassesThat()
                                .resideInAPackage(entry.getKey())
                                .allowEmptyShould(true)
                                .check(PRODUCT)))
                .toList();
    }

    @Test
    void aPolicyNeverImportsAnother() {
        noClasses()
                .that()
                .resideInAPackage("io.higuma.policies.(*)..")
                .should(importAnotherPolicy())
                .check(PRODUCT);
    }

    @Test
    void namesAreOfTheFieldAndNotOfThePattern() {
        noClasses()
                .should()
                .haveNameMatching(".*(Impl|Manager|Utils?|Helper)(\\$.*)?")
                .orShould()
                .haveNameMatching(".*[.$]Abstract[A-Z].*")
                .check(PRODUCT);
    }

    @Test
    void accessorsHaveNoGetPrefix() {
        ArchRuleDefinition.methods().should(notStartWithGet()).check(PRODUCT);
    }

    @Test
    void everyPackageIsNullMarked() {
        classes().should(liveInANullMarkedPackage()).check(PRODUCT);
    }

    private static DescribedPredicate<JavaClass> residesInModule(String module) {
        return DescribedPredicate.describe("in module " + module, type -> module.equals(moduleOf(type)));
    }

    private static DescribedPredicate<JavaClass> residesOutsideModules(List<String> modules) {
        return DescribedPredicate.describe("outside modules " + modules, type -> !modules.contains(moduleOf(type)));
    }

    private static DescribedPredicate<JavaClass> isOursOutside(String module, List<String> allowed) {
        return DescribedPredicate.describe("in a module other than " + allowed, type -> {
            String other = moduleOf(type);
            return !other.isEmpty() && !other.equals(module) && !allowed.contains(other);
        });
    }

    /// The module is the first package after `io.higuma`; `store.sql` counts as `store`.
    private static String moduleOf(JavaClass type) {
        String name = type.getPackageName();
        if (!name.startsWith("io.higuma.")) {
            return "";
        }
        String rest = name.substring("io.higuma.".length());
        int dot = rest.indexOf('.');
        return dot < 0 ? rest : rest.substring(0, dot);
    }

    private static ArchCondition<JavaClass> importAnotherPolicy() {
        return new ArchCondition<>("import another policy's package") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                String own = policyOf(type);
                type.getDirectDependenciesFromSelf().forEach(dependency -> {
                    String other = policyOf(dependency.getTargetClass());
                    if (!own.isEmpty() && !other.isEmpty() && !own.equals(other)) {
                        events.add(SimpleConditionEvent.satisfied(type, dependency.getDescription()));
                    }
                });
            }
        };
    }

    private static String policyOf(JavaClass type) {
        String prefix = "io.higuma.policies.";
        String name = type.getPackageName();
        if (!name.startsWith(prefix)) {
            return "";
        }
        return name.substring(prefix.length()).split("\\.", 2)[0];
    }

    private static ArchCondition<JavaMethod> notStartWithGet() {
        return new ArchCondition<>("not start with get") {
            @Override
            public void check(JavaMethod method, ConditionEvents events) {
                boolean ours = !method.getModifiers().contains(com.tngtech.archunit.core.domain.JavaModifier.SYNTHETIC);
                if (ours && method.getName().matches("get[A-Z].*") && !overridesForeign(method)) {
                    if (!method.getName().equals("getOrDefault")) {
                        events.add(SimpleConditionEvent.violated(method, method.getFullName()));
                    }
                }
            }
        };
    }

    private static boolean overridesForeign(JavaMethod method) {
        String[] parameters =
                method.getRawParameterTypes().stream().map(JavaClass::getName).toArray(String[]::new);
        return java.util.stream.Stream.concat(
                        method.getOwner().getAllRawSuperclasses().stream(),
                        method.getOwner().getAllRawInterfaces().stream())
                .filter(parent -> !parent.getName().startsWith("io.higuma"))
                .anyMatch(parent ->
                        parent.tryGetMethod(method.getName(), parameters).isPresent()
                                || parent.getMethods().stream()
                                        .anyMatch(m -> m.getName().equals(method.getName())));
    }

    private static ArchCondition<JavaClass> liveInANullMarkedPackage() {
        return new ArchCondition<>("live in a package marked @NullMarked") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                boolean marked = type.getPackage()
                        .tryGetAnnotationOfType(NullMarked.class)
                        .isPresent();
                events.add(new SimpleConditionEvent(type, marked, type.getPackageName() + " lacks @NullMarked"));
            }
        };
    }
}
