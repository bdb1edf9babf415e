package io.anyqueue.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.anyqueue.ErrorCode;
import io.anyqueue.MessageQueue;
import io.anyqueue.QueueClient;
import io.anyqueue.QueueException;
import io.anyqueue.testbrokers.kafka.Kafka;
import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.FeatureUpdate;
import org.apache.kafka.clients.admin.FeatureUpdate.UpgradeType;
import org.apache.kafka.clients.admin.FinalizedVersionRange;
import org.apache.kafka.clients.admin.UpdateFeaturesOptions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Brokers that were upgraded and whose features were not: what they lack is said, and is used once they have it (rule CAP-1). */
@Timeout(300)
class FeaturesTest {
    private static final Kafka KAFKA = Kafka.own();
    private static final Duration SOON = Duration.ofMinutes(1);

    private final String name = "features-" + UUID.randomUUID();
    private final Queue<String> handled = new ConcurrentLinkedQueue<>();

    @AfterAll
    static void close() {
        KAFKA.close();
    }

    @Test
    void withoutShareGroups() throws Exception {
        set("share.version", 0, UpgradeType.SAFE_DOWNGRADE);
        try (QueueClient client = QueueClient.connect("kafka://" + KAFKA.bootstrap() + "?consume=share")) {
            QueueException refused = catchThrowableOfType(QueueException.class, () -> client.queue(name, String.class));
            assertThat(refused.code()).isEqualTo(ErrorCode.UNSUPPORTED);
            assertThat(refused).hasMessageContaining("share.version").hasMessageContaining("consume=groups");
            set("share.version", 1, UpgradeType.UPGRADE);
            MessageQueue<String> queue = client.queue(name, String.class);
            queue.consume(handled::add);
            queue.send("x");
            await().atMost(SOON).untilAsserted(() -> assertThat(handled).containsExactly("x"));
        }
    }

    /** What goes without transactions goes on. */
    @Test
    void withoutTheTransactionsThatTellOneFromTheNext() throws Exception {
        set("transaction.version", 1, UpgradeType.SAFE_DOWNGRADE);
        try (QueueClient client = QueueClient.connect("kafka://" + KAFKA.bootstrap())) {
            MessageQueue<String> queue = client.queue(name, String.class);
            MessageQueue<String> results = client.queue(name + "-results", String.class);
            results.consume(handled::add);
            results.send("as always");
            queue.consumer().exactlyOnce().start((text, context) -> context.send(results, text));
            queue.send("exactly once");
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(client.health().toString())
                            .contains(name, "transaction.version", "kafka-features upgrade"));
            await().atMost(SOON).untilAsserted(() -> assertThat(handled).containsExactly("as always"));
            set("transaction.version", 2, UpgradeType.UPGRADE);
            await().atMost(SOON).untilAsserted(() -> assertThat(handled).containsExactly("as always", "exactly once"));
        }
    }

    private static void set(String feature, int level, UpgradeType how) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", KAFKA.bootstrap()))) {
            admin.updateFeatures(Map.of(feature, new FeatureUpdate((short) level, how)), new UpdateFeaturesOptions())
                    .all()
                    .get(30, TimeUnit.SECONDS);
            await("the broker knows of it").atMost(SOON).until(() -> level(admin, feature) == level);
        }
    }

    /** What is not listed is off. */
    private static int level(Admin admin, String feature) throws Exception {
        FinalizedVersionRange range = admin.describeFeatures()
                .featureMetadata()
                .get(30, TimeUnit.SECONDS)
                .finalizedFeatures()
                .get(feature);
        return range == null ? 0 : range.maxVersionLevel();
    }
}
