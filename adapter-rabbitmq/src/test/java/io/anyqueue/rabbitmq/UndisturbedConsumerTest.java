package io.anyqueue.rabbitmq;

import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.MessageQueue;
import io.anyqueue.QueueClient;
import io.anyqueue.testbrokers.rabbitmq.RabbitMq;
import io.anyqueue.testbrokers.rabbitmq.RabbitMqExtension;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A consumer that nobody disturbs, whose handlers are now fast and now slow. */
@ExtendWith(RabbitMqExtension.class)
class UndisturbedConsumerTest {
    private static final int MESSAGES = 10_000;

    /**
     * What the server counts as returned is taken for a crash here: from 3 on a message runs alone, and beyond 6 it is
     * dead-lettered without having run.
     */
    @Test
    void hasNoMessageThatLooksAsIfItHadCrashed(RabbitMq rabbit) throws Exception {
        ConcurrentMap<Integer, Integer> byDeliveries = new ConcurrentHashMap<>();
        CountDownLatch handled = new CountDownLatch(MESSAGES);
        try (QueueClient client = QueueClient.connect(rabbit.uri().toString())) {
            MessageQueue<String> queue = client.queue("undisturbed-" + UUID.randomUUID(), String.class);
            queue.consumer().concurrency(4).start((number, context) -> {
                byDeliveries.merge(context.deliveries(), 1, Integer::sum);
                if (number.endsWith("0")) {
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
                }
                handled.countDown();
            });
            for (int i = 0; i < MESSAGES; i++) {
                var unused = queue.sendAsync(Integer.toString(i));
            }
            assertThat(handled.await(3, TimeUnit.MINUTES)).isTrue();
        }
        assertThat(byDeliveries).as("messages by deliveries").containsOnlyKeys(1);
    }
}
