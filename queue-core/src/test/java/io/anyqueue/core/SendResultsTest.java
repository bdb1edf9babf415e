package io.anyqueue.core;

import static io.anyqueue.core.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.anyqueue.ClientOptions;
import io.anyqueue.ErrorCode;
import io.anyqueue.Health;
import io.anyqueue.MessageQueue;
import io.anyqueue.Outgoing;
import io.anyqueue.PartialSendException;
import io.anyqueue.QueueClient;
import io.anyqueue.QueueException;
import io.anyqueue.QueueSpec;
import io.anyqueue.spi.Sender;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Results of sends from adapters and key functions that do not behave (rules SND-2, SND-5, SND-8). */
class SendResultsTest {
    private final FaultyBroker broker = FaultyBroker.create();
    private final QueueClient client =
            QueueClient.connect(ClientOptions.of("inmemory:").use(broker));
    private final Queue<String> handled = new ConcurrentLinkedQueue<>();
    private final ExecutorService adapter = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "test-adapter");
        thread.setDaemon(true);
        return thread;
    });

    @AfterEach
    void close() {
        client.close();
        broker.close();
        adapter.shutdownNow();
    }

    /** Does something else with the first batch. */
    private record Surprising(Sender sender, List<String> batches, FirstBatch first) implements Sender {
        @Override
        public void send(List<? extends PendingSend> batch, Results results) {
            batches.add("batch");
            if (batches.size() == 1) {
                first.send(batch, results);
            } else {
                sender.send(batch, results);
            }
        }

        @Override
        public CompletionStage<Void> close(Duration limit) {
            return sender.close(limit);
        }
    }

    private interface FirstBatch {
        void send(List<? extends Sender.PendingSend> batch, Sender.Results results);
    }

    private void firstBatch(FirstBatch first) {
        broker.senders(sender -> new Surprising(sender, new ArrayList<>(), first));
    }

    @Test
    void SND_8_a_callback_runs_on_no_thread_of_the_adapter_and_may_send() throws Exception {
        broker.holdResults().resultsOn(adapter);
        MessageQueue<String> queue = client.queue("orders", String.class);
        Queue<String> threads = new ConcurrentLinkedQueue<>();
        CompletableFuture<String> second = queue.sendAsync("first").thenApply(id -> {
            threads.add(Thread.currentThread().getName());
            return queue.send("second");
        });
        adapter.execute(broker::letGo);
        assertThat(second.get(10, TimeUnit.SECONDS)).isNotEmpty();
        assertThat(threads).hasSize(1).doesNotContain("test-adapter");
        queue.consume(handled::add);
        eventually(() -> assertThat(handled).containsExactly("first", "second"));
    }

    @Test
    void SND_8_a_callback_that_waits_for_the_result_of_a_later_send_gets_it() throws Exception {
        broker.holdResults().resultsOn(adapter);
        MessageQueue<String> queue = client.queue("orders", String.class);
        List<CompletableFuture<String>> sent = new ArrayList<>();
        List<CompletableFuture<String>> waited = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            int later = i + 1;
            CompletableFuture<String> each = queue.sendAsync("message " + i);
            waited.add(each.thenApply(id -> later == 10 ? id : sent.get(later).join()));
            sent.add(each);
        }
        adapter.execute(broker::letGo);
        for (int i = 0; i < 9; i++) {
            assertThat(waited.get(i).get(10, TimeUnit.SECONDS))
                    .isEqualTo(sent.get(i + 1).join());
        }
    }

    @Test
    void SND_8_many_results_at_once_take_few_tasks() throws Exception {
        CountingExecutor executor = new CountingExecutor();
        try (QueueClient counted =
                QueueClient.connect(ClientOptions.of("inmemory:").use(broker).use((Executor) executor))) {
            broker.holdResults().resultsOn(adapter);
            MessageQueue<String> queue = counted.queue("orders", String.class);
            List<CompletableFuture<String>> sent = new ArrayList<>();
            for (int i = 0; i < 2_000; i++) {
                sent.add(queue.sendAsync("message"));
            }
            int before = executor.begun();
            adapter.execute(broker::letGo);
            CompletableFuture.allOf(sent.toArray(CompletableFuture<?>[]::new)).get(30, TimeUnit.SECONDS);
            assertThat(executor.begun() - before).isLessThan(1_000);
        }
    }

    @Test
    void SND_8_a_task_that_the_executor_drops_holds_up_no_later_result_for_long() throws Exception {
        CountingExecutor executor = new CountingExecutor();
        try (QueueClient dropping =
                QueueClient.connect(ClientOptions.of("inmemory:").use(broker).use((Executor) executor))) {
            broker.holdResults().resultsOn(adapter);
            MessageQueue<String> queue = dropping.queue("orders", String.class);
            CompletableFuture<String> first = queue.sendAsync("first");
            executor.drop(1);
            adapter.execute(broker::letGo);
            eventually(() -> assertThat(executor.dropsLeft()).isZero());
            eventually(() -> {
                var unused = queue.sendAsync("later");
                assertThat(first).isCompleted();
            });
            executor.awaitIdle();
            assertThat(queue.sendAsync("last").get(10, TimeUnit.SECONDS)).isNotEmpty();
        }
    }

    @Test
    void SND_8_futures_are_complete_when_close_returns_though_the_executor_is_slow() {
        Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
        QueueClient slow =
                QueueClient.connect(ClientOptions.of("inmemory:").use(broker).use((Executor) tasks::add));
        broker.holdResults();
        CompletableFuture<String> sent = slow.queue("orders", String.class).sendAsync("x");
        broker.letGo();
        assertThat(sent).isNotDone();
        Thread later = new Thread(() -> {
            Eventually.eventually(() -> assertThat(closing(slow)).isTrue());
            tasks.forEach(Runnable::run);
        });
        later.setDaemon(true);
        later.start();
        slow.close();
        assertThat(sent).isCompleted();
    }

    private static boolean closing(QueueClient client) {
        return client.health().status() == Health.Status.DOWN;
    }

    @Test
    void SND_8_a_send_that_gets_no_result_fails_at_close_and_stays_open_no_longer() {
        firstBatch((batch, results) -> {});
        CompletableFuture<String> sent = client.queue("orders", String.class).sendAsync("x");
        try (TestLog log = TestLog.open()) {
            client.close();
            assertThat(log.aboveInfo()).hasSize(1);
        }
        assertThat(sent).isCompletedExceptionally();
        assertThatThrownBy(sent::join)
                .hasCauseInstanceOf(QueueException.class)
                .cause()
                .extracting(failure -> ((QueueException) failure).code())
                .isEqualTo(ErrorCode.UNCONFIRMED);
    }

    @Test
    void SND_8_a_callback_may_close_the_client() throws Exception {
        broker.resultsOn(adapter);
        CountDownLatch closed = new CountDownLatch(1);
        CompletableFuture<Void> called = client.queue("orders", String.class)
                .sendAsync("x")
                .thenRun(() -> {
                    client.close();
                    closed.countDown();
                });
        Eventually.awaitLatch(closed);
        Eventually.eventually(() -> assertThat(called).isCompleted());
    }

    @Test
    void SND_5_a_key_function_that_throws_harms_no_other_message_of_its_batch() {
        MessageQueue<String> queue =
                client.queue(QueueSpec.of("keyed", String.class).orderedBy(text -> text.substring(0, 1)));
        PartialSendException failure = catchThrowableOfType(
                PartialSendException.class,
                () -> queue.sendAll(List.of(Outgoing.of("a"), Outgoing.of(""), Outgoing.of("b"))));
        assertThat(failure).isNotNull();
        queue.consume(handled::add);
        eventually(() -> assertThat(handled).containsExactlyInAnyOrder("a", "b"));
    }

    @Test
    void SND_2_a_sender_that_throws_once_stops_no_destination_and_leaves_no_future_open() throws Exception {
        firstBatch((batch, results) -> {
            throw new IllegalStateException("a defect of the adapter");
        });
        MessageQueue<String> queue = client.queue("orders", String.class);
        CompletableFuture<String> first = queue.sendAsync("first");
        assertThat(queue.sendAsync("second").get(10, TimeUnit.SECONDS)).isNotEmpty();
        assertThat(first.get(10, TimeUnit.SECONDS)).as("sent again").isNotEmpty();
    }

    @Test
    void SND_2_an_unknown_result_is_sent_again_whatever_its_cause() throws Exception {
        firstBatch((batch, results) -> batch.forEach(each ->
                results.unknown(each, new QueueException(ErrorCode.INTERNAL, "the native client failed oddly"))));
        MessageQueue<String> queue = client.queue("orders", String.class);
        assertThat(queue.sendAsync("x").get(10, TimeUnit.SECONDS)).isNotEmpty();
        queue.consume(handled::add);
        eventually(() -> assertThat(handled).containsExactly("x"));
    }
}
