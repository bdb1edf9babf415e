package io.anyqueue.testbrokers.rabbitmq;

import io.anyqueue.testbrokers.debian.AptUnpack;
import io.anyqueue.testbrokers.os.CachedFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** RabbitMQ and Erlang from packages unpacked into the user's cache, without root. Safe for use by many threads and JVMs. */
final class UnpackedInstallation {
    /** The rest of what the packages ask for is for services and their users. */
    private static final Pattern NEEDED = Pattern.compile("erlang-.*|socat|libwrap0");

    private static final Path RELEASE = Path.of("/etc/os-release");

    private UnpackedInstallation() {}

    static boolean isPossible() {
        return AptUnpack.isPossible();
    }

    /** {@return the installation; the first call on a machine takes a while} */
    static Installation get() {
        Path root = CachedFolder.named("rabbitmq-" + release()).get(UnpackedInstallation::fill);
        return Installation.below(root)
                .orElseThrow(() -> new IllegalStateException(root + " has no RabbitMQ in it; delete the folder"));
    }

    private static void fill(Path root) {
        AptUnpack.unpack("rabbitmq-server", NEEDED, root);
        try {
            for (Path script : erlScripts(root.resolve("usr/lib/erlang"))) {
                movable(script);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the scripts of Erlang could not be adapted", e);
        }
    }

    private static List<Path> erlScripts(Path erlang) throws IOException {
        try (Stream<Path> files = Files.walk(erlang, 3)) {
            return files.filter(file -> file.endsWith("bin/erl") && Files.isRegularFile(file))
                    .toList();
        }
    }

    /** The packages' scripts know only the folder of an installed Erlang. */
    private static void movable(Path script) throws IOException {
        String fixed = "ROOTDIR=/usr/lib/erlang\n";
        String text = Files.readString(script);
        if (!text.contains(fixed)) {
            throw new IOException(script + " does not contain " + fixed.strip() + ": another version of Erlang?");
        }
        Files.writeString(script, text.replace(fixed, "ROOTDIR=\"${ERL_ROOTDIR:-/usr/lib/erlang}\"\n"));
    }

    /** {@return the system whose packages fit this machine, such as debian-12-amd64} */
    private static String release() {
        Properties release = new Properties();
        try (var lines = Files.newBufferedReader(RELEASE)) {
            release.load(lines);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        String all = release.getProperty("ID", "linux") + "-" + release.getProperty("VERSION_ID", "unknown") + "-"
                + System.getProperty("os.arch");
        return all.replaceAll("[^A-Za-z0-9.-]", "");
    }
}
