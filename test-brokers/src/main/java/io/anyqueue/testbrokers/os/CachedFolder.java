package io.anyqueue.testbrokers.os;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * A folder that is filled once per machine and user, and kept for later JVMs. Safe for use by many threads and by many JVMs: one
 * fills it, the others wait.
 */
public final class CachedFolder {
    private static final Duration LIMIT = Duration.ofMinutes(5);
    /** A lock of a file is one of the whole JVM, not of a thread. */
    private static final ReentrantLock OF_JVM = new ReentrantLock();

    private final Path place;
    private final String name;

    private CachedFolder(Path place, String name) {
        this.place = place;
        this.name = name;
    }

    /** {@return the folder of a name that says all on which the content depends} */
    public static CachedFolder named(String name) {
        try {
            return new CachedFolder(place(), name);
        } catch (IOException e) {
            throw new UncheckedIOException("no place for cached files", e);
        }
    }

    /** The user's cache; a folder of temporary files for users without a home. */
    private static Path place() throws IOException {
        Path home = Path.of(System.getProperty("user.home", "/nonexistent"));
        boolean hasHome = Files.isDirectory(home) && Files.isWritable(home);
        Path place = hasHome
                ? home.resolve(".cache/anyqueue-test-brokers")
                : Path.of(
                        System.getProperty("java.io.tmpdir"),
                        "anyqueue-test-brokers-" + System.getProperty("user.name"));
        Files.createDirectories(place);
        String owner = Files.getOwner(place).getName();
        if (!owner.equals(System.getProperty("user.name"))) {
            throw new IOException(place + " belongs to " + owner + ", whose programs are not run; delete it");
        }
        Files.setPosixFilePermissions(place, PosixFilePermissions.fromString("rwx------"));
        return place;
    }

    /** {@return the folder, filled} The filler gets an empty one; if it throws, the next caller tries again. */
    public Path get(Consumer<Path> filler) {
        OF_JVM.lock();
        try (FileChannel file =
                FileChannel.open(place.resolve(name + ".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            // Closing the file gives the lock back.
            file.lock();
            Path folder = place.resolve(name);
            if (!Files.isDirectory(folder)) {
                fill(folder, filler);
            }
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            OF_JVM.unlock();
        }
    }

    private void fill(Path folder, Consumer<Path> filler) throws IOException {
        Path partial = place.resolve(name + ".partial");
        Command.of(LIMIT, "rm", "-rf", partial.toString()).run();
        filler.accept(Files.createDirectory(partial));
        Files.move(partial, folder, StandardCopyOption.ATOMIC_MOVE);
    }
}
