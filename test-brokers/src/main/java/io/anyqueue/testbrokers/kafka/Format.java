package io.anyqueue.testbrokers.kafka;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.UUID;

/** What is in the folder of a node before its first start. */
final class Format {
    /** Options of the tool that formats. */
    static final List<String> USERS = List.of(
            "--add-scram", user("SCRAM-SHA-256"),
            "--add-scram", user("SCRAM-SHA-512"));

    /** The one file that the tool takes long to make; it knows neither node nor cluster. */
    static final String CHECKPOINT = "bootstrap.checkpoint";

    private Format() {}

    private static String user(String mechanism) {
        return mechanism + "=[name=" + Kafka.USER + ",password=" + Kafka.PASSWORD + "]";
    }

    /** {@return a new id of a cluster or folder} */
    static String newId() {
        UUID id = UUID.randomUUID();
        byte[] bytes = ByteBuffer.allocate(16)
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits())
                .array();
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /**
     * Does what the tool does, without starting a JVM for it.
     *
     * @param data the folder, which is made
     * @param checkpoint the file that the tool has made once
     */
    static void write(Path data, String clusterId, int nodeId, Path checkpoint) throws IOException {
        Files.createDirectory(data);
        Files.copy(checkpoint, data.resolve(CHECKPOINT));
        Files.writeString(data.resolve("meta.properties"), """
                version=1
                cluster.id=%s
                node.id=%d
                directory.id=%s
                """.formatted(clusterId, nodeId, newId()));
    }
}
