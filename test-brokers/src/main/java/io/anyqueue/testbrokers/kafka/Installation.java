package io.anyqueue.testbrokers.kafka;

import io.anyqueue.testbrokers.os.CachedFolder;
import io.anyqueue.testbrokers.os.Command;
import io.anyqueue.testbrokers.os.Lazy;
import io.anyqueue.testbrokers.os.ServerProcess;
import io.anyqueue.testbrokers.os.Workspace;
import io.anyqueue.testbrokers.tls.TestCertificates;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The broker's jars, and what is made of them once per machine and user, since it takes longer than a start: the formatted metadata, and
 * an archive of loaded classes that halves the start of each node. Safe for use by many threads and JVMs.
 *
 * @param jars the broker's
 * @param folder of what was made
 */
record Installation(ServerJars jars, Path folder) {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    /** Part of the folder's name: to be raised when what is put there changes. */
    private static final int EDITION = 1;

    private static final String CLASSES = "classes.jsa";
    private static final Lazy<Installation> SHARED = new Lazy<>(Installation::make);

    static Installation get() {
        return SHARED.get();
    }

    private static Installation make() {
        ServerJars jars = ServerJars.get();
        // The archive fits one JVM and one class path.
        String name = "kafka-" + jars.version() + "-java-" + System.getProperty("java.runtime.version") + "-"
                + Integer.toHexString(jars.classPath().hashCode()) + "-" + EDITION;
        CachedFolder cached = CachedFolder.named(name.replaceAll("[^A-Za-z0-9.-]", "_"));
        return new Installation(jars, cached.get(folder -> fill(jars, folder)));
    }

    Path checkpoint() {
        return folder.resolve(Format.CHECKPOINT);
    }

    JavaCommand java() {
        Path classes = folder.resolve(CLASSES);
        // A JVM that has no archive of its own classes makes none of others.
        return new JavaCommand(jars, Files.exists(classes) ? List.of("-XX:SharedArchiveFile=" + classes) : List.of());
    }

    private static void fill(ServerJars jars, Path folder) {
        NodePorts ports = NodePorts.open(1);
        try (Workspace workspace = Workspace.create("kafka-format")) {
            Path data = workspace.folder().resolve("data");
            Path settings = workspace.folder().resolve("server.properties");
            Files.writeString(
                    settings, NodeSettings.text(ports, List.of(ports), TestCertificates.get(), data.toString()));
            format(jars, workspace.folder(), settings);
            Files.copy(data.resolve(Format.CHECKPOINT), folder.resolve(Format.CHECKPOINT));
            archive(jars, workspace, settings, folder.resolve(CLASSES));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            ports.close();
        }
    }

    private static void format(ServerJars jars, Path temporary, Path settings) {
        List<String> arguments = new ArrayList<>(List.of("format", "-t", Format.newId(), "-c", settings.toString()));
        arguments.addAll(Format.USERS);
        List<String> words = new JavaCommand(jars, List.of()).storageTool(temporary, arguments);
        new Command(words, JavaCommand.ENVIRONMENT, LIMIT).run();
    }

    /** Starts a node once, only to see which classes it needs. */
    private static void archive(ServerJars jars, Workspace workspace, Path settings, Path classes) {
        JavaCommand java = new JavaCommand(jars, List.of("-XX:ArchiveClassesAtExit=" + classes));
        ServerProcess server = LocalNodes.server(workspace, "first node", java.server(workspace.folder(), settings));
        server.start();
        server.stop();
    }
}
