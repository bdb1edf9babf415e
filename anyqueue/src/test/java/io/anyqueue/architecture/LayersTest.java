package io.anyqueue.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Who may depend on whom, among all classes that users get. */
class LayersTest {
    private static final String ROOT = "io.anyqueue";
    private static final String SPI = "io.anyqueue.spi";
    private static final String SUPPORT = "io.anyqueue.spi.support";
    private static final List<String> OF_THE_API = List.of("", "spi", "saga");

    /** What a part may see beside the API and itself. */
    private static final Map<String, Set<String>> MAY_SEE = Map.of("test", Set.of("inmemory"));

    private static JavaClasses all;

    @BeforeAll
    static void read() {
        all = new ClassFileImporter()
                .withImportOption(location -> !location.contains("/test-classes/"))
                .importPackages(ROOT);
        assertThat(all.stream().map(LayersTest::part).distinct())
                .contains("api", "core", "json", "inmemory", "kafka", "rabbitmq", "test", "conformance");
    }

    @Test
    void theApiNeedsTheJdkAlone() {
        classes()
                .that(belongTo("api"))
                .should()
                .onlyDependOnClassesThat(belongTo("api")
                        .or(inPackages("java", "javax.net", "javax.net.ssl", "org.jspecify.annotations")))
                .check(all);
    }

    @Test
    void everyPartSeesTheApiAndItselfOnly() {
        classes().should(seeTheApiAndTheirOwnPartOnly()).check(all);
    }

    @Test
    void theUserApiDoesNotKnowTheSpi() {
        noClasses()
                .that()
                .resideInAPackage(ROOT)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(SPI + "..")
                .check(all);
    }

    @Test
    void theSpiDoesNotKnowItsHelpers() {
        noClasses()
                .that()
                .resideInAPackage(SPI)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(SUPPORT + "..")
                .check(all);
    }

    @Test
    void packagesFormNoCycles() {
        slices().assignedFrom(packages()).should().beFreeOfCycles().check(all);
    }

    @Test
    void nothingIsCalledAfterNothing() {
        noClasses()
                .should()
                .haveSimpleNameEndingWith("Util")
                .orShould()
                .haveSimpleNameEndingWith("Utils")
                .orShould()
                .haveSimpleNameEndingWith("Helper")
                .orShould()
                .haveSimpleNameEndingWith("Helpers")
                .check(all);
    }

    /** {@return the module of a class: {@code api}, or the first word behind the root package} */
    private static String part(JavaClass type) {
        String name = type.getPackageName();
        if (!name.equals(ROOT) && !name.startsWith(ROOT + ".")) {
            return "";
        }
        String first =
                name.equals(ROOT) ? "" : name.substring(ROOT.length() + 1).split("\\.", 2)[0];
        return OF_THE_API.contains(first) ? "api" : first;
    }

    private static DescribedPredicate<JavaClass> belongTo(String part) {
        return describe(
                "belong to " + part, type -> part(type.getBaseComponentType()).equals(part));
    }

    private static DescribedPredicate<JavaClass> inPackages(String... names) {
        return describe("are of the JDK or JSpecify", type -> {
            JavaClass element = type.getBaseComponentType();
            String name = element.getPackageName();
            return element.isPrimitive()
                    || name.startsWith("java.")
                    || List.of(names).contains(name);
        });
    }

    private static ArchCondition<JavaClass> seeTheApiAndTheirOwnPartOnly() {
        return new ArchCondition<>("see the API and their own part only") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                type.getDirectDependenciesFromSelf().forEach(dependency -> {
                    String other = part(dependency.getTargetClass().getBaseComponentType());
                    boolean allowed = other.isEmpty()
                            || other.equals("api")
                            || other.equals(part(type))
                            || MAY_SEE.getOrDefault(part(type), Set.of()).contains(other);
                    if (!allowed) {
                        events.add(SimpleConditionEvent.violated(type, dependency.getDescription()));
                    }
                });
            }
        };
    }

    private static SliceAssignment packages() {
        return new SliceAssignment() {
            @Override
            public SliceIdentifier getIdentifierOf(JavaClass type) {
                return type.getPackageName().startsWith(ROOT)
                        ? SliceIdentifier.of(type.getPackageName())
                        : SliceIdentifier.ignore();
            }

            @Override
            public String getDescription() {
                return "packages";
            }
        };
    }
}
