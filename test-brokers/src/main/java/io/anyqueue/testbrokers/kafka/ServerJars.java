package io.anyqueue.testbrokers.kafka;

import io.anyqueue.testbrokers.BrokerMissingException;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The jars of the broker, which the build of this module obtains and lists.
 *
 * @param files in the order of the class path
 */
record ServerJars(List<Path> files) {
    private static final String LIST = "server-jars";
    private static final Pattern SERVER = Pattern.compile("kafka_[0-9.]+-(.+)\\.jar");

    /**
     * {@return the jars}
     *
     * @throws BrokerMissingException if the build has not obtained them
     */
    static ServerJars get() {
        try (InputStream in = ServerJars.class.getResourceAsStream(LIST)) {
            if (in == null) {
                throw missing("The list of the jars of Kafka's broker is missing");
            }
            ServerJars jars = new ServerJars(new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(Path::of)
                    .toList());
            jars.files().stream()
                    .filter(file -> !Files.isReadable(file))
                    .findFirst()
                    .ifPresent(file -> {
                        throw missing("A jar of Kafka's broker is missing: " + file);
                    });
            return jars;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static BrokerMissingException missing(String what) {
        return new BrokerMissingException(
                what + ".\nBuild with Maven (./mvnw -Dquick -pl test-brokers process-resources), " + Servers.remedy(),
                null);
    }

    String classPath() {
        return files.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
    }

    /** {@return the broker's version} */
    String version() {
        return files.stream()
                .map(file -> SERVER.matcher(file.getFileName().toString()))
                .filter(Matcher::matches)
                .map(matcher -> matcher.group(1))
                .findFirst()
                .orElseThrow(() -> missing("None of the listed jars is Kafka's broker"));
    }
}
