package io.anyqueue.testbrokers.rabbitmq;

import io.anyqueue.testbrokers.os.Command;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The programs of RabbitMQ and Erlang, as Debian's packages put them below a root folder.
 *
 * @param scripts rabbitmq-server, rabbitmqctl. Not those on the PATH, which insist on a certain user.
 * @param erlang the folder of Erlang
 */
record Installation(Path scripts, Path erlang) {
    private static final Duration LIMIT = Duration.ofMinutes(1);

    /** {@return what is installed below a folder; empty if either is missing} */
    static Optional<Installation> below(Path root) {
        Path erlang = root.resolve("usr/lib/erlang");
        return newest(root.resolve("usr/lib/rabbitmq/lib"), "rabbitmq_server-*")
                .map(server -> server.resolve("sbin"))
                .filter(scripts -> Files.isExecutable(scripts.resolve("rabbitmq-server")))
                .filter(scripts -> Files.isExecutable(erlang.resolve("bin/erl")))
                .map(scripts -> new Installation(scripts, erlang));
    }

    /** {@return the daemon in which nodes find each other} */
    Path epmd() {
        return newest(erlang, "erts-*")
                .map(erts -> erts.resolve("bin/epmd"))
                .filter(Files::isExecutable)
                .orElse(erlang.resolve("bin/epmd"));
    }

    /** Finds missing libraries before a server fails in a less clear way. */
    void check() {
        new Command(
                        List.of(erlang.resolve("bin/erl").toString(), "-noshell", "-eval", "crypto:start(), halt()."),
                        Map.of("ERL_ROOTDIR", erlang.toString()),
                        LIMIT)
                .run();
    }

    private static Optional<Path> newest(Path folder, String pattern) {
        if (!Files.isDirectory(folder)) {
            return Optional.empty();
        }
        Optional<Path> newest = Optional.empty();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, pattern)) {
            for (Path entry : entries) {
                if (newest.isEmpty() || newest.get().compareTo(entry) < 0) {
                    newest = Optional.of(entry);
                }
            }
            return newest;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
