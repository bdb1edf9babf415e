package io.anyqueue.core;

import static io.anyqueue.core.Eventually.awaitLatch;
import static io.anyqueue.core.Eventually.eventually;
import static io.anyqueue.core.Eventually.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.anyqueue.ClientOptions;
import io.anyqueue.ErrorCode;
import io.anyqueue.Health;
import io.anyqueue.MessageConsumer;
import io.anyqueue.MessageQueue;
import io.anyqueue.MessageTopic;
import io.anyqueue.Outgoing;
import io.anyqueue.QueueClient;
import io.anyqueue.RetryPolicy;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Starting, pausing, stopping and closing (rules LIF-1, LIF-2, LIF-5, BKP-2, BKP-4). */
class LifecycleTest {
    private static final Duration LONG = Duration.ofSeconds(10);

    private final FaultyBroker broker = FaultyBroker.create();
    private final QueueClient client = connect();
    private final MessageQueue<String> queue = client.queue("orders", String.class);
    private final Queue<String> handled = new ConcurrentLinkedQueue<>();
    private final CountDownLatch running = new CountDownLatch(1);
    private final CountDownLatch end = new CountDownLatch(1);

    private QueueClient connect(Object... components) {
        ClientOptions options = ClientOptions.of("inmemory:").use(broker);
        List.of(components).forEach(options::use);
        return QueueClient.connect(options);
    }

    @AfterEach
    void close() {
        end.countDown();
        client.close();
        broker.close();
    }

    private void send(int messages) {
        queue.sendAll(
                IntStream.range(0, messages).mapToObj(i -> Outgoing.of("m" + i)).toList());
    }

    /** Waits for {@link #end}. */
    private void handleSlowly(String payload) throws InterruptedException {
        running.countDown();
        end.await();
        handled.add(payload);
    }

    private static <V> FutureTask<V> inBackground(Callable<V> call) {
        FutureTask<V> task = new FutureTask<>(call);
        Thread thread = new Thread(task, "test-background");
        thread.setDaemon(true);
        thread.start();
        return task;
    }

    @Test
    void LIF_1_stop_waits_for_a_running_handler_and_its_message_is_acknowledged() throws Exception {
        MessageConsumer consumer = queue.consume(this::handleSlowly);
        queue.send("x");
        awaitLatch(running);
        FutureTask<Boolean> stop = inBackground(() -> consumer.stop(LONG));
        eventually(() -> assertThat(consumer.health().status()).isEqualTo(Health.Status.DOWN));
        assertThat(stop).isNotDone();
        end.countDown();
        assertThat(stop.get(10, TimeUnit.SECONDS)).isTrue();
        assertThat(handled).containsExactly("x");
        assertThat(broker.receiving.acknowledged).hasValue(1);
        assertThat(consumer.stop(Duration.ZERO)).as("stopping again").isTrue();
    }

    @Test
    void LIF_1_what_was_fetched_and_does_not_run_goes_to_another_client_within_two_seconds() throws Exception {
        send(9);
        MessageConsumer consumer = queue.consumer()
                .retry(RetryPolicy.blocking(Duration.ofHours(1)))
                .start(payload -> {
                    if (payload.equals("slow")) {
                        handleSlowly(payload);
                    } else {
                        throw new IOException("to be tried again in an hour");
                    }
                });
        queue.send("slow");
        awaitLatch(running);
        FutureTask<Boolean> stop = inBackground(() -> consumer.stop(LONG));
        try (QueueClient other = connect()) {
            Queue<String> rest = new ConcurrentLinkedQueue<>();
            other.queue("orders", String.class)
                    .consume((payload, context) -> rest.add(payload + "/" + context.attempt()));
            await().atMost(Duration.ofSeconds(2))
                    .untilAsserted(() -> assertThat(rest)
                            .containsExactlyInAnyOrderElementsOf(IntStream.range(0, 9)
                                    .mapToObj(i -> "m" + i + "/2")
                                    .toList()));
            assertThat(stop).isNotDone();
            end.countDown();
            assertThat(stop.get(10, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(handled).containsExactly("slow");
    }

    @Test
    void LIF_1_after_the_grace_period_handlers_are_interrupted_and_their_messages_given_back_uncounted()
            throws Exception {
        AtomicReference<String> told = new AtomicReference<>();
        MessageConsumer consumer = queue.consume((payload, context) -> {
            try {
                handleSlowly(payload);
            } catch (InterruptedException e) {
                told.set("stopping=" + context.stopping());
                throw e;
            }
        });
        queue.send("x");
        awaitLatch(running);
        assertThat(consumer.stop(Duration.ofMillis(20))).isFalse();
        assertThat(told).hasValue("stopping=true");
        queue.consume((payload, context) -> handled.add(context.attempt() + "/" + context.deliveries()));
        eventually(() -> assertThat(handled).containsExactly("1/2"));
    }

    @Test
    void LIF_1_after_stop_has_returned_no_handler_runs_and_nothing_was_lost() {
        send(2_000);
        AtomicInteger runs = new AtomicInteger();
        Queue<String> late = new ConcurrentLinkedQueue<>();
        for (int round = 0; round < 20; round++) {
            AtomicBoolean stopped = new AtomicBoolean();
            int before = runs.get();
            MessageConsumer consumer = queue.consumer().concurrency(4).start(payload -> {
                if (stopped.get()) {
                    late.add(payload);
                }
                handled.add(payload);
                runs.incrementAndGet();
                if (stopped.get()) {
                    late.add(payload);
                }
            });
            eventually(() -> assertThat(runs.get()).isGreaterThan(before));
            assertThat(consumer.stop(LONG)).isTrue();
            stopped.set(true);
            if (runs.get() == 2_000) {
                break;
            }
        }
        queue.consume(handled::add);
        eventually(() -> assertThat(new HashSet<>(handled)).hasSize(2_000));
        assertThat(late).isEmpty();
        assertThat(handled).as("handled once each").hasSize(2_000);
    }

    @Test
    void LIF_2_a_handler_may_stop_its_own_consumer() throws Exception {
        AtomicReference<MessageConsumer> self = new AtomicReference<>();
        CountDownLatch returned = new CountDownLatch(1);
        MessageConsumer consumer = queue.consumer().startPaused().start(payload -> {
            handled.add(payload);
            self.get().stop(LONG);
            returned.countDown();
        });
        self.set(consumer);
        send(3);
        consumer.resume();
        awaitLatch(returned);
        eventually(() -> assertThat(consumer.health().status()).isEqualTo(Health.Status.DOWN));
        assertThat(handled).containsExactly("m0");
        queue.consume(handled::add);
        eventually(() -> assertThat(handled).containsExactlyInAnyOrder("m0", "m1", "m2"));
        assertThat(handled).startsWith("m0");
    }

    @Test
    void LIF_2_a_handler_may_close_the_client_though_other_consumers_run() throws Exception {
        QueueClient own = connect();
        CountDownLatch returned = new CountDownLatch(1);
        for (int i = 0; i < 8; i++) {
            own.queue("idle" + i, String.class).consume(handled::add);
        }
        own.queue("orders", String.class).consume(payload -> {
            own.close();
            handled.add("interrupted=" + Thread.currentThread().isInterrupted());
            returned.countDown();
        });
        queue.send("x");
        awaitLatch(returned);
        assertThat(handled).containsExactly("interrupted=false");
        refused(ErrorCode.CLOSED, () -> own.queue("orders", String.class));
    }

    @Test
    void LIF_2_closing_at_the_same_time_from_many_threads_waits_for_the_handlers_in_each() throws Exception {
        QueueClient own = connect();
        own.queue("orders", String.class).consume(this::handleSlowly);
        queue.send("x");
        awaitLatch(running);
        List<FutureTask<Void>> closing = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            closing.add(inBackground(() -> {
                own.close();
                assertThat(handled).as("when close() returns").containsExactly("x");
                return null;
            }));
        }
        eventually(() -> assertThat(own.health().status()).isEqualTo(Health.Status.DOWN));
        end.countDown();
        for (FutureTask<Void> each : closing) {
            each.get(10, TimeUnit.SECONDS);
        }
        own.close();
    }

    @Test
    void LIF_2_closing_leaves_no_thread_behind() {
        Set<Thread> before = ownThreads();
        for (int i = 0; i < 3; i++) {
            QueueClient own = QueueClient.connect("inmemory:");
            MessageQueue<String> orders = own.queue("orders", String.class);
            orders.consumer()
                    .concurrency(5)
                    .retry(RetryPolicy.delays(Duration.ofMillis(1)))
                    .start(payload -> {
                        handled.add(payload);
                        throw new IOException("always");
                    });
            own.topic("events", String.class).subscription("audit").consume(handled::add);
            IntStream.range(0, 50).forEach(n -> orders.send("m" + n));
            eventually(() -> assertThat(handled).isNotEmpty());
            own.close();
        }
        eventually(() -> assertNoneBeside(before));
    }

    /** Some of before may have ended meanwhile: they are of earlier tests. */
    private static void assertNoneBeside(Set<Thread> before) {
        Set<Thread> left = ownThreads();
        left.removeAll(before);
        assertThat(left).isEmpty();
    }

    private static Set<Thread> ownThreads() {
        Set<Thread> own = new HashSet<>(Thread.getAllStackTraces().keySet());
        own.removeIf(thread -> !thread.getName().startsWith("anyqueue"));
        return own;
    }

    @Test
    void LIF_2_a_client_that_could_not_be_opened_leaves_no_thread_behind() {
        Set<Thread> before = ownThreads();
        refused(ErrorCode.UNSUPPORTED, () -> QueueClient.connect("nosuchbroker://host"));
        refused(ErrorCode.INVALID_ARGUMENT, () -> QueueClient.connect("inmemory:?unknown=1"));
        assertNoneBeside(before);
    }

    @Test
    void LIF_2_what_the_application_gave_stays_open() {
        ExecutorService executor = Executors.newCachedThreadPool();
        ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor();
        QueueClient own = connect(executor, scheduler);
        own.queue("orders", String.class).consume(handled::add);
        queue.send("x");
        eventually(() -> assertThat(handled).containsExactly("x"));
        own.close();
        assertThat(executor.isShutdown()).isFalse();
        assertThat(scheduler.isShutdown()).isFalse();
        assertThat(broker.health()).isEqualTo(Health.UP);
        executor.shutdownNow();
        scheduler.shutdownNow();
    }

    @Test
    void LIF_2_after_close_everything_is_refused_with_CLOSED() {
        MessageTopic<String> topic = client.topic("events", String.class);
        client.close();
        client.close();
        refused(ErrorCode.CLOSED, () -> queue.send("x"));
        refused(ErrorCode.CLOSED, () -> topic.send("x"));
        refused(ErrorCode.CLOSED, () -> queue.sendAll(List.of(Outgoing.of("x"))));
        refused(ErrorCode.CLOSED, () -> client.queue("other", String.class));
        refused(ErrorCode.CLOSED, () -> client.topic("other", String.class));
        refused(ErrorCode.CLOSED, () -> topic.subscription("audit"));
        refused(ErrorCode.CLOSED, () -> queue.consume(handled::add));
        assertThat(client.health().status()).isEqualTo(Health.Status.DOWN);
    }

    @Test
    void BKP_4_a_paused_consumer_fetches_nothing_and_its_running_handler_goes_on() throws Exception {
        MessageConsumer consumer = queue.consume(this::handleSlowly);
        queue.send("x");
        awaitLatch(running);
        consumer.pause();
        assertThat(consumer.health().status()).isEqualTo(Health.Status.DEGRADED);
        assertThat(consumer.health().notes()).singleElement().asString().contains("paused");
        try (QueueClient other = connect()) {
            Queue<String> elsewhere = new ConcurrentLinkedQueue<>();
            other.queue("orders", String.class).consume(elsewhere::add);
            send(20);
            eventually(() -> assertThat(elsewhere).hasSize(20));
        }
        end.countDown();
        eventually(() -> assertThat(broker.receiving.acknowledged).hasValue(21));
        queue.send("y");
        assertThat(handled).containsExactly("x");
        consumer.resume();
        eventually(() -> assertThat(handled).containsExactly("x", "y"));
        assertThat(consumer.health()).isEqualTo(Health.UP);
    }

    @Test
    void BKP_4_a_consumer_can_start_paused() {
        MessageConsumer consumer = queue.consumer().startPaused().start(handled::add);
        assertThat(consumer.health().status()).isEqualTo(Health.Status.DEGRADED);
        Queue<String> elsewhere = new ConcurrentLinkedQueue<>();
        MessageConsumer other = queue.consume(elsewhere::add);
        send(50);
        eventually(() -> assertThat(elsewhere).hasSize(50));
        other.stop(LONG);
        send(3);
        assertThat(handled).isEmpty();
        consumer.resume();
        eventually(() -> assertThat(handled).containsExactly("m0", "m1", "m2"));
    }

    @Test
    void BKP_2_concurrency_one_is_one_at_a_time() {
        send(2_000);
        AtomicInteger now = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        queue.consume(payload -> {
            most.accumulateAndGet(now.incrementAndGet(), Math::max);
            handled.add(payload);
            now.decrementAndGet();
        });
        eventually(() -> assertThat(handled).hasSize(2_000));
        assertThat(most).hasValue(1);
        assertThat(List.copyOf(handled))
                .isEqualTo(IntStream.range(0, 2_000).mapToObj(i -> "m" + i).toList());
    }

    @Test
    void BKP_2_concurrency_can_be_raised_and_lowered_while_running() {
        AtomicInteger now = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        Semaphore permits = new Semaphore(0);
        MessageConsumer consumer = queue.consume(payload -> {
            most.accumulateAndGet(now.incrementAndGet(), Math::max);
            try {
                permits.acquire();
            } finally {
                now.decrementAndGet();
            }
            handled.add(payload);
        });
        send(30);
        eventually(() -> assertThat(now).hasValue(1));
        consumer.concurrency(4);
        eventually(() -> assertThat(most).hasValue(4));
        consumer.concurrency(2);
        permits.release(2);
        eventually(() -> assertThat(handled).hasSize(2));
        eventually(() -> assertThat(now).hasValue(2));
        most.set(0);
        permits.release(10);
        eventually(() -> assertThat(handled).hasSize(12));
        eventually(() -> assertThat(now).hasValue(2));
        eventually(() -> assertThat(most).hasValue(2));
        permits.release(100);
        eventually(() -> assertThat(handled).hasSize(30));
        refused(ErrorCode.INVALID_ARGUMENT, () -> consumer.concurrency(0));
        refused(ErrorCode.INVALID_ARGUMENT, () -> consumer.concurrency(10_001));
    }

    @Test
    void LIF_1_a_consumer_that_is_disabled_from_outside_does_not_start() {
        try (QueueClient own = QueueClient.connect(
                ClientOptions.of("inmemory:").use(broker).set("anyqueue.consumer.orders.enabled", "false"))) {
            MessageConsumer consumer = own.queue("orders", String.class).consume(payload -> handled.add("wrong"));
            queue.send("x");
            consumer.pause();
            consumer.resume();
            consumer.concurrency(3);
            assertThat(consumer.health().status()).isEqualTo(Health.Status.UP);
            assertThat(consumer.health().notes()).singleElement().asString().contains("disabled");
            assertThat(broker.receiving.handedOut).hasValue(0);
            assertThat(consumer.stop(Duration.ZERO)).isTrue();
        }
        queue.consume(handled::add);
        eventually(() -> assertThat(handled).containsExactly("x"));
    }

    @Test
    void LIF_1_runUntilShutdown_returns_when_the_client_is_closed_and_all_is_stopped() throws Exception {
        QueueClient own = connect();
        own.queue("orders", String.class).consume(this::handleSlowly);
        queue.send("x");
        awaitLatch(running);
        FutureTask<Void> main = inBackground(() -> {
            own.runUntilShutdown(LONG);
            assertThat(handled).as("when runUntilShutdown() returns").containsExactly("x");
            return null;
        });
        FutureTask<Void> closing = inBackground(() -> {
            own.close();
            return null;
        });
        eventually(() -> assertThat(own.health().status()).isEqualTo(Health.Status.DOWN));
        end.countDown();
        closing.get(10, TimeUnit.SECONDS);
        main.get(10, TimeUnit.SECONDS);
    }

    @Test
    void ERR_1_an_interrupt_of_runUntilShutdown_closes_the_client_and_is_told() throws Exception {
        QueueClient own = connect();
        own.queue("orders", String.class).consume(handled::add);
        FutureTask<Boolean> main = new FutureTask<>(() -> {
            refused(ErrorCode.INTERRUPTED, () -> own.runUntilShutdown(LONG));
            return Thread.currentThread().isInterrupted();
        });
        Thread thread = new Thread(main, "test-main");
        thread.start();
        eventually(() -> assertThat(thread.getState()).isEqualTo(Thread.State.WAITING));
        thread.interrupt();
        assertThat(main.get(10, TimeUnit.SECONDS)).isTrue();
        refused(ErrorCode.CLOSED, () -> own.queue("orders", String.class));
    }

    @Test
    void LIF_1_a_grace_period_without_end_is_no_failure() {
        MessageConsumer consumer = queue.consume(handled::add);
        queue.send("x");
        eventually(() -> assertThat(handled).hasSize(1));
        refused(ErrorCode.INVALID_ARGUMENT, () -> consumer.stop(Duration.ofSeconds(-1)));
        assertThat(consumer.stop(Duration.ofSeconds(Long.MAX_VALUE))).isTrue();
        assertThat(broker.receiving.acknowledged).hasValue(1);
    }

    @Test
    void LIF_5_in_normal_flow_nothing_is_logged_above_INFO() {
        try (TestLog log = TestLog.open()) {
            QueueClient own = QueueClient.connect("inmemory:");
            MessageQueue<String> orders = own.queue("orders", String.class);
            MessageTopic<String> events = own.topic("events", String.class);
            events.subscription("audit").consume(handled::add);
            MessageConsumer consumer = orders.consumer()
                    .concurrency(4)
                    .retry(RetryPolicy.delays(Duration.ofMillis(1), Duration.ofMillis(1)))
                    .start((payload, context) -> {
                        if (payload.endsWith("7") && context.attempt() < 3) {
                            throw new IOException("now and then");
                        }
                        handled.add(payload);
                    });
            IntStream.range(0, 200).forEach(i -> orders.send("m" + i));
            events.send("x");
            eventually(() -> assertThat(handled).hasSize(201));
            IntStream.range(0, 200).forEach(i -> orders.send("m" + i));
            consumer.pause();
            consumer.resume();
            consumer.stop(LONG);
            own.close();
            assertThat(log.aboveInfo()).isEmpty();
            assertThat(log.lines()).isNotEmpty().hasSizeLessThan(20);
        }
    }
}
