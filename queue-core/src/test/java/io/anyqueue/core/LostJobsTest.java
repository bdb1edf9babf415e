package io.anyqueue.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.ClientOptions;
import io.anyqueue.MessageQueue;
import io.anyqueue.QueueClient;
import io.anyqueue.QueueException;
import io.anyqueue.spi.Delivery;
import io.anyqueue.spi.Receiver;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Jobs that the broker takes away at a bad moment (rules RCV-4, BKP-1). All happens on the test's thread. */
class LostJobsTest {
    private static final Duration LEASE = Duration.ofSeconds(90);

    private final ManualTime time = new ManualTime();
    private final FaultyBroker broker = FaultyBroker.create(time);
    private final MeterRegistry meters = new SimpleMeterRegistry();
    private final Executor here = Runnable::run;
    private final QueueClient client = QueueClient.connect(ClientOptions.of("inmemory:")
            .use(broker)
            .use(time)
            .use(time.clock())
            .use(here)
            .use(meters));
    private final MessageQueue<String> queue = client.queue("orders", String.class);
    private final List<String> handled = new ArrayList<>();
    private Delivery newest;

    @AfterEach
    void close() {
        client.close();
        broker.close();
    }

    /** Remembers what is handed out, and may do something before the poll returns. */
    private final class Watched extends ForwardingReceiver {
        private final Runnable afterPoll;

        Watched(Receiver receiver, Runnable afterPoll) {
            super(receiver);
            this.afterPoll = afterPoll;
        }

        @Override
        public int poll(int max, long maxBytes, Consumer<? super Delivery> into) {
            int count = super.poll(max, maxBytes, delivery -> {
                newest = delivery;
                into.accept(delivery);
            });
            if (count > 0) {
                afterPoll.run();
            }
            return count;
        }
    }

    @Test
    void BKP_1_jobs_that_are_lost_while_they_run_leave_the_budget() {
        List<Receiver> opened = new ArrayList<>();
        broker.receivers(receiver -> {
            opened.add(receiver);
            return new Watched(receiver, () -> {});
        });
        queue.consume(payload -> {
            handled.add(payload);
            // Another consumer has it and is done with it.
            opened.get(0).ack(List.of(newest), new Unheard());
            broker.lose(newest);
        });
        try (TestLog log = TestLog.open()) {
            // More than the budget of 1,000.
            for (int i = 0; i < 1_100; i++) {
                queue.send("m" + i);
            }
            assertThat(log.aboveInfo()).hasSize(1_100);
        }
        assertThat(handled).hasSize(1_100).doesNotHaveDuplicates();
        assertThat(meters.get("q.inflight").gauge().value()).isZero();
    }

    @Test
    void RCV_4_what_is_lost_during_its_poll_is_handled_by_its_next_owner_only() {
        broker.receivers(receiver -> new Watched(receiver, () -> {
            if (newest.deliveries() == 1) {
                broker.lose(newest);
            }
        }));
        queue.consume((payload, context) -> handled.add(payload + "/" + context.deliveries()));
        try (TestLog log = TestLog.open()) {
            queue.send("x");
            assertThat(log.aboveInfo()).hasSize(1);
        }
        assertThat(handled).isEmpty();
        assertThat(meters.get("q.inflight").gauge().value()).isZero();
        time.advance(LEASE.plusSeconds(2));
        assertThat(handled).containsExactly("x/2");
    }

    /** What the other consumer is told does not matter here. */
    private static final class Unheard implements Receiver.Results {
        @Override
        public void done(Delivery delivery) {
            // As expected.
        }

        @Override
        public void stale(Delivery delivery) {
            throw new AssertionError("it was held");
        }

        @Override
        public void unknown(Delivery delivery, QueueException why) {
            throw new AssertionError(why);
        }
    }
}
