package io.anyqueue.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What is read from the sources, as it concerns modules that the starter does not see, or tests. */
class SourcesTest {
    private static final Pattern SLEEP = Pattern.compile("\\bsleep\\s*\\(");
    private static final Pattern IMPORT = Pattern.compile("(?m)^import (?:static )?(io\\.anyqueue\\.[\\w.]+);");
    private static final Pattern MODULE_NAME = Pattern.compile("module ([\\w.]+) \\{");
    private static final Pattern VAGUE = Pattern.compile(".*(Utils?|Helpers?)\\.java");

    @Test
    void noTestSleeps() {
        List<String> offenders = new ArrayList<>();
        for (Path file : Repository.sources("src/test/java")) {
            SLEEP.matcher(Repository.code(file)).results().forEach(found -> offenders.add(place(file, found.start())));
        }
        assertThat(offenders)
                .as("tests that sleep; wait for a condition with a deadline, or turn a clock")
                .isEmpty();
    }

    @Test
    void noFileIsCalledAfterNothing() {
        assertThat(allSources())
                .filteredOn(file -> VAGUE.matcher(file.getFileName().toString()).matches())
                .isEmpty();
    }

    /** The core exports nothing, and elsewhere packages called {@code internal} are the module's own. */
    @Test
    void internalPackagesAreUsedByTheirModuleOnly() {
        List<String> offenders = new ArrayList<>();
        for (Path file : allSources()) {
            String code = Repository.code(file);
            Matcher matcher = IMPORT.matcher(code);
            while (matcher.find()) {
                String owner = owner(matcher.group(1));
                if (!owner.isEmpty() && !packageOf(code).startsWith(owner)) {
                    offenders.add(place(file, matcher.start()) + " imports " + matcher.group(1));
                }
            }
        }
        assertThat(offenders).isEmpty();
    }

    @Test
    void everyPublishedModuleHasADescriptor() {
        List<String> names = Repository.sources("src/main/java").stream()
                .filter(file -> file.endsWith("module-info.java"))
                .map(file -> MODULE_NAME.matcher(Repository.code(file)))
                .filter(Matcher::find)
                .map(matcher -> matcher.group(1))
                .toList();
        assertThat(names)
                .contains(
                        "io.anyqueue.api",
                        "io.anyqueue.core",
                        "io.anyqueue.json",
                        "io.anyqueue.inmemory",
                        "io.anyqueue.test",
                        "io.anyqueue.conformance")
                .doesNotHaveDuplicates();
    }

    /** {@return the package whose classes alone may use an internal class; empty if the class is not internal} */
    private static String owner(String imported) {
        if (imported.startsWith("io.anyqueue.core.")) {
            return "io.anyqueue.core";
        }
        int internal = imported.indexOf(".internal.");
        return internal < 0 ? "" : imported.substring(0, internal);
    }

    private static String packageOf(String code) {
        Matcher matcher = Pattern.compile("(?m)^package ([\\w.]+);").matcher(code);
        return matcher.find() ? matcher.group(1) : "";
    }

    private static List<Path> allSources() {
        return Stream.of("src/main/java", "src/test/java")
                .flatMap(folder -> Repository.sources(folder).stream())
                .toList();
    }

    private static String place(Path file, int index) {
        return Repository.ROOT.relativize(file) + ":" + Repository.line(Repository.code(file), index);
    }
}
