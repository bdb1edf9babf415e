package io.anyqueue.benchmarks;

import io.anyqueue.benchmarks.Program.Target;
import io.anyqueue.testbrokers.kafka.Kafka;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;

/**
 * Anyqueue on Kafka beside the client library alone. Arguments: {@code [rounds] [which of
 * sends,receives,blocking,latency,ordered-sends,ordered-receives,ordered-blocking] [which lanes, by number] [rounds to warm up]}.
 */
public final class KafkaComparison implements BenchmarkedBroker {
    private static final Load LOAD = new Load(10_000, 100_000, 1_000, 150_000, 10_000);

    private final Kafka server = Kafka.own();
    private final Admin admin = Admin.create(Map.of("bootstrap.servers", server.bootstrap()));

    private KafkaComparison() {}

    /** Runs the comparison and prints it. */
    public static void main(String[] args) throws Exception {
        try (KafkaComparison broker = new KafkaComparison()) {
            Comparison.run(
                    broker,
                    List.of(AnyqueueProgram::new, RawKafkaProgram::waiting, RawKafkaProgram::ahead),
                    "sends,ordered-sends,receives,ordered-receives,blocking,ordered-blocking",
                    args);
        }
    }

    @Override
    public String name() {
        return "Kafka " + server.version();
    }

    @Override
    public String url() {
        return "kafka://" + server.bootstrap();
    }

    @Override
    public Load load() {
        return LOAD;
    }

    @Override
    public long left(Target target, String program) throws Exception {
        String group = program.equals(AnyqueueProgram.NAME) ? target.name() : RawKafkaProgram.group(target);
        long committed = admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get().entrySet().stream()
                .filter(each -> each.getKey().topic().equals(target.name()))
                .mapToLong(each -> each.getValue().offset())
                .sum();
        return messages(target.name()) - committed;
    }

    private long messages(String topic) throws Exception {
        var ends = admin.describeTopics(Set.of(topic)).allTopicNames().get().values().stream()
                .flatMap(description -> description.partitions().stream())
                .collect(Collectors.toMap(
                        each -> new TopicPartition(topic, each.partition()), each -> OffsetSpec.latest()));
        return admin.listOffsets(ends).all().get().values().stream()
                .mapToLong(end -> end.offset())
                .sum();
    }

    @Override
    public long delete(Target target) throws Exception {
        String deadLetters = target.name() + "--dlq";
        Collection<String> mine = admin.listTopics().names().get().stream()
                .filter(topic -> topic.equals(target.name()) || topic.startsWith(target.name() + "--"))
                .toList();
        long dead = mine.contains(deadLetters) ? messages(deadLetters) : 0;
        admin.deleteTopics(mine).all().get();
        return dead;
    }

    @Override
    public void close() {
        admin.close();
        server.close();
    }
}
