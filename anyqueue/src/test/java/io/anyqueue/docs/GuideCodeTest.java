package io.anyqueue.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.architecture.Repository;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Code in a guide that names its file is that file's code, line by line: the file is compiled and tested, so the guide is. */
class GuideCodeTest {
    private static final Pattern BLOCK = Pattern.compile("```java\\n// (\\S+\\.java)\\n(.*?)```", Pattern.DOTALL);
    private static final List<String> GUIDES = List.of("writing-an-adapter.md");

    record Block(String guide, String file, String code) {
        @Override
        public String toString() {
            return guide + ": " + file.substring(file.lastIndexOf('/') + 1);
        }
    }

    static Stream<Block> blocks() {
        return GUIDES.stream()
                .flatMap(guide -> BLOCK.matcher(Repository.read(Repository.ROOT.resolve(Path.of("docs", guide))))
                        .results()
                        .map((MatchResult found) -> new Block(guide, found.group(1), found.group(2))));
    }

    @Test
    void thereAreSome() {
        assertThat(blocks()).hasSizeGreaterThan(10);
    }

    @ParameterizedTest
    @MethodSource("blocks")
    void isTheCodeOfItsFile(Block block) {
        String source = squeezed(Repository.read(Repository.ROOT.resolve(block.file())));
        for (String line : block.code().lines().toList()) {
            for (String part : line.split("…", -1)) {
                assertThat(source).as("%s", block).contains(squeezed(part.replaceAll(";\\s*$", "")));
            }
        }
    }

    private static String squeezed(String text) {
        return text.replaceAll("\\s+", " ").strip();
    }
}
