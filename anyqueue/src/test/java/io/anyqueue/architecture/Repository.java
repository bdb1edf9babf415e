package io.anyqueue.architecture;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The files of the repository, as text. */
public final class Repository {
    /** Tests run in their module's folder. */
    public static final Path ROOT = Path.of("").toAbsolutePath().getParent();

    private static final Pattern MODULE = Pattern.compile("<module>([^<]+)</module>");
    /** Text in quotes comes first: what looks like a comment there is none. */
    private static final Pattern TEXT_OR_COMMENT = Pattern.compile(
            "\"\"\".*?\"\"\"|\"(?:\\\\.|[^\"\\\\\n])*+\"|'(?:\\\\.|[^'\\\\\n])++'|/\\*.*?\\*/|//[^\n]*",
            Pattern.DOTALL);

    private Repository() {}

    /** {@return the folders of all modules} */
    static List<Path> modules() {
        Matcher matcher = MODULE.matcher(read(ROOT.resolve("pom.xml")));
        return matcher.results().map(result -> ROOT.resolve(result.group(1))).toList();
    }

    /** {@return the Java files below the folders of all modules that have such a folder} */
    static List<Path> sources(String folder) {
        return modules().stream()
                .map(module -> module.resolve(folder))
                .filter(Files::isDirectory)
                .flatMap(Repository::javaFiles)
                .toList();
    }

    private static Stream<Path> javaFiles(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(".java")).toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@return a Java file without texts and comments, but with all its lines} */
    static String code(Path file) {
        return TEXT_OR_COMMENT.matcher(read(file)).replaceAll(found -> "\n".repeat(newlines(found.group())));
    }

    /** {@return the line of a place in a text, counted from 1} */
    static int line(String text, int index) {
        return 1 + newlines(text.substring(0, index));
    }

    private static int newlines(String text) {
        return (int) text.chars().filter(c -> c == '\n').count();
    }

    /** {@return a file's text} */
    public static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
