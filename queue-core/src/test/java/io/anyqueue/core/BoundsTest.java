package io.anyqueue.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.ClientOptions;
import io.anyqueue.MessageQueue;
import io.anyqueue.Outgoing;
import io.anyqueue.QueueClient;
import io.anyqueue.QueueSpec;
import io.anyqueue.RetryPolicy;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.Collections;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Memory is bounded whatever the backlog and the handler do (rule BKP-1). */
class BoundsTest {
    private static final int BACKLOG = 50_000;
    private static final int MOST_MESSAGES = 1_000;
    private static final long MOST_BYTES = 64L * 1024 * 1024;

    private final ManualTime time = new ManualTime();
    private final MeterRegistry meters = new SimpleMeterRegistry();
    private final QueueClient client = QueueClient.connect(
            ClientOptions.of("inmemory:").use(time).use(time.clock()).use(meters));
    private final AtomicInteger runs = new AtomicInteger();
    private final AtomicInteger handled = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();

    @AfterEach
    void close() {
        client.close();
    }

    private int inFlight() {
        return (int) meters.get("q.inflight").gauge().value();
    }

    private void look() {
        most.accumulateAndGet(inFlight(), Math::max);
    }

    @Test
    void BKP_1_a_backlog_and_a_failing_handler_never_exceed_the_budget_of_messages() {
        MessageQueue<String> queue = client.queue("orders", String.class);
        queue.sendAll(Collections.nCopies(BACKLOG, Outgoing.of("x")));
        queue.consumer()
                .concurrency(4)
                .retry(RetryPolicy.blocking(Duration.ofSeconds(1)))
                .start((payload, context) -> {
                    if (runs.incrementAndGet() % 16 == 0) {
                        look();
                    }
                    if (context.attempt() == 1) {
                        throw new IOException("the first time");
                    }
                    handled.incrementAndGet();
                });
        time.passUntil(() -> {
            look();
            assertThat(handled).hasValue(BACKLOG);
        });
        assertThat(most.get()).as("most in flight").isBetween(100, MOST_MESSAGES);
        assertThat(runs).hasValue(2 * BACKLOG);
    }

    @Test
    void BKP_1_stuck_keys_fill_the_budget_and_no_more() {
        MessageQueue<String> queue =
                client.queue(QueueSpec.of("steps", String.class).orderedBy(text -> text));
        queue.sendAll(
                IntStream.range(0, 5_000).mapToObj(i -> Outgoing.of("k" + i)).toList());
        queue.consumer().retry(RetryPolicy.blocking(Duration.ofHours(1))).start(payload -> {
            runs.incrementAndGet();
            throw new IOException("always");
        });
        time.passUntil(() -> assertThat(runs).hasValue(MOST_MESSAGES));
        time.advance(Duration.ofMinutes(30));
        assertThat(inFlight()).isEqualTo(MOST_MESSAGES);
        assertThat(runs).hasValue(MOST_MESSAGES);
    }

    @Test
    void BKP_1_large_messages_never_exceed_the_budget_of_bytes_by_more_than_one_fetch() {
        MessageQueue<byte[]> queue = client.queue("large", byte[].class);
        byte[] body = new byte[512 * 1024];
        queue.sendAll(Collections.nCopies(200, Outgoing.of(body)));
        queue.consumer().retry(RetryPolicy.blocking(Duration.ofSeconds(1))).start((payload, context) -> {
            look();
            if (context.attempt() == 1) {
                throw new IOException("the first time");
            }
            handled.incrementAndGet();
        });
        time.passUntil(() -> {
            look();
            assertThat(handled).hasValue(200);
        });
        assertThat(most.get()).isBetween(20, (int) (MOST_BYTES / body.length) + 1);
    }
}
