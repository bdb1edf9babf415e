package io.anyqueue.kafka;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** What a plain reader of committed messages finds in topics: with the client library, as a foreign program would. */
record Committed(String servers) {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Duration STEP = Duration.ofMillis(200);

    /** {@return all bodies, as text, up to the end or the first transaction that is open} */
    List<String> read(String topic) {
        return read(topic, "read_committed");
    }

    /** {@return also what was aborted} */
    List<String> readAll(String topic) {
        return read(topic, "read_uncommitted");
    }

    private List<String> read(String topic, String isolation) {
        List<String> found = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> reader = new KafkaConsumer<>(
                Map.of("bootstrap.servers", servers, "isolation.level", isolation, "auto.offset.reset", "earliest"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            List<TopicPartition> all = reader.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .toList();
            reader.assign(all);
            reader.seekToBeginning(all);
            Map<TopicPartition, Long> ends = reader.endOffsets(all);
            long since = System.nanoTime();
            while (all.stream().anyMatch(each -> reader.position(each) < ends.get(each))) {
                if (System.nanoTime() - since > LIMIT.toNanos()) {
                    throw new AssertionError(topic + " was not read up to " + ends + ", but for " + found.size());
                }
                for (ConsumerRecord<byte[], byte[]> record : reader.poll(STEP)) {
                    found.add(new String(record.value(), StandardCharsets.UTF_8));
                }
            }
        }
        return found;
    }
}
