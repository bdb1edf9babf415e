package io.anyqueue.core;

import static io.anyqueue.core.Eventually.eventually;
import static io.anyqueue.core.Eventually.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.anyqueue.ClientOptions;
import io.anyqueue.ErrorCode;
import io.anyqueue.MessageQueue;
import io.anyqueue.Outgoing;
import io.anyqueue.PartialSendException;
import io.anyqueue.QueueClient;
import io.anyqueue.QueueException;
import io.anyqueue.QueueSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sends to a broker that loses answers, refuses, is slow or full (rules SND-2, SND-4, SND-5, SND-6, SND-8). */
class SendFaultsTest {
    private final ManualTime time = new ManualTime();
    private final FaultyBroker broker = FaultyBroker.create(time);
    private QueueClient client = QueueClient.connect(options());

    private ClientOptions options() {
        return ClientOptions.of("inmemory:").use(broker).use(time).use(time.clock());
    }

    private MessageQueue<String> open(Map<String, String> settings) {
        client.close();
        ClientOptions options = options();
        settings.forEach(options::set);
        client = QueueClient.connect(options);
        return client.queue("orders", String.class);
    }

    @AfterEach
    void close() {
        broker.letGo();
        client.close();
        broker.close();
    }

    private static QueueException failure(CompletableFuture<?> future) {
        ExecutionException failure =
                catchThrowableOfType(ExecutionException.class, () -> future.get(10, TimeUnit.SECONDS));
        assertThat(failure).hasCauseInstanceOf(QueueException.class);
        return (QueueException) failure.getCause();
    }

    private List<String> stored(MessageQueue<String> queue, int expected) {
        Queue<String> handled = new ConcurrentLinkedQueue<>();
        queue.consume(handled::add);
        eventually(() -> assertThat(handled).hasSizeGreaterThanOrEqualTo(expected));
        return List.copyOf(handled);
    }

    @ParameterizedTest
    @ValueSource(strings = {"B", "A", "BAB", "AAAAA"})
    void SND_2_unknown_is_sent_again_with_the_same_id_and_stored_once(String faults) {
        MessageQueue<String> queue = client.queue("orders", String.class);
        broker.nextSends(faults);
        CompletableFuture<String> sent = queue.sendAsync("x");
        time.passUntil(() -> assertThat(sent).isDone());
        assertThat(broker.idsHandedOver()).hasSize(faults.length() + 1).containsOnly(sent.join());
        queue.send("end");
        assertThat(stored(queue, 2)).containsExactly("x", "end");
    }

    @Test
    void SND_2_a_broker_that_is_away_is_tried_again() {
        MessageQueue<String> queue = client.queue("orders", String.class);
        broker.nextSends("UUU");
        CompletableFuture<String> sent = queue.sendAsync("x");
        assertThat(sent).isNotDone();
        time.passUntil(() -> assertThat(sent).isDone());
        assertThat(broker.idsHandedOver()).hasSize(4).containsOnly(sent.join());
    }

    @Test
    void SND_2_what_no_retry_can_mend_fails_at_once_with_its_code() {
        MessageQueue<String> queue = client.queue("orders", String.class);
        broker.nextSends("N");
        QueueException refusal = refused(ErrorCode.NOT_FOUND, () -> queue.send("x"));
        assertThat(refusal.maybeStored()).isFalse();
        time.advance(Duration.ofMinutes(2));
        assertThat(broker.handedOver()).hasSize(1);
    }

    @Test
    void SND_2_without_any_answer_the_message_is_unconfirmed_when_the_time_is_over() {
        MessageQueue<String> queue = client.queue("orders", String.class);
        broker.nextSends("B".repeat(1_000));
        CompletableFuture<String> sent = queue.sendAsync("x");
        time.advance(Duration.ofSeconds(20));
        assertThat(sent).isNotDone();
        time.advance(Duration.ofSeconds(11));
        assertThat(failure(sent).code()).isEqualTo(ErrorCode.UNCONFIRMED);
        assertThat(failure(sent).maybeStored()).isTrue();
        int tries = broker.handedOver().size();
        assertThat(tries).isBetween(7, 20);
        time.advance(Duration.ofMinutes(2));
        assertThat(broker.handedOver()).hasSize(tries);
    }

    @Test
    void SND_2_one_lost_answer_leaves_the_message_maybe_stored_whatever_comes_after_it() {
        MessageQueue<String> queue = client.queue("orders", String.class);
        broker.nextSends("BN");
        CompletableFuture<String> sent = queue.sendAsync("x");
        time.passUntil(() -> assertThat(sent).isDone());
        assertThat(failure(sent).code()).isEqualTo(ErrorCode.UNCONFIRMED);
        assertThat(failure(sent).maybeStored()).isTrue();
    }

    @Test
    void SND_2_a_broker_that_stays_away_has_certainly_not_stored() {
        MessageQueue<String> queue = client.queue("orders", String.class);
        broker.nextSends("U".repeat(1_000));
        CompletableFuture<String> sent = queue.sendAsync("x");
        time.advance(Duration.ofSeconds(31));
        assertThat(failure(sent).code()).isEqualTo(ErrorCode.UNAVAILABLE);
        assertThat(failure(sent).maybeStored()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void SND_4_a_key_keeps_its_order_when_answers_are_lost_and_come_from_other_threads(long seed) {
        MessageQueue<String> queue = client.queue(
                QueueSpec.of("steps", String.class).orderedBy(text -> text.substring(0, text.indexOf(':'))));
        Random random = new Random(seed);
        StringBuilder script = new StringBuilder();
        IntStream.range(0, 120).forEach(i -> script.append("....ABU".charAt(random.nextInt(7))));
        broker.nextSends(script.toString());
        ExecutorService answers = Executors.newFixedThreadPool(3);
        broker.resultsOn(answers);
        List<CompletableFuture<String>> sent = new ArrayList<>();
        List<String> calls = new ArrayList<>();
        for (int number = 100; number < 115; number++) {
            for (int key = 0; key < 5; key++) {
                calls.add("k" + key + ":" + number);
            }
        }
        calls.forEach(call -> sent.add(queue.sendAsync(call)));
        time.passUntil(
                () -> assertThat(sent).allSatisfy(future -> assertThat(future).isCompleted()));
        broker.resultsOn(Runnable::run);
        answers.shutdown();
        List<String> stored = stored(queue, calls.size());
        assertThat(stored).containsExactlyInAnyOrderElementsOf(calls);
        for (int key = 0; key < 5; key++) {
            String prefix = "k" + key;
            assertThat(stored).filteredOn(text -> text.startsWith(prefix)).isSorted();
        }
    }

    @Test
    void SND_4_a_message_waits_until_the_one_before_it_of_its_key_is_confirmed() {
        MessageQueue<String> queue =
                client.queue(QueueSpec.of("steps", String.class).orderedBy(text -> text.substring(0, 1)));
        broker.holdResults();
        assertThat(queue.sendAsync("a1")).isNotDone();
        assertThat(queue.sendAsync("a2")).isNotDone();
        assertThat(queue.sendAsync("b1")).isNotDone();
        assertThat(broker.handedOver()).hasSize(2);
        broker.letGo();
        assertThat(broker.handedOver()).hasSize(3);
    }

    @Test
    void SND_4_what_fails_for_good_lets_the_next_of_its_key_go() {
        MessageQueue<String> queue =
                client.queue(QueueSpec.of("steps", String.class).orderedBy(text -> text.substring(0, 1)));
        broker.nextSends("BN");
        CompletableFuture<String> first = queue.sendAsync("a1");
        CompletableFuture<String> second = queue.sendAsync("a2");
        assertThat(second).isNotDone();
        time.passUntil(() -> assertThat(second).isCompleted());
        assertThat(failure(first).code()).isEqualTo(ErrorCode.UNCONFIRMED);
    }

    @Test
    void SND_5_a_refused_message_of_a_batch_harms_no_other_and_is_named_by_its_index() {
        MessageQueue<String> queue = client.queue("orders", String.class);
        broker.nextSends(".N.");
        List<Outgoing<String>> batch = List.of(
                Outgoing.of("0"),
                Outgoing.of("x".repeat(2 << 20)),
                Outgoing.of("2"),
                Outgoing.of("3"),
                Outgoing.of("4").priority(7));
        PartialSendException partial = catchThrowableOfType(PartialSendException.class, () -> queue.sendAll(batch));
        assertThat(partial.failures().keySet()).containsExactly(1, 2, 4);
        assertThat(partial.failures().values())
                .extracting(QueueException::code)
                .containsExactly(ErrorCode.TOO_LARGE, ErrorCode.NOT_FOUND, ErrorCode.INVALID_ARGUMENT);
        assertThat(partial.code()).isEqualTo(ErrorCode.TOO_LARGE);
        assertThat(partial.maybeStored()).isFalse();
        assertThat(stored(queue, 2)).containsExactly("0", "3");
    }

    @Test
    void SND_6_a_full_gate_holds_a_send_until_there_is_room() throws Exception {
        MessageQueue<String> queue = open(Map.of("anyqueue.send.messages", "2", "anyqueue.send.wait", "1h"));
        broker.holdResults();
        assertThat(queue.sendAsync("1")).isNotDone();
        assertThat(queue.sendAsync("2")).isNotDone();
        FutureTask<CompletableFuture<String>> third = new FutureTask<>(() -> queue.sendAsync("3"));
        Thread sender = start(third);
        awaitWaiting(sender);
        assertThat(broker.handedOver()).hasSize(2);
        broker.letGo(1);
        eventually(() -> assertThat(broker.handedOver()).hasSize(3));
        CompletableFuture<String> sent = third.get(10, TimeUnit.SECONDS);
        assertThat(sent).isNotDone();
        broker.letGo();
        eventually(() -> assertThat(sent).isCompleted());
    }

    @Test
    void SND_6_the_gate_counts_bytes_too() {
        MessageQueue<String> queue = open(Map.of("anyqueue.send.bytes", "3000", "anyqueue.send.when-full", "fail"));
        broker.holdResults();
        assertThat(queue.sendAsync("x".repeat(1_000))).isNotDone();
        assertThat(queue.sendAsync("x".repeat(1_000))).isNotDone();
        refused(ErrorCode.RESOURCE_EXHAUSTED, () -> queue.send("x".repeat(1_000)));
        assertThat(queue.sendAsync("x".repeat(100))).isNotDone();
    }

    @Test
    void SND_6_a_message_larger_than_the_whole_gate_passes_alone() {
        MessageQueue<String> queue = open(Map.of("anyqueue.send.bytes", "100"));
        assertThat(queue.send("x".repeat(1_000))).isNotEmpty();
    }

    @Test
    void SND_6_a_full_gate_fails_at_once_where_it_was_asked_to() {
        MessageQueue<String> queue = open(Map.of("anyqueue.send.messages", "1", "anyqueue.send.when-full", "fail"));
        broker.holdResults();
        CompletableFuture<String> first = queue.sendAsync("1");
        QueueException full = refused(ErrorCode.RESOURCE_EXHAUSTED, () -> queue.send("2"));
        assertThat(full.retryable()).isTrue();
        assertThat(full.maybeStored()).isFalse();
        assertThat(failure(queue.sendAsync("2")).code()).isEqualTo(ErrorCode.RESOURCE_EXHAUSTED);
        assertThat(broker.handedOver()).hasSize(1);
        broker.letGo();
        eventually(() -> assertThat(first).isCompleted());
        assertThat(queue.send("3")).isNotEmpty();
    }

    @Test
    void SND_6_a_full_gate_is_waited_for_as_long_as_the_setting_says() {
        MessageQueue<String> queue = open(Map.of("anyqueue.send.messages", "1", "anyqueue.send.wait", "80ms"));
        broker.holdResults();
        assertThat(queue.sendAsync("1")).isNotDone();
        long start = System.nanoTime();
        refused(ErrorCode.RESOURCE_EXHAUSTED, () -> queue.send("2"));
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(80));
        assertThat(broker.handedOver()).hasSize(1);
    }

    @Test
    void SND_6_a_full_broker_counts_as_a_full_gate() {
        MessageQueue<String> waiting = client.queue("orders", String.class);
        broker.nextSends("FF");
        CompletableFuture<String> sent = waiting.sendAsync("x");
        time.passUntil(() -> assertThat(sent).isCompleted());
        broker.nextSends("F".repeat(1_000));
        CompletableFuture<String> never = waiting.sendAsync("x");
        time.advance(Duration.ofSeconds(11));
        assertThat(failure(never).code()).isEqualTo(ErrorCode.RESOURCE_EXHAUSTED);
        broker.heal();
        MessageQueue<String> failing = open(Map.of("anyqueue.send.when-full", "fail"));
        broker.nextSends("F");
        refused(ErrorCode.RESOURCE_EXHAUSTED, () -> failing.send("y"));
    }

    @Test
    void SND_6_a_sendAll_larger_than_the_gate_goes_through_it_in_parts() {
        MessageQueue<String> queue = open(Map.of("anyqueue.send.messages", "3"));
        queue.sendAll(IntStream.range(0, 50).mapToObj(i -> Outgoing.of("m" + i)).toList());
        assertThat(new HashSet<>(broker.idsHandedOver())).hasSize(50);
    }

    @Test
    void ERR_1_an_interrupt_while_waiting_for_room_is_told_and_the_flag_set_again() throws Exception {
        MessageQueue<String> queue = open(Map.of("anyqueue.send.messages", "1"));
        broker.holdResults();
        assertThat(queue.sendAsync("1")).isNotDone();
        QueueException interrupted = interruptedSend(queue);
        assertThat(interrupted.code()).isEqualTo(ErrorCode.INTERRUPTED);
        assertThat(interrupted.maybeStored()).isFalse();
        assertThat(broker.handedOver()).hasSize(1);
    }

    @Test
    void ERR_1_an_interrupt_while_waiting_for_the_confirmation_says_that_it_may_be_stored() throws Exception {
        MessageQueue<String> queue = client.queue("orders", String.class);
        broker.holdResults();
        QueueException interrupted = interruptedSend(queue);
        assertThat(interrupted.code()).isEqualTo(ErrorCode.INTERRUPTED);
        assertThat(interrupted.maybeStored()).isTrue();
        assertThat(broker.handedOver()).hasSize(1);
    }

    private static QueueException interruptedSend(MessageQueue<String> queue) throws Exception {
        FutureTask<QueueException> task = new FutureTask<>(() -> {
            QueueException failure = catchThrowableOfType(QueueException.class, () -> queue.send("2"));
            assertThat(Thread.currentThread().isInterrupted()).isTrue();
            return failure;
        });
        Thread sender = start(task);
        awaitWaiting(sender);
        sender.interrupt();
        return task.get(10, TimeUnit.SECONDS);
    }

    @Test
    void SND_6_a_future_that_the_user_cancels_gives_its_room_back() {
        MessageQueue<String> queue = open(Map.of("anyqueue.send.messages", "2", "anyqueue.send.when-full", "fail"));
        for (int i = 0; i < 10; i++) {
            broker.holdResults();
            assertThat(queue.sendAsync("a" + i).cancel(true)).isTrue();
            queue.sendAsync("b" + i).complete("mine");
            broker.letGo();
        }
        assertThat(stored(queue, 20)).hasSize(20);
    }

    @Test
    void SND_8_close_waits_for_what_was_accepted() throws Exception {
        MessageQueue<String> queue = client.queue("orders", String.class);
        broker.holdResults();
        CompletableFuture<String> sent = queue.sendAsync("x");
        FutureTask<Void> closing = new FutureTask<>(client::close, null);
        awaitWaiting(start(closing));
        assertThat(sent).isNotDone();
        broker.letGo();
        closing.get(10, TimeUnit.SECONDS);
        eventually(() -> assertThat(sent).isCompleted());
        refused(ErrorCode.CLOSED, () -> queue.send("y"));
        assertThat(failure(queue.sendAsync("y")).code()).isEqualTo(ErrorCode.CLOSED);
    }

    @Test
    void SND_8_what_close_could_not_flush_fails() throws Exception {
        MessageQueue<String> queue = client.queue("orders", String.class);
        broker.nextSends("UB");
        CompletableFuture<String> refused = queue.sendAsync("x");
        CompletableFuture<String> unanswered = queue.sendAsync("y");
        FutureTask<Void> closing = new FutureTask<>(client::close, null);
        Thread closer = start(closing);
        awaitWaiting(closer);
        // It would wait for 10 s; an interrupt cuts that short.
        closer.interrupt();
        closing.get(10, TimeUnit.SECONDS);
        assertThat(failure(refused).code()).isEqualTo(ErrorCode.CLOSED);
        assertThat(failure(unanswered).code()).isEqualTo(ErrorCode.UNCONFIRMED);
        assertThat(failure(unanswered).maybeStored()).isTrue();
    }

    private static Thread start(Runnable task) {
        Thread thread = new Thread(task, "test-sender");
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private static void awaitWaiting(Thread thread) {
        eventually(() -> assertThat(thread.getState()).isIn(Thread.State.WAITING, Thread.State.TIMED_WAITING));
    }
}
