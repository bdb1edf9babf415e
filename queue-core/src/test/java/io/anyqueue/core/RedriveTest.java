package io.anyqueue.core;

import static io.anyqueue.core.Eventually.eventually;
import static io.anyqueue.core.Eventually.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.ClientOptions;
import io.anyqueue.DeadLetter;
import io.anyqueue.DeadLetters;
import io.anyqueue.ErrorCode;
import io.anyqueue.Feature;
import io.anyqueue.HandlingException;
import io.anyqueue.MessageConsumer;
import io.anyqueue.MessageQueue;
import io.anyqueue.MessageTopic;
import io.anyqueue.Outgoing;
import io.anyqueue.QueueClient;
import io.anyqueue.QueueException;
import io.anyqueue.QueueSpec;
import io.anyqueue.Redrive;
import io.anyqueue.RetryPolicy;
import io.anyqueue.spi.Delivery;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Dead letters that go back, and those that are discarded (rules DLQ-4, SET-4, RCV-5). */
class RedriveTest {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration NOW = Duration.ofNanos(1);

    private final ManualTime time = new ManualTime();
    private final FaultyBroker broker = FaultyBroker.create(time);
    private final MeterRegistry meters = new SimpleMeterRegistry();
    private final QueueClient client = connect(meters);
    private final MessageQueue<String> queue = client.queue("orders", String.class);
    private final Set<String> bad = ConcurrentHashMap.newKeySet();
    private final Queue<String> handled = new ConcurrentLinkedQueue<>();

    private QueueClient connect(MeterRegistry registry) {
        return QueueClient.connect(ClientOptions.of("inmemory:")
                .use(broker)
                .use(time)
                .use(time.clock())
                .use(registry));
    }

    @AfterEach
    void close() {
        client.close();
        broker.close();
    }

    private MessageConsumer consume(MessageQueue<String> from) {
        return from.consumer().concurrency(1).retry(RetryPolicy.none()).start(payload -> {
            if (bad.contains(payload)) {
                throw new IOException(payload);
            }
            handled.add(payload);
        });
    }

    /** Leaves the payloads as dead letters, in this order, with nobody consuming. */
    private void kill(List<String> payloads) {
        bad.addAll(payloads);
        MessageConsumer consumer = consume(queue);
        payloads.forEach(queue::send);
        eventually(() -> assertThat(errors(queue.deadLetters())).hasSameSizeAs(payloads));
        consumer.stop(SECOND);
        bad.clear();
        assertThat(errors(queue.deadLetters())).isEqualTo(payloads);
        time.advance(SECOND);
    }

    private static List<String> errors(DeadLetters letters) {
        return letters.list().map(DeadLetter::error).toList();
    }

    private static Redrive atOnce(Redrive plan) {
        return plan.rate(1_000_000, NOW);
    }

    private Redrive all(MessageQueue<String> of) {
        return atOnce(of.deadLetters().redrive(letter -> true));
    }

    private double count(String meter) {
        return meters.get(meter).tag("source", "orders").functionCounter().count();
    }

    @Test
    void DLQ_4_letters_go_back_attempts_begin_anew_and_deliveries_go_on() {
        AtomicReference<String> seen = new AtomicReference<>("");
        AtomicInteger runs = new AtomicInteger();
        queue.consumer().retry(RetryPolicy.delays(SECOND)).start((payload, context) -> {
            if (runs.incrementAndGet() < 3) {
                throw new IOException("twice");
            }
            seen.set(context.message().id() + " attempt " + context.attempt() + " delivery " + context.deliveries()
                    + " " + context.message().headers() + " "
                    + context.message().key().orElse(""));
        });
        String id = queue.send(Outgoing.of("x").header("a", "b").key("k"));
        time.passUntil(() -> assertThat(queue.deadLetters().list()).hasSize(1));
        assertThat(all(queue).run()).isEqualTo(1);
        eventually(() -> assertThat(seen).hasValue(id + " attempt 1 delivery 3 {a=b} k"));
        assertThat(queue.deadLetters().list()).isEmpty();
        assertThat(count("q.dlq.redriven")).isEqualTo(1);
    }

    /** As most adapters are: leased on the broker first, and to be polled a moment later. */
    @Test
    void DLQ_4_letters_that_the_adapter_has_fetched_and_not_handed_over_yet_are_waited_for() {
        kill(List.of("a", "b", "c"));
        broker.receivers(receiver -> new FetchingAhead(receiver, broker::readable));
        assertThat(all(queue).run()).isEqualTo(3);
        assertThat(queue.deadLetters().list()).isEmpty();
    }

    @Test
    void DLQ_4_only_the_subscription_that_failed_gets_it_back() {
        MessageTopic<String> topic = client.topic("events", String.class);
        AtomicInteger mails = new AtomicInteger();
        topic.subscription("mail").consumer().retry(RetryPolicy.none()).start(payload -> {
            if (mails.incrementAndGet() == 1) {
                throw new IOException("away");
            }
        });
        topic.subscription("audit").consume(handled::add);
        topic.send("x");
        DeadLetters dead = topic.subscription("mail").deadLetters();
        eventually(() -> assertThat(dead.list()).hasSize(1));
        assertThat(dead.redrive(letter -> true).run()).isEqualTo(1);
        eventually(() -> assertThat(mails).hasValue(2));
        assertThat(handled).containsExactly("x");
    }

    @Test
    void DLQ_4_a_letter_that_fails_again_has_fresh_provenance_and_knows_its_redrives() {
        AtomicInteger runs = new AtomicInteger();
        queue.consumer().retry(RetryPolicy.none()).start(payload -> {
            throw new IOException("run " + runs.incrementAndGet());
        });
        queue.send(Outgoing.of("x").header("a", "b"));
        eventually(() -> assertThat(queue.deadLetters().list()).hasSize(1));
        DeadLetter first = queue.deadLetters().list().findFirst().orElseThrow();
        time.advance(SECOND);
        all(queue).run();
        eventually(() -> assertThat(errors(queue.deadLetters())).containsExactly("run 2"));
        DeadLetter second = queue.deadLetters().list().findFirst().orElseThrow();
        assertThat(second.id()).isEqualTo(first.id());
        assertThat(second.redrives()).isEqualTo(1);
        assertThat(second.attempts()).isEqualTo(1);
        assertThat(second.deliveries()).isEqualTo(2);
        assertThat(second.at()).isEqualTo(first.at().plus(SECOND));
        assertThat(second.firstFailedAt()).isEqualTo(second.at());
        assertThat(second.original().headers()).containsOnlyKeys("a");
    }

    @Test
    void DLQ_4_a_letter_that_was_redriven_too_often_is_left_alone_and_said_so() {
        kill(List.of("x"));
        bad.add("x");
        consume(queue);
        for (int i = 1; i <= 2; i++) {
            int redrives = i;
            assertThat(all(queue).maxRedrives(2).run()).isEqualTo(1);
            eventually(() -> assertThat(queue.deadLetters().list())
                    .extracting(DeadLetter::redrives)
                    .containsExactly(redrives));
        }
        try (TestLog log = TestLog.open()) {
            Redrive plan = all(queue).maxRedrives(2);
            assertThat(plan.preview()).isEmpty();
            assertThat(plan.run()).isZero();
            assertThat(plan.leftAlone()).isEqualTo(1);
            assertThat(log.lines()).anyMatch(line -> line.contains("left alone") && line.contains("redriven 2 times"));
        }
        assertThat(all(queue).maxRedrives(3).run()).isEqualTo(1);
    }

    @Test
    void DLQ_4_what_fails_again_during_the_run_is_not_taken_again() {
        kill(List.of("a", "b", "c"));
        bad.addAll(List.of("a", "b", "c"));
        consume(queue);
        // The same millisecond from beginning to end: the clock does not tell new letters from old ones.
        assertThat(all(queue).maxRedrives(1_000_000).run()).isEqualTo(3);
        eventually(() -> assertThat(queue.deadLetters().list())
                .extracting(DeadLetter::redrives)
                .containsExactly(1, 1, 1));
    }

    @Test
    void DLQ_4_a_letter_that_arrives_after_the_start_is_not_taken() throws Exception {
        kill(List.of("old 1", "old 2"));
        bad.add("new");
        consume(queue);
        Redrive plan = queue.deadLetters().redrive(letter -> true).rate(1, SECOND);
        CompletableFuture<Long> run = CompletableFuture.supplyAsync(plan::run);
        eventually(() -> assertThat(handled).containsExactly("old 1"));
        time.advance(Duration.ofMillis(10));
        queue.send("new");
        eventually(() -> assertThat(errors(queue.deadLetters())).containsExactly("old 2", "new"));
        time.passUntil(() -> assertThat(run).isDone());
        assertThat(run.get()).isEqualTo(2);
        assertThat(errors(queue.deadLetters())).containsExactly("new");
    }

    @Test
    void DLQ_4_what_is_not_selected_stays_in_its_place_and_counts_no_failure() {
        kill(List.of("a", "b", "c", "d", "e"));
        List<Integer> attempts =
                queue.deadLetters().list().map(DeadLetter::attempts).toList();
        Redrive plan = atOnce(queue.deadLetters().redrive(letter -> "bd".contains(letter.error())));
        assertThat(plan.preview()).extracting(DeadLetter::error).containsExactly("b", "d");
        assertThat(plan.run()).isEqualTo(2);
        assertThat(errors(queue.deadLetters())).containsExactly("a", "c", "e");
        assertThat(queue.deadLetters().list().map(DeadLetter::attempts)).isEqualTo(attempts.subList(0, 3));
        assertThat(all(queue).run()).isEqualTo(3);
        consume(queue);
        eventually(() -> assertThat(handled).containsExactly("b", "d", "a", "c", "e"));
    }

    @Test
    void DLQ_4_no_more_than_the_limit_is_taken() {
        kill(List.of("a", "b", "c"));
        Redrive plan = all(queue).limit(2);
        assertThat(plan.preview()).hasSize(2);
        assertThat(plan.run()).isEqualTo(2);
        assertThat(errors(queue.deadLetters())).containsExactly("c");
    }

    @Test
    void DLQ_4_the_rate_is_kept() throws Exception {
        List<String> letters = List.of("a", "b", "c", "d", "e");
        kill(letters);
        Queue<Instant> times = new ConcurrentLinkedQueue<>();
        queue.consume(letter -> {
            times.add(time.now());
            handled.add(letter);
        });
        Duration apart = Duration.ofMinutes(5);
        Redrive plan = queue.deadLetters().redrive(letter -> true).rate(2, apart.multipliedBy(2));
        Instant start = time.now();
        CompletableFuture<Long> run = CompletableFuture.supplyAsync(plan::run);
        for (int sent = 1; sent < letters.size(); sent++) {
            int before = sent;
            eventually(() -> assertThat(handled).hasSizeGreaterThanOrEqualTo(before));
            // Longer than a lease: what waits for its turn is kept, and the last steps of the wait are taken one by
            // one.
            time.advance(apart.minusSeconds(10));
            time.passUntil(() -> assertThat(handled).hasSizeGreaterThan(before));
        }
        time.passUntil(() -> assertThat(run).isDone());
        assertThat(run.get()).isEqualTo(5);
        assertThat(handled).containsExactlyElementsOf(letters);
        Instant due = start;
        for (Instant handledAt : times) {
            assertThat(handledAt).isAfterOrEqualTo(due);
            due = due.plus(apart);
        }
    }

    @Test
    void DLQ_4_a_preview_changes_nothing_with_or_without_browsing() {
        kill(List.of("a", "b", "c"));
        broker.without(Feature.BROWSE);
        QueueClient blind = connect(new SimpleMeterRegistry());
        try {
            Redrive plan = blind.queue("orders", String.class)
                    .deadLetters()
                    .redrive(letter -> !letter.error().equals("b"));
            assertThat(plan.preview()).extracting(DeadLetter::error).containsExactly("a", "c");
            assertThat(plan.preview()).extracting(DeadLetter::error).containsExactly("a", "c");
            assertThat(atOnce(plan).run()).isEqualTo(2);
        } finally {
            blind.close();
        }
    }

    @Test
    void DLQ_4_an_expired_message_is_left_alone_as_it_would_be_dropped() {
        bad.add("x");
        MessageConsumer consumer = consume(queue);
        queue.send(Outgoing.of("x").expiresAfter(SECOND));
        eventually(() -> assertThat(queue.deadLetters().list()).hasSize(1));
        consumer.stop(SECOND);
        time.advance(SECOND);
        Redrive plan = all(queue);
        assertThat(plan.run()).isZero();
        assertThat(plan.leftAlone()).isEqualTo(1);
        assertThat(queue.deadLetters().list()).hasSize(1);
    }

    @Test
    void DLQ_4_a_letter_behind_more_than_can_be_held_is_found_and_nothing_is_lost() {
        List<String> many =
                new ArrayList<>(IntStream.range(0, 2_500).mapToObj(i -> "m" + i).toList());
        many.add("wanted");
        kill(many);
        assertThat(atOnce(queue.deadLetters().redrive(letter -> letter.error().equals("wanted")))
                        .run())
                .isEqualTo(1);
        many.remove("wanted");
        assertThat(errors(queue.deadLetters())).containsExactlyInAnyOrderElementsOf(many);
    }

    @Test
    void DLQ_4_a_pass_ends_where_letters_that_went_back_come_again_at_once() {
        List<String> many =
                new ArrayList<>(IntStream.range(0, 1_500).mapToObj(i -> "m" + i).toList());
        many.add("wanted");
        broker.without(Feature.DELAYED_RELEASE);
        kill(many);
        assertThat(atOnce(queue.deadLetters().redrive(letter -> letter.error().equals("wanted")))
                        .run())
                .isEqualTo(1);
        assertThat(queue.deadLetters().list()).hasSize(1_500);
    }

    @Test
    void SET_4_a_letter_whose_source_cannot_take_it_stays() {
        broker.receiving.forwarding = ReceiverFaults.Forwarding.NOT_OFFERED;
        kill(List.of("a", "b", "c"));
        broker.onlyTo("orders").nextSends(".N");
        QueueException failure = refused(ErrorCode.NOT_FOUND, () -> all(queue).run());
        assertThat(failure).hasMessageStartingWith("1 letters of orders--dlq were redriven");
        assertThat(errors(queue.deadLetters())).containsExactly("b", "c");
        assertThat(all(queue).run()).isEqualTo(2);
        consume(queue);
        eventually(() -> assertThat(handled).containsExactly("a", "b", "c"));
    }

    @Test
    void SET_4_a_letter_whose_move_has_no_result_stays() {
        kill(List.of("a", "b"));
        broker.receiving.forwarding = ReceiverFaults.Forwarding.UNKNOWN;
        QueueException failure = org.assertj.core.api.Assertions.catchThrowableOfType(
                QueueException.class, () -> all(queue).run());
        assertThat(failure).hasMessageStartingWith("0 letters");
        broker.receiving.forwarding = ReceiverFaults.Forwarding.WORKS;
        assertThat(all(queue).run()).isEqualTo(2);
    }

    @Test
    void SET_4_a_crash_between_send_and_acknowledgement_duplicates_with_the_same_id() {
        broker.receiving.forwarding = ReceiverFaults.Forwarding.NOT_OFFERED;
        kill(List.of("a", "b"));
        broker.receivers(receiver -> new ForwardingReceiver(receiver) {
            @Override
            public void ack(List<? extends Delivery> deliveries, Results results) {
                throw new IllegalStateException("crash");
            }
        });
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> all(queue).run())
                .hasMessage("crash");
        broker.receivers(receiver -> receiver);
        assertThat(errors(queue.deadLetters())).containsExactly("a", "b");
        assertThat(all(queue).run()).isEqualTo(2);
        Queue<String> ids = new ConcurrentLinkedQueue<>();
        queue.consume((payload, context) -> ids.add(payload + context.message().id()));
        eventually(() -> assertThat(ids).hasSize(3));
        assertThat(Set.copyOf(ids)).hasSize(2);
    }

    @Test
    void SET_4_two_redrives_at_once_lose_nothing() throws Exception {
        List<String> letters = IntStream.range(0, 200).mapToObj(i -> "m" + i).toList();
        kill(letters);
        CompletableFuture<Long> one =
                CompletableFuture.supplyAsync(() -> all(queue).run());
        CompletableFuture<Long> other =
                CompletableFuture.supplyAsync(() -> all(queue).run());
        time.passUntil(() -> assertThat(CompletableFuture.allOf(one, other)).isDone());
        assertThat(one.get() + other.get() + all(queue).run()).isEqualTo(200);
        consume(queue);
        eventually(() -> assertThat(handled).containsExactlyInAnyOrderElementsOf(letters));
    }

    @Test
    void DLQ_4_an_ordered_queue_gets_its_letters_in_order() {
        MessageQueue<String> ordered =
                client.queue(QueueSpec.of("ordered", String.class).orderedBy(payload -> payload.substring(0, 1)));
        List<String> payloads = List.of("a1", "b1", "a2", "b2", "a3");
        bad.addAll(payloads);
        MessageConsumer consumer = consume(ordered);
        payloads.forEach(ordered::send);
        eventually(() -> assertThat(ordered.deadLetters().list()).hasSize(5));
        bad.clear();
        assertThat(all(ordered).run()).isEqualTo(5);
        eventually(() -> assertThat(handled).hasSize(5));
        consumer.stop(SECOND);
        assertThat(handled.stream().filter(payload -> payload.startsWith("a"))).containsExactly("a1", "a2", "a3");
    }

    @Test
    void DLQ_4_discarded_letters_are_gone_and_logged_and_the_others_stay() {
        kill(List.of("a", "b", "c"));
        try (TestLog log = TestLog.open()) {
            assertThat(queue.deadLetters().discard(letter -> !letter.error().equals("b"), "test data\n"))
                    .isEqualTo(2);
            assertThat(log.lines())
                    .filteredOn(line -> line.endsWith("is discarded: test data "))
                    .hasSize(2);
            assertThat(log.aboveInfo()).isEmpty();
        }
        assertThat(errors(queue.deadLetters())).containsExactly("b");
        assertThat(count("q.dlq.discarded")).isEqualTo(2);
    }

    @Test
    void DLQ_4_a_source_that_nobody_ever_used_has_nothing_to_redrive() {
        DeadLetters dead = client.queue("never", String.class).deadLetters();
        assertThat(dead.redrive(letter -> true).preview()).isEmpty();
        assertThat(dead.redrive(letter -> true).run()).isZero();
        assertThat(dead.discard(letter -> true, "none")).isZero();
    }

    @Test
    void LIF_2_closing_the_client_ends_a_redrive() throws Exception {
        kill(List.of("a", "b"));
        QueueClient other = connect(new SimpleMeterRegistry());
        Redrive plan = other.queue("orders", String.class)
                .deadLetters()
                .redrive(letter -> true)
                .rate(1, Duration.ofDays(1));
        CompletableFuture<QueueException> end =
                CompletableFuture.supplyAsync(() -> refused(ErrorCode.CLOSED, () -> plan.run()));
        eventually(() -> assertThat(errors(queue.deadLetters())).containsExactly("b"));
        other.close();
        assertThat(end.get(10, java.util.concurrent.TimeUnit.SECONDS)).hasMessageStartingWith("1 letters");
        assertThat(all(queue).run()).isEqualTo(1);
    }

    @Test
    void ERR_1_an_interrupt_ends_a_redrive_and_stays_set() throws Exception {
        kill(List.of("a", "b"));
        Redrive plan = queue.deadLetters().redrive(letter -> true).rate(1, Duration.ofDays(1));
        CountDownLatch ended = new CountDownLatch(1);
        AtomicReference<Boolean> flag = new AtomicReference<>();
        Thread thread = new Thread(() -> {
            refused(ErrorCode.INTERRUPTED, plan::run);
            flag.set(Thread.currentThread().isInterrupted());
            ended.countDown();
        });
        thread.start();
        eventually(() -> assertThat(errors(queue.deadLetters())).containsExactly("b"));
        thread.interrupt();
        Eventually.awaitLatch(ended);
        assertThat(flag).hasValue(true);
        assertThat(all(queue).run()).isEqualTo(1);
    }

    @Test
    void ERR_1_a_filter_that_throws_takes_nothing() {
        kill(List.of("a", "b"));
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> atOnce(
                                queue.deadLetters().redrive(letter -> {
                                    throw new IllegalStateException("mine");
                                }))
                        .run())
                .hasMessage("mine");
        assertThat(errors(queue.deadLetters())).containsExactly("a", "b");
        assertThat(all(queue).run()).isEqualTo(2);
    }

    @Test
    void DLQ_4_permanent_failures_can_be_redriven_as_well() {
        AtomicInteger runs = new AtomicInteger();
        queue.consume((payload, context) -> {
            if (runs.incrementAndGet() == 1) {
                throw HandlingException.permanent("not yet");
            }
        });
        queue.send("x");
        eventually(() -> assertThat(errors(queue.deadLetters())).containsExactly("not yet"));
        assertThat(all(queue).run()).isEqualTo(1);
        eventually(() -> assertThat(runs).hasValue(2));
    }

    @Test
    void ERR_1_bad_input_is_refused() {
        DeadLetters dead = queue.deadLetters();
        Redrive plan = dead.redrive(letter -> true);
        List<ThrowingCallable> misuses = List.of(
                () -> dead.redrive(null),
                () -> dead.discard(null, "x"),
                () -> dead.discard(letter -> true, null),
                () -> dead.discard(letter -> true, " "),
                () -> plan.limit(0),
                () -> plan.rate(0, SECOND),
                () -> plan.rate(1, Duration.ZERO),
                () -> plan.rate(1, null),
                () -> plan.maxRedrives(0));
        misuses.forEach(misuse -> refused(ErrorCode.INVALID_ARGUMENT, misuse));
        client.close();
        refused(ErrorCode.CLOSED, plan::run);
        refused(ErrorCode.CLOSED, plan::preview);
    }
}
