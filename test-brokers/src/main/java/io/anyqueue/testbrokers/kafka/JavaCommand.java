package io.anyqueue.testbrokers.kafka;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * How the programs of Kafka are run: by the JVM that runs the tests.
 *
 * @param jars the class path
 * @param options of the JVM, in addition
 */
record JavaCommand(ServerJars jars, List<String> options) {
    /** All of it. */
    static final Map<String, String> ENVIRONMENT = Map.of("PATH", "/usr/bin:/bin", "LANG", "C.UTF-8");

    private static final String LOG_LEVEL = "-Dorg.slf4j.simpleLogger.";

    /** Keeps a copy. */
    JavaCommand {
        options = List.copyOf(options);
    }

    /** {@return the words that run a node} */
    List<String> server(Path temporary, Path settings) {
        return words(temporary, "kafka.Kafka", List.of(settings.toString()));
    }

    /** {@return the words that run the tool for folders} */
    List<String> storageTool(Path temporary, List<String> arguments) {
        return words(temporary, "kafka.tools.StorageTool", arguments);
    }

    private List<String> words(Path temporary, String main, List<String> arguments) {
        List<String> words = new ArrayList<>();
        words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        // A short life is spent on starting: the quick compiler, the collector with the fewest threads.
        words.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx256m"));
        words.addAll(options);
        words.add("-Djava.io.tmpdir=" + temporary);
        words.add(LOG_LEVEL + "defaultLogLevel=warn");
        words.add(LOG_LEVEL + "showDateTime=true");
        words.add(LOG_LEVEL + "dateTimeFormat=HH:mm:ss.SSS");
        // Says that the server has started.
        words.add(LOG_LEVEL + "log.kafka.server.KafkaRaftServer=info");
        words.addAll(List.of("-cp", jars.classPath(), main));
        words.addAll(arguments);
        return words;
    }
}
