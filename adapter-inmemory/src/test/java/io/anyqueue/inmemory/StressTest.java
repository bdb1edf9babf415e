package io.anyqueue.inmemory;

import static io.anyqueue.inmemory.Client.keyed;
import static io.anyqueue.inmemory.Client.message;
import static io.anyqueue.inmemory.Client.queue;
import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.Message;
import io.anyqueue.spi.Delivery;
import io.anyqueue.spi.Spec;
import io.anyqueue.spi.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Many threads at once. Consumers poll only when they are told that there is something, so that a lost wake-up stops them and
 * fails the test.
 */
class StressTest {
    private static final int SENDERS = 3;
    private static final int RECEIVERS = 3;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final ScheduledThreadPoolExecutor scheduler = new ScheduledThreadPoolExecutor(1);
    private final Client client = Client.on(TimeSource.system(), scheduler, "inmemory:", Map.of());

    @AfterEach
    void shutDown() {
        client.close();
        threads.shutdownNow();
        scheduler.shutdownNow();
    }

    /** What a consumer does with what it has polled. */
    private interface Handler {
        void handle(Consumer consumer, List<Delivery> deliveries);
    }

    private List<Future<?>> consume(Spec source, CountDownLatch left, Handler handler) {
        List<Future<?>> running = new ArrayList<>();
        for (int i = 0; i < RECEIVERS; i++) {
            Semaphore readable = new Semaphore(0);
            Consumer consumer = new Consumer();
            consumer.onReadable = readable::release;
            client.open(consumer, source);
            running.add(threads.submit(() -> {
                while (left.getCount() > 0) {
                    if (readable.tryAcquire(50, TimeUnit.MILLISECONDS)) {
                        readable.drainPermits();
                        drain(consumer, handler);
                    }
                }
                return null;
            }));
        }
        return running;
    }

    private static void drain(Consumer consumer, Handler handler) {
        List<Delivery> deliveries = consumer.poll(7);
        while (!deliveries.isEmpty()) {
            handler.handle(consumer, deliveries);
            deliveries = consumer.poll(7);
        }
    }

    private static void await(CountDownLatch left, List<Future<?>> running) throws Exception {
        boolean done = left.await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        assertThat(done).as("%d messages were never handled", left.getCount()).isTrue();
        for (Future<?> each : running) {
            each.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        }
    }

    @Test
    void every_message_is_handled_once_and_no_wake_up_is_lost() throws Exception {
        Spec source = queue("work");
        client.declare(source);
        int perSender = 20_000;
        CountDownLatch left = new CountDownLatch(SENDERS * perSender);
        AtomicIntegerArray handled = new AtomicIntegerArray(SENDERS * perSender);
        List<Future<?>> running = consume(source, left, (consumer, deliveries) -> {
            assertThat(consumer.ack(deliveries)).containsOnly("done");
            for (Delivery delivery : deliveries) {
                handled.incrementAndGet(Integer.parseInt(delivery.message().id()));
                left.countDown();
            }
        });
        for (int i = 0; i < SENDERS; i++) {
            int first = i * perSender;
            running.add(threads.submit(() -> send(source, first, perSender)));
        }
        await(left, running);
        for (int i = 0; i < handled.length(); i++) {
            assertThat(handled.get(i)).as("message %d", i).isEqualTo(1);
        }
        assertThat(client.counts(source)).containsExactly(0L, 0L, 0L);
    }

    /** Small batches of changing size, so that consumers run dry again and again. */
    private void send(Spec target, int first, int count) {
        Random random = new Random(first);
        int next = first;
        while (next < first + count) {
            Message[] batch = new Message[Math.min(1 + random.nextInt(3), first + count - next)];
            for (int i = 0; i < batch.length; i++) {
                batch[i] = message(Integer.toString(next++));
            }
            assertThat(client.send(target, batch)).containsOnly("confirmed");
        }
    }

    @Test
    void ORD_1_keys_stay_in_order_while_leases_lapse() throws Exception {
        Spec source = queue("keyed").withOrdered(true).withLease(Duration.ofMillis(30));
        client.declare(source);
        int keys = 16;
        int perKey = 500;
        CountDownLatch left = new CountDownLatch(keys * perKey);
        Lanes lanes = new Lanes();
        List<Future<?>> running = consume(source, left, (consumer, deliveries) -> {
            for (Delivery delivery : deliveries) {
                if (!lanes.passedOver(consumer, delivery) && lanes.handled(consumer, delivery)) {
                    left.countDown();
                }
            }
        });
        for (int n = 0; n < perKey; n++) {
            for (int k = 0; k < keys; k++) {
                client.send(source, keyed("k" + k + "-" + n, "k" + k));
            }
        }
        await(left, running);
        assertThat(lanes.wrong).isEmpty();
        assertThat(client.counts(source)).containsExactly(0L, 0L, 0L);
    }

    /** What consumers do that crash now and then, and the order in which they handle the messages of a lane. */
    private static final class Lanes {
        final Queue<String> wrong = new ConcurrentLinkedQueue<>();

        private final Map<String, AtomicInteger> latest = new ConcurrentHashMap<>();
        private final Map<Consumer, Map<String, Long>> givenUp = new ConcurrentHashMap<>();
        private final Random chance = new Random(4711);

        /** What follows a message that was given up is never handled by the same owner. */
        boolean passedOver(Consumer consumer, Delivery delivery) {
            Long epoch = lanesGivenUp(consumer).get(delivery.lane());
            return epoch != null && epoch == delivery.epoch();
        }

        private Map<String, Long> lanesGivenUp(Consumer consumer) {
            return givenUp.computeIfAbsent(consumer, each -> new HashMap<>());
        }

        /** {@return whether it was handled and acknowledged} A message may be handled again, but never before the one ahead. */
        boolean handled(Consumer consumer, Delivery delivery) {
            int number = Integer.parseInt(
                    delivery.message().id().substring(delivery.lane().length() + 1));
            int before = latest.computeIfAbsent(delivery.lane(), lane -> new AtomicInteger(-1))
                    .getAndAccumulate(number, Math::max);
            if (number > before + 1) {
                wrong.add(delivery.message().id() + " follows " + before);
            }
            if (crashes() || !consumer.ack(delivery).contains("done")) {
                lanesGivenUp(consumer).put(delivery.lane(), delivery.epoch());
                return false;
            }
            return true;
        }

        private synchronized boolean crashes() {
            return chance.nextInt(100) == 0;
        }
    }
}
