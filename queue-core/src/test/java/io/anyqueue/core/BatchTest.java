package io.anyqueue.core;

import static io.anyqueue.core.Eventually.awaitLatch;
import static io.anyqueue.core.Eventually.eventually;
import static io.anyqueue.core.Eventually.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.BatchHandler;
import io.anyqueue.ClientOptions;
import io.anyqueue.ConsumerBuilder;
import io.anyqueue.DeadLetter;
import io.anyqueue.ErrorCode;
import io.anyqueue.Feature;
import io.anyqueue.HandlingException;
import io.anyqueue.IdempotencyStore;
import io.anyqueue.Message;
import io.anyqueue.MessageConsumer;
import io.anyqueue.MessageQueue;
import io.anyqueue.Outgoing;
import io.anyqueue.QueueClient;
import io.anyqueue.QueueException;
import io.anyqueue.QueueSpec;
import io.anyqueue.Received;
import io.anyqueue.RetryPolicy;
import io.anyqueue.Stage;
import io.anyqueue.spi.Delivery;
import io.anyqueue.spi.Receiver;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Batch handlers: when a batch begins, and what becomes of each message when it fails (rule RTY-1). */
class BatchTest {
    private static final Duration WAIT = Duration.ofMillis(200);
    private static final RetryPolicy ONCE = RetryPolicy.none();

    private final ManualTime time = new ManualTime();
    private final FaultyBroker broker = FaultyBroker.create(time);
    private final MeterRegistry meters = new SimpleMeterRegistry();
    private final Executor here = Runnable::run;
    private final Queue<List<String>> batches = new ConcurrentLinkedQueue<>();
    private final Queue<Delivery> handedOut = new ConcurrentLinkedQueue<>();
    private QueueClient opened;
    private Receiver newest;

    /** All happens on the test's thread, as its executor says. */
    private MessageQueue<String> alone() {
        return connect(ClientOptions.of("inmemory:").use(here)).queue("rows", String.class);
    }

    private MessageQueue<String> threaded() {
        return connect(ClientOptions.of("inmemory:")).queue("rows", String.class);
    }

    private QueueClient connect(ClientOptions options) {
        opened = QueueClient.connect(
                options.use(broker).use(time).use(time.clock()).use(meters));
        return opened;
    }

    @AfterEach
    void close() {
        if (opened != null) {
            opened.close();
        }
        broker.close();
    }

    private BatchHandler<String> noting(BatchHandler<String> then) {
        return batch -> {
            batches.add(batch.stream().map(Received::payload).toList());
            then.handle(batch);
        };
    }

    private static void send(MessageQueue<String> queue, String... payloads) {
        List.of(payloads).forEach(queue::send);
    }

    private static List<String> dead(MessageQueue<String> queue) {
        return queue.deadLetters()
                .list()
                .map(letter -> text(letter.original()) + "/" + letter.attempts() + "/" + letter.reason())
                .toList();
    }

    private static String text(Message message) {
        return StandardCharsets.UTF_8.decode(message.body()).toString();
    }

    private double inFlight() {
        return meters.get("q.inflight").gauge().value();
    }

    // When a batch begins

    @Test
    void a_full_batch_begins_at_once_and_the_rest_waits_no_longer_than_was_asked_for() {
        MessageQueue<String> queue = alone();
        queue.consumer().startBatch(3, WAIT, noting(batch -> {}));
        send(queue, "1", "2", "3", "4");
        assertThat(batches).containsExactly(List.of("1", "2", "3"));
        time.advance(WAIT.minusMillis(1));
        assertThat(batches).hasSize(1);
        time.advance(Duration.ofMillis(1));
        assertThat(batches).containsExactly(List.of("1", "2", "3"), List.of("4"));
        assertThat(inFlight()).isZero();
    }

    @Test
    void the_oldest_message_says_how_long_a_batch_waits() {
        MessageQueue<String> queue = alone();
        queue.consumer().startBatch(10, WAIT, noting(batch -> {}));
        send(queue, "1");
        time.advance(Duration.ofMillis(150));
        send(queue, "2");
        time.advance(Duration.ofMillis(50));
        assertThat(batches).containsExactly(List.of("1", "2"));
        send(queue, "3");
        time.advance(WAIT);
        assertThat(batches).containsExactly(List.of("1", "2"), List.of("3"));
    }

    @Test
    void without_a_wait_a_message_alone_is_a_batch() {
        MessageQueue<String> queue = alone();
        queue.consumer().startBatch(10, Duration.ZERO, noting(batch -> {}));
        send(queue, "1", "2");
        assertThat(batches).containsExactly(List.of("1"), List.of("2"));
    }

    @Test
    void a_batch_may_be_larger_than_a_fetch_and_than_the_usual_budget() {
        MessageQueue<String> queue = alone();
        queue.sendAll(
                IntStream.range(0, 5_000).mapToObj(i -> Outgoing.of("m" + i)).toList());
        queue.consumer().startBatch(2_500, WAIT, noting(batch -> {}));
        assertThat(batches).extracting(List::size).containsExactly(2_500, 2_500);
    }

    @Test
    void BKP_2_concurrency_is_the_number_of_batches_at_once() throws Exception {
        MessageQueue<String> queue = threaded();
        send(queue, "1", "2", "3", "4", "5", "6");
        CountDownLatch three = new CountDownLatch(3);
        CountDownLatch end = new CountDownLatch(1);
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        queue.consumer().concurrency(3).startBatch(2, WAIT, noting(batch -> {
            most.accumulateAndGet(running.incrementAndGet(), Math::max);
            three.countDown();
            end.await();
            running.decrementAndGet();
        }));
        awaitLatch(three);
        assertThat(batches).extracting(List::size).containsOnly(2);
        end.countDown();
        eventually(() -> assertThat(inFlight()).isZero());
        assertThat(most).hasValue(3);
    }

    @Test
    void ORD_1_a_batch_has_one_message_of_a_key_and_keys_keep_their_order() {
        QueueClient client = connect(ClientOptions.of("inmemory:").use(here));
        MessageQueue<String> queue =
                client.queue(QueueSpec.of("steps", String.class).orderedBy(text -> text.substring(0, 1)));
        send(queue, "a1", "a2", "b1", "c1", "b2", "a3");
        queue.consumer().startBatch(10, WAIT, noting(batch -> {}));
        time.advance(WAIT);
        assertThat(batches).containsExactly(List.of("a1", "b1", "c1"), List.of("a2", "b2"), List.of("a3"));
    }

    // What becomes of a batch that fails

    @Test
    void RTY_1_a_batch_that_fails_is_run_again_in_halves_and_only_the_one_alone_has_an_attempt() {
        MessageQueue<String> queue = alone();
        queue.consumer().retry(ONCE).startBatch(8, WAIT, noting(batch -> {
            if (batch.stream().anyMatch(row -> row.payload().equals("3"))) {
                throw new IOException("bad row");
            }
        }));
        send(queue, "1", "2", "3", "4", "5", "6", "7", "8");
        assertThat(batches)
                .containsExactly(
                        List.of("1", "2", "3", "4", "5", "6", "7", "8"),
                        List.of("1", "2", "3", "4"),
                        List.of("1", "2"),
                        List.of("3", "4"),
                        List.of("3"),
                        List.of("4"),
                        List.of("5", "6", "7", "8"));
        assertThat(dead(queue)).containsExactly("3/1/EXHAUSTED");
        assertThat(inFlight()).isZero();
    }

    @Test
    void RTY_1_halves_of_an_odd_batch_lose_nothing() {
        MessageQueue<String> queue = alone();
        queue.consumer().retry(ONCE).startBatch(7, WAIT, noting(batch -> {
            throw new IOException("always");
        }));
        send(queue, "1", "2", "3", "4", "5", "6", "7");
        assertThat(dead(queue))
                .containsExactly(IntStream.rangeClosed(1, 7)
                        .mapToObj(i -> i + "/1/EXHAUSTED")
                        .toArray(String[]::new));
        assertThat(inFlight()).isZero();
    }

    @Test
    void RTY_1_a_message_that_is_failed_by_itself_has_an_attempt_and_the_others_are_done() {
        MessageQueue<String> queue = alone();
        Queue<Integer> attempts = new ConcurrentLinkedQueue<>();
        queue.consumer().retry(RetryPolicy.delays(Duration.ofSeconds(1))).startBatch(3, WAIT, noting(batch -> {
            for (Received<String> row : batch) {
                if (row.payload().equals("2")) {
                    attempts.add(row.context().attempt());
                    row.fail(new IOException("the first reason"));
                    row.fail(new IOException("the second reason"));
                }
            }
        }));
        send(queue, "1", "2", "3");
        time.advance(Duration.ofSeconds(3));
        assertThat(batches).containsExactly(List.of("1", "2", "3"), List.of("2"));
        assertThat(attempts).containsExactly(1, 2);
        assertThat(queue.deadLetters().list().map(DeadLetter::error)).containsExactly("the first reason");
    }

    @Test
    void RTY_1_failing_single_messages_counts_for_nothing_if_the_batch_fails_after_all() {
        MessageQueue<String> queue = alone();
        AtomicInteger runs = new AtomicInteger();
        queue.consumer().retry(ONCE).startBatch(2, WAIT, noting(batch -> {
            if (runs.incrementAndGet() == 1) {
                batch.get(0).fail(new IOException("not this one"));
                throw new IOException("the connection broke");
            }
        }));
        send(queue, "1", "2");
        assertThat(batches).containsExactly(List.of("1", "2"), List.of("1"), List.of("2"));
        assertThat(dead(queue)).isEmpty();
    }

    @Test
    void RTY_2_busy_puts_off_the_whole_batch_without_halves_and_without_an_attempt() {
        MessageQueue<String> queue = alone();
        AtomicInteger runs = new AtomicInteger();
        Queue<Integer> attempts = new ConcurrentLinkedQueue<>();
        queue.consumer().retry(ONCE).startBatch(4, WAIT, noting(batch -> {
            batch.forEach(row -> attempts.add(row.context().attempt()));
            if (runs.incrementAndGet() == 1) {
                throw HandlingException.busy(Duration.ofSeconds(5));
            }
        }));
        send(queue, "1", "2", "3", "4");
        time.advance(Duration.ofSeconds(4));
        assertThat(batches).hasSize(1);
        time.advance(Duration.ofSeconds(2));
        assertThat(batches).containsExactly(List.of("1", "2", "3", "4"), List.of("1", "2", "3", "4"));
        assertThat(attempts).containsOnly(1);
    }

    @Test
    void RTY_2_a_permanent_failure_condemns_only_the_message_that_fails_alone() {
        MessageQueue<String> queue = alone();
        queue.consumer().startBatch(4, WAIT, noting(batch -> {
            if (batch.stream().anyMatch(row -> row.payload().equals("2"))) {
                throw HandlingException.permanent("not for us");
            }
        }));
        send(queue, "1", "2", "3", "4");
        assertThat(dead(queue)).containsExactly("2/1/PERMANENT");
        assertThat(inFlight()).isZero();
    }

    @Test
    void a_run_that_takes_too_long_is_interrupted_and_so_run_again_in_halves_each_with_its_own_time() {
        MessageQueue<String> queue = threaded();
        CountDownLatch never = new CountDownLatch(1);
        queue.consumer().retry(ONCE).timeout(Duration.ofSeconds(10)).startBatch(4, WAIT, noting(batch -> {
            if (batch.stream().anyMatch(row -> row.payload().equals("2"))) {
                never.await();
            }
        }));
        send(queue, "1", "2", "3", "4");
        time.passUntil(() -> assertThat(dead(queue)).containsExactly("2/1/EXHAUSTED"));
        eventually(() -> assertThat(inFlight()).isZero());
        assertThat(batches)
                .containsExactly(
                        List.of("1", "2", "3", "4"), List.of("1", "2"), List.of("1"), List.of("2"), List.of("3", "4"));
        assertThat(meters.get("q.trouble")
                        .tag("kind", "timeout")
                        .functionCounter()
                        .count())
                .isEqualTo(3);
    }

    // Each message by itself

    @Test
    void what_is_refused_before_the_handler_disturbs_no_other() {
        MessageQueue<String> queue = alone();
        queue.send(Outgoing.of("old").expiresAfter(Duration.ofSeconds(1)));
        send(queue, "1", "2");
        time.advance(Duration.ofSeconds(2));
        queue.consumer().startBatch(3, WAIT, noting(batch -> {
            if (batches.size() == 1) {
                throw new IOException("once");
            }
        }));
        assertThat(batches).containsExactly(List.of("1", "2"), List.of("1"), List.of("2"));
        assertThat(dead(queue)).isEmpty();
        assertThat(inFlight()).isZero();
    }

    @Test
    void IDM_1_duplicates_do_not_reach_the_handler_and_failed_batches_leave_no_claim() {
        MessageQueue<String> queue = alone();
        queue.consumer()
                .idempotent(IdempotencyStore.inMemory())
                .idempotencyKey(text -> text)
                .startBatch(3, WAIT, noting(batch -> {
                    if (batches.size() == 1) {
                        throw new IOException("once");
                    }
                }));
        send(queue, "1", "2", "1");
        time.advance(Duration.ofSeconds(5));
        send(queue, "2", "3");
        time.advance(Duration.ofSeconds(1));
        assertThat(batches).containsExactly(List.of("1", "2"), List.of("1"), List.of("2"), List.of("3"));
        assertThat(inFlight()).isZero();
    }

    @Test
    void what_a_failed_run_sent_is_not_sent_and_the_rest_is_sent_once() {
        broker.without(Feature.ATOMIC_FORWARD);
        MessageQueue<String> queue = alone();
        MessageQueue<String> out = opened.queue("out", String.class);
        Queue<String> sent = new ConcurrentLinkedQueue<>();
        out.consume(sent::add);
        queue.consumer().retry(ONCE).startBatch(4, WAIT, noting(batch -> {
            batch.forEach(row -> row.context().send(out, "from " + row.payload()));
            if (batches.size() == 1) {
                throw new IOException("once");
            }
            batch.get(0).fail(HandlingException.permanent("the first of each"));
        }));
        send(queue, "1", "2", "3", "4");
        assertThat(sent).containsExactly("from 2", "from 4");
        assertThat(dead(queue)).containsExactly("1/1/PERMANENT", "3/1/PERMANENT");
    }

    @Test
    void RCV_3_the_loss_of_one_message_takes_nothing_from_the_others() {
        broker.receivers(receiver -> {
            newest = receiver;
            return new ForwardingReceiver(receiver) {
                @Override
                public int poll(int max, long maxBytes, Consumer<? super Delivery> into) {
                    return super.poll(max, maxBytes, delivery -> {
                        handedOut.add(delivery);
                        into.accept(delivery);
                    });
                }
            };
        });
        MessageQueue<String> queue = alone();
        Queue<List<Boolean>> told = new ConcurrentLinkedQueue<>();
        queue.consumer().startBatch(3, WAIT, noting(batch -> {
            if (batches.size() == 1) {
                Delivery second = List.copyOf(handedOut).get(1);
                newest.release(List.of(new Receiver.Release(second, Duration.ZERO, 0, 0)), new Unheard());
                // The loss is seen when the lease is to be prolonged.
                time.advance(Duration.ofSeconds(40));
                told.add(batch.stream().map(row -> row.context().stopping()).toList());
                told.add(List.of(Thread.currentThread().isInterrupted()));
            }
        }));
        send(queue, "1", "2", "3");
        time.advance(WAIT.multipliedBy(2));
        assertThat(told).containsExactly(List.of(false, true, false), List.of(false));
        assertThat(batches).containsExactly(List.of("1", "2", "3"), List.of("2"));
        assertThat(inFlight()).isZero();
    }

    @Test
    void RCV_4_a_handler_that_has_lost_all_of_its_messages_is_interrupted() {
        MessageQueue<String> queue = alone();
        Queue<Boolean> told = new ConcurrentLinkedQueue<>();
        broker.receivers(receiver -> new ForwardingReceiver(receiver) {
            @Override
            public int poll(int max, long maxBytes, Consumer<? super Delivery> into) {
                return super.poll(max, maxBytes, delivery -> {
                    handedOut.add(delivery);
                    into.accept(delivery);
                });
            }
        });
        queue.consumer().startBatch(3, WAIT, noting(batch -> {
            broker.lose(handedOut.element());
            told.add(Thread.currentThread().isInterrupted());
        }));
        send(queue, "1", "2", "3");
        assertThat(told).containsExactly(true);
        assertThat(Thread.interrupted()).isFalse();
        assertThat(inFlight()).isZero();
    }

    // Stopping

    @Test
    void LIF_1_halves_that_were_not_run_are_given_back_when_the_consumer_stops() throws Exception {
        MessageQueue<String> queue = threaded();
        CountDownLatch runs = new CountDownLatch(1);
        MessageConsumer consumer = queue.consumer().startBatch(4, WAIT, noting(batch -> {
            runs.countDown();
            new CountDownLatch(1).await();
        }));
        send(queue, "1", "2", "3", "4");
        awaitLatch(runs);
        assertThat(consumer.stop(Duration.ZERO)).isFalse();
        assertThat(batches).hasSize(1);
        assertThat(inFlight()).isZero();
        Queue<Integer> attempts = new ConcurrentLinkedQueue<>();
        queue.consume((payload, context) -> attempts.add(context.attempt()));
        eventually(() -> assertThat(attempts).containsExactly(1, 1, 1, 1));
    }

    @Test
    void LIF_1_what_waits_for_a_full_batch_is_given_back_when_the_consumer_stops() {
        MessageQueue<String> queue = alone();
        MessageConsumer consumer = queue.consumer().startBatch(4, WAIT, noting(batch -> {}));
        send(queue, "1", "2");
        assertThat(consumer.stop(Duration.ZERO)).isTrue();
        assertThat(batches).isEmpty();
        Queue<String> handled = new ConcurrentLinkedQueue<>();
        queue.consume(handled::add);
        assertThat(handled).containsExactly("1", "2");
    }

    // What is refused

    @Test
    void what_cannot_be_kept_is_refused_when_the_consumer_is_built() {
        MessageQueue<String> queue = alone();
        BatchHandler<String> handler = batch -> {};
        ConsumerBuilder<String> builder = queue.consumer();
        refused(ErrorCode.INVALID_ARGUMENT, () -> builder.startBatch(0, WAIT, handler));
        refused(ErrorCode.INVALID_ARGUMENT, () -> builder.startBatch(10_001, WAIT, handler));
        refused(ErrorCode.INVALID_ARGUMENT, () -> builder.startBatch(1, null, handler));
        refused(ErrorCode.INVALID_ARGUMENT, () -> builder.startBatch(1, Duration.ofMillis(-1), handler));
        refused(ErrorCode.INVALID_ARGUMENT, () -> builder.startBatch(1, Duration.ofMinutes(11), handler));
        refused(ErrorCode.INVALID_ARGUMENT, () -> builder.startBatch(1, WAIT, null));
        QueueException tooMany = refused(
                ErrorCode.INVALID_ARGUMENT, () -> builder.concurrency(11).startBatch(10_000, WAIT, handler));
        assertThat(tooMany).hasMessageContaining("100000").hasMessageContaining("11");
        refused(
                ErrorCode.UNSUPPORTED,
                () -> queue.consumer()
                        .use(Stage.HANDLER, (context, next) -> next.proceed())
                        .startBatch(1, WAIT, handler));
    }

    @Test
    void failing_a_message_after_the_handler_has_returned_is_refused() {
        MessageQueue<String> queue = alone();
        Queue<Received<String>> kept = new ConcurrentLinkedQueue<>();
        queue.consumer().startBatch(1, WAIT, kept::addAll);
        send(queue, "1");
        refused(ErrorCode.INVALID_ARGUMENT, () -> kept.element().fail(new IOException("late")));
        refused(ErrorCode.INVALID_ARGUMENT, () -> kept.element().fail(null));
    }

    /** What the test settles behind the library's back. */
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
