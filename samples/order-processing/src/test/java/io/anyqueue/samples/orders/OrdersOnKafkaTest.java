package io.anyqueue.samples.orders;

import io.anyqueue.testbrokers.ControlledBroker;
import io.anyqueue.testbrokers.Own;
import io.anyqueue.testbrokers.kafka.Kafka;
import io.anyqueue.testbrokers.kafka.KafkaExtension;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;

/** The sample on Kafka. */
@ExtendWith(KafkaExtension.class)
class OrdersOnKafkaTest extends OrdersOnBroker {
    private static Kafka kafka;

    @BeforeAll
    static void take(@Own Kafka own) {
        kafka = own;
    }

    @Override
    ControlledBroker server() {
        return kafka;
    }

    @Override
    String url() {
        return "kafka://" + kafka.bootstrap();
    }

    /** The group's lag. A partition of which nothing is committed has been read by nobody. */
    @Override
    long messages(Place place) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrap()))) {
            String topic = source(place);
            var partitions = admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic).partitions().stream()
                    .collect(Collectors.toMap(
                            each -> new TopicPartition(topic, each.partition()), each -> OffsetSpec.latest()));
            Map<TopicPartition, OffsetAndMetadata> committed = admin.listConsumerGroupOffsets(consumer(place))
                    .partitionsToOffsetAndMetadata()
                    .get();
            long lag = 0;
            for (var end : admin.listOffsets(partitions).all().get().entrySet()) {
                OffsetAndMetadata known = committed.get(end.getKey());
                lag += end.getValue().offset() - (known == null ? 0 : known.offset());
            }
            return lag;
        }
    }
}
