package io.anyqueue.testbrokers.debian;

import io.anyqueue.testbrokers.os.Command;
import io.anyqueue.testbrokers.os.CommandFailedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Installs packages on this machine. Safe for use by many threads: apt waits for its own lock. */
public final class AptInstall {
    private static final Logger LOG = LoggerFactory.getLogger(AptInstall.class);
    private static final Duration LIMIT = Duration.ofMinutes(15);

    private AptInstall() {}

    /**
     * {@return whether it is allowed and harmless} Where a service manager runs, the packages of servers start services: there,
     * {@link AptUnpack} is the way for root, too.
     */
    public static boolean isPossible() {
        return "root".equals(System.getProperty("user.name"))
                && Files.isExecutable(Path.of("/usr/bin/apt-get"))
                && !Files.isDirectory(Path.of("/run/systemd/system"));
    }

    /**
     * Installs a package with what it needs.
     *
     * @throws CommandFailedException if apt fails, also after it has fetched its lists anew
     */
    public static void install(String name) {
        LOG.info("Installing the package {}", name);
        try {
            apt("install", "--no-install-recommends", name);
        } catch (CommandFailedException noLists) {
            LOG.info("Fetching the lists of packages, since: {}", noLists.getMessage());
            apt("update");
            apt("install", "--no-install-recommends", name);
        }
    }

    private static void apt(String... arguments) {
        List<String> words = new ArrayList<>(List.of("apt-get", "-q", "-y", "-o", "DPkg::Lock::Timeout=600"));
        words.addAll(List.of(arguments));
        new Command(words, Map.of("DEBIAN_FRONTEND", "noninteractive"), LIMIT).run();
    }
}
