package io.anyqueue.test;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.anyqueue.ErrorCode;
import io.anyqueue.Health;
import io.anyqueue.IdempotencyStore;
import io.anyqueue.MessageContext;
import io.anyqueue.MessageQueue;
import io.anyqueue.QueueException;
import io.anyqueue.QueueSpec;
import io.anyqueue.RetryPolicy;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FaultsTest {
    private static final QueueSpec<String> IN = QueueSpec.of("in", String.class);
    private static final QueueSpec<String> OUT = QueueSpec.of("out", String.class);
    private static final QueueSpec<String> ORDERED = IN.orderedBy(line -> line.substring(0, 1));

    private final TestQueues queues = new TestQueues();
    private final Instant start = queues.clock().instant();
    private final List<String> handled = new ArrayList<>();

    @AfterEach
    void close() {
        queues.close();
    }

    private void handle(String line, MessageContext context) {
        handled.add(line + " " + context.deliveries() + " " + context.attempt() + " @"
                + Duration.between(start, queues.clock().instant()).toSeconds());
    }

    private MessageQueue<String> consumed() {
        MessageQueue<String> queue = queues.client().queue(IN);
        queue.consume(this::handle);
        return queue;
    }

    @Test
    void aCrashAfterTheHandlerBringsTheMessageBackWhenItsLeaseHasRunOut() {
        MessageQueue<String> queue = consumed();
        queues.faults().crashAfterHandler(2);
        queue.send("a");
        queue.send("b");
        queue.send("c");
        queues.advance(ofSeconds(89));
        assertThat(handled).containsExactly("a 1 1 @0", "b 1 1 @0", "c 1 1 @0");
        queues.advance(ofMinutes(10));
        assertThat(handled).endsWith("b 2 1 @90").hasSize(4);
    }

    @Test
    void aCrashLosesWhatTheHandlerSentAndAFailureThatItHad() {
        int[] calls = {0};
        queues.client()
                .queue(IN)
                .consumer()
                .retry(RetryPolicy.delays(ofSeconds(1)))
                .start((line, context) -> {
                    handle(line, context);
                    context.send(OUT, line);
                    if (calls[0]++ == 1) {
                        throw new IOException("down");
                    }
                });
        queues.faults().crashAfterHandler(1);
        queues.faults().crashAfterHandler(2);
        queues.client().queue(IN).send("a");
        queues.runUntilIdle();
        assertThat(queues.sent(OUT)).isEmpty();
        queues.advance(ofMinutes(10));
        assertThat(handled).containsExactly("a 1 1 @0", "a 2 1 @90", "a 3 1 @180");
        assertThat(queues.sent(OUT)).containsExactly("a");
    }

    @Test
    void anIdempotentConsumerSurvivesCrashesAndDuplicates() {
        MessageQueue<String> queue = queues.client().queue(IN);
        queue.consumer().idempotent(IdempotencyStore.inMemory()).start(this::handle);
        queues.faults().crashAfterHandler(1);
        queues.faults().duplicateEvery(1);
        queue.send("a");
        queue.send("b");
        queues.advance(ofMinutes(5));
        assertThat(handled).containsExactly("a 1 1 @0", "b 1 1 @0");
    }

    @Test
    void eachNthMessageIsDeliveredOnceMore() {
        MessageQueue<String> queue = consumed();
        queues.faults().duplicateEvery(2);
        List.of("a", "b", "c", "d").forEach(queue::send);
        queues.runUntilIdle();
        assertThat(handled)
                .containsExactlyInAnyOrder("a 1 1 @0", "b 1 1 @0", "c 1 1 @0", "d 1 1 @0", "b 2 1 @0", "d 2 1 @0");
    }

    @Test
    void duplicatesEndAlsoWithManyConsumersAndHandlersThatSend() {
        for (int i = 0; i < 3; i++) {
            queues.client().queue(IN).consume((line, context) -> {
                handle(line, context);
                context.send(OUT, line);
            });
        }
        queues.faults().duplicateEvery(1);
        queues.client().queue(IN).send("a");
        queues.client().queue(IN).send("b");
        queues.runUntilIdle();
        assertThat(handled).containsExactlyInAnyOrder("a 1 1 @0", "b 1 1 @0", "a 2 1 @0", "b 2 1 @0");
        assertThat(queues.sent(OUT)).containsExactlyInAnyOrder("a", "b");
    }

    @Test
    void duplicatesKeepTheOrderOfAKey() {
        MessageQueue<String> queue = queues.client().queue(ORDERED);
        queue.consumer().concurrency(4).start((line, context) -> {
            handled.add(line);
        });
        queues.faults().duplicateEvery(2);
        List.of("k1", "k2", "k3", "k4").forEach(queue::send);
        queues.runUntilIdle();
        assertThat(handled).containsExactly("k1", "k2", "k2", "k3", "k4", "k4");
    }

    @Test
    void aCrashKeepsTheOrderOfAKey() {
        MessageQueue<String> queue = queues.client().queue(ORDERED);
        queue.consumer().concurrency(4).start(this::handle);
        queues.faults().crashAfterHandler(3);
        List.of("k1", "k2", "k3", "k4").forEach(queue::send);
        queue.send("other");
        queues.advance(ofMinutes(10));
        assertThat(handled)
                .containsExactly("k1 1 1 @0", "other 1 1 @0", "k2 1 1 @0", "k2 2 1 @90", "k3 2 1 @90", "k4 2 1 @90");
    }

    @Test
    void duplicatesOfAHandlerThatSendsKeepTheOrderToo() {
        MessageQueue<String> queue = queues.client().queue(ORDERED);
        queue.consume((line, context) -> {
            handled.add(line);
            context.send(OUT, line);
        });
        queues.faults().duplicateEvery(2);
        List.of("k1", "k2", "k3").forEach(queue::send);
        queues.runUntilIdle();
        assertThat(handled).containsExactly("k1", "k2", "k2", "k3");
        assertThat(queues.sent(OUT)).containsExactly("k1", "k2", "k3");
    }

    @Test
    void aSendWhoseFateIsUnknownIsStoredOnceAndConfirmedInTheEnd() {
        MessageQueue<String> queue = consumed();
        queues.faults().sendUnknown(2);
        queue.send("a");
        queue.send("b");
        assertThat(queues.clock().instant()).isAfter(start).isBefore(start.plusSeconds(1));
        queues.advance(ofMinutes(5));
        assertThat(handled).hasSize(2);
        assertThat(queues.sent(IN)).containsExactly("a", "b");
    }

    @Test
    void aSendThatIsNotWaitedForIsConfirmedLater() {
        MessageQueue<String> queue = consumed();
        queues.faults().sendUnknown(1);
        CompletableFuture<String> sent = queue.sendAsync("a");
        assertThat(sent).isNotDone();
        queues.advance(ofSeconds(1));
        assertThat(sent).isCompleted();
        assertThat(handled).containsExactly("a 1 1 @0");
    }

    @Test
    void aBrokerThatIsAwayIsWaitedFor() {
        MessageQueue<String> queue = consumed();
        queues.faults().brokerDownFor(ofSeconds(20));
        assertThat(queues.client().health().status()).isEqualTo(Health.Status.DOWN);
        queue.send("a");
        queues.runUntilIdle();
        assertThat(Duration.between(start, queues.clock().instant())).isBetween(ofSeconds(20), ofSeconds(26));
        assertThat(handled).hasSize(1);
        assertThat(queues.client().health().status()).isEqualTo(Health.Status.UP);
    }

    @Test
    void aBrokerThatIsAwayForTooLongFailsTheSend() {
        MessageQueue<String> queue = queues.client().queue(IN);
        queues.faults().brokerDownFor(ofMinutes(10));
        assertThatExceptionOfType(QueueException.class)
                .isThrownBy(() -> queue.send("a"))
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE));
        assertThat(Duration.between(start, queues.clock().instant())).isLessThan(ofSeconds(31));
        assertThat(queues.sent(IN)).isEmpty();
    }

    @Test
    void aDeclarationWaitsForTheBroker() {
        queues.faults().brokerDownFor(ofSeconds(5));
        consumed().send("a");
        queues.runUntilIdle();
        assertThat(handled).containsExactly("a 1 1 @5");
    }

    @Test
    void aDeclarationDoesNotWaitForEver() {
        queues.faults().brokerDownFor(ofMinutes(5));
        assertThatExceptionOfType(QueueException.class)
                .isThrownBy(this::consumed)
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE));
        assertThat(Duration.between(start, queues.clock().instant())).isEqualTo(ofSeconds(30));
    }

    @Test
    void nothingIsDeliveredWhileTheBrokerIsAwayAndWhatWasInHandComesAgain() {
        MessageQueue<String> queue = queues.client().queue(IN);
        queue.consume((line, context) -> {
            handle(line, context);
            if (context.deliveries() == 1) {
                queues.faults().brokerDownFor(ofSeconds(10));
            }
        });
        queue.send("a");
        queue.send("b");
        queues.advance(ofSeconds(9));
        assertThat(handled).containsExactly("a 1 1 @0");
        queues.advance(ofMinutes(5));
        assertThat(handled).containsExactly("a 1 1 @0", "b 1 1 @10", "a 2 1 @90", "b 2 1 @100");
    }

    @Test
    void theLaterEndOfTwoOutagesCounts() {
        MessageQueue<String> queue = queues.client().queue(IN);
        queue.send("a");
        queues.faults().brokerDownFor(ofSeconds(8));
        queues.advance(ofSeconds(1));
        queues.faults().brokerDownFor(ofSeconds(1));
        queues.faults().brokerDownFor(ofSeconds(9));
        queues.faults().brokerDownFor(ofMillis(1));
        consumed();
        queues.advance(ofMinutes(1));
        assertThat(handled).containsExactly("a 1 1 @10");
    }
}
