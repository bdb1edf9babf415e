package io.anyqueue.samples.programs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What the README shows is what is compiled and tested. Tests run in the folder of their module. */
class ReadmeTest {
    private static final Pattern JAVA = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
    private static final Pattern PREAMBLE = Pattern.compile("(?m)^(package|import) .*\n");

    @Test
    void helloIsTheFirstProgram() throws IOException {
        String source = Files.readString(Path.of("src/main/java/io/anyqueue/samples/programs/P01_Hello.java"));
        String readme = Files.readString(Path.of("../../README.md"));
        List<String> shown = JAVA.matcher(readme)
                .results()
                .map(found -> found.group(1).strip())
                .toList();

        assertThat(shown)
                .containsExactly(PREAMBLE.matcher(source).replaceAll("").strip());
    }
}
