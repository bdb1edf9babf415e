package io.anyqueue.testbrokers.debian;

import io.anyqueue.testbrokers.os.Command;
import io.anyqueue.testbrokers.os.CommandFailedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Unpacks packages into a folder, for which nobody needs root. Lists and packages are fetched into the folder as well: those of the
 * system may be missing. Used by one thread.
 */
public final class AptUnpack {
    private static final Logger LOG = LoggerFactory.getLogger(AptUnpack.class);
    private static final Duration LIMIT = Duration.ofMinutes(15);

    private final Path work;

    private AptUnpack(Path work) {
        this.work = work;
    }

    /** {@return whether the programs for it are here} */
    public static boolean isPossible() {
        return Files.isExecutable(Path.of("/usr/bin/apt-get")) && Files.isExecutable(Path.of("/usr/bin/dpkg-deb"));
    }

    /**
     * Unpacks a package and those that it needs.
     *
     * @param name of the package
     * @param needed which of the others to unpack; the rest is expected on the system
     * @param root the folder to become the root of their files
     * @throws CommandFailedException if they cannot be had
     */
    public static void unpack(String name, Pattern needed, Path root) {
        LOG.info("Unpacking the package {} into {}", name, root);
        Path work = root.resolve("apt");
        try {
            Files.createDirectories(work.resolve("lists/partial"));
            Files.createDirectories(work.resolve("cache/archives/partial"));
            Files.createDirectories(work.resolve("packages"));
            AptUnpack apt = new AptUnpack(work);
            apt.run("apt-get", "update");
            apt.download(apt.withNeeded(name, needed.asMatchPredicate()));
            apt.unpack(root);
        } catch (IOException e) {
            throw new UncheckedIOException("the package " + name + " could not be unpacked into " + root, e);
        } finally {
            Command.of(LIMIT, "rm", "-rf", work.toString()).run();
        }
    }

    private List<String> withNeeded(String name, Predicate<String> needed) {
        String tree = run(
                "apt-cache",
                "depends",
                "--recurse",
                "--no-recommends",
                "--no-suggests",
                "--no-conflicts",
                "--no-breaks",
                "--no-replaces",
                "--no-enhances",
                name);
        // Lines that begin with a blank are relations, the others packages.
        return tree.lines()
                .filter(line -> line.equals(name) || needed.test(line))
                .distinct()
                .toList();
    }

    private void download(List<String> packages) {
        List<String> arguments = new ArrayList<>(List.of("download"));
        arguments.addAll(packages);
        run("apt-get", arguments.toArray(String[]::new));
    }

    private void unpack(Path root) throws IOException {
        try (DirectoryStream<Path> packages = Files.newDirectoryStream(work.resolve("packages"), "*.deb")) {
            for (Path file : packages) {
                Command.of(LIMIT, "dpkg-deb", "-x", file.toString(), root.toString())
                        .run();
            }
        }
    }

    /** In the folder of packages, as downloads go where the program is run. */
    private String run(String program, String... arguments) {
        List<String> words = new ArrayList<>(List.of(
                "env",
                "-C",
                work.resolve("packages").toString(),
                program,
                "-qq",
                "-o",
                "Dir::State::lists=" + work.resolve("lists"),
                "-o",
                "Dir::Cache=" + work.resolve("cache"),
                // Root would become another user, who may not write here.
                "-o",
                "APT::Sandbox::User=root"));
        words.addAll(Arrays.asList(arguments));
        return Command.of(LIMIT, words.toArray(String[]::new)).run();
    }
}
