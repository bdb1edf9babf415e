package io.anyqueue.test;

import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.anyqueue.ErrorCode;
import io.anyqueue.MessageQueue;
import io.anyqueue.Outgoing;
import io.anyqueue.QueueClient;
import io.anyqueue.QueueException;
import io.anyqueue.QueueSpec;
import io.anyqueue.spi.Broker;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Everything in a client that waits lets time pass on the one thread there is, and waits no longer than it may. */
class OneThreadTest {
    private static final QueueSpec<String> LINES = QueueSpec.of("lines", String.class);

    private static final QueueSpec<String> OTHERS = QueueSpec.of("others", String.class);

    private final VirtualTime time = new VirtualTime();
    private final Instant start = time.clock().instant();
    private final Faults faults = new Faults(time);
    private final Broker broker = new TestBroker(PrivateBroker.connect(time), faults, new Sent());
    private final QueueClient client = QueueClient.connect(
            TestQueues.options(time, broker).set("anyqueue.send.messages", "1").set("anyqueue.send.wait", "10s"));
    private final MessageQueue<String> lines = client.queue(LINES);

    @AfterEach
    void close() {
        client.close();
    }

    private Duration passed() {
        return Duration.between(start, time.clock().instant());
    }

    @Test
    void aFullGateIsWaitedForUntilThereIsRoom() {
        faults.sendUnknown(1);
        CompletableFuture<String> first = lines.sendAsync("first");
        assertThat(first).isNotDone();
        lines.send("second");
        assertThat(passed()).isPositive().isLessThan(ofSeconds(1));
        time.runUntilIdle();
        assertThat(first).isCompleted();
    }

    @Test
    void aFullGateIsWaitedForNoLongerThanTheSettingSays() {
        faults.brokerDownFor(ofMinutes(10));
        CompletableFuture<String> first = lines.sendAsync("first");
        assertThatExceptionOfType(QueueException.class)
                .isThrownBy(() -> lines.send("second"))
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.RESOURCE_EXHAUSTED));
        assertThat(passed()).isEqualTo(ofSeconds(10));
        time.advance(ofMinutes(1));
        assertThat(first).isCompletedExceptionally();
    }

    @Test
    void aBatchLargerThanTheGateIsSent() {
        faults.sendUnknown(2);
        lines.sendAll(List.of(Outgoing.of("a"), Outgoing.of("b"), Outgoing.of("c")));
        List<String> handled = new ArrayList<>();
        lines.consume(line -> {
            handled.add(line);
        });
        time.runUntilIdle();
        assertThat(handled).containsExactlyInAnyOrder("a", "b", "c");
    }

    @Test
    void closingWaitsForWhatWasAccepted() {
        faults.sendUnknown(1);
        CompletableFuture<String> sent = lines.sendAsync("first");
        client.close();
        time.runUntilIdle();
        assertThat(sent).isCompleted();
        assertThat(passed()).isLessThan(ofSeconds(1));
    }

    @Test
    void closingGivesUpWhatTakesTooLong() {
        faults.brokerDownFor(ofMinutes(10));
        CompletableFuture<String> sent = lines.sendAsync("first");
        client.close();
        time.runUntilIdle();
        assertThat(sent).isCompletedExceptionally();
        assertThat(passed()).isBetween(ofSeconds(10), ofSeconds(30));
    }

    @Test
    void closingStopsManyConsumersAtOnce() {
        for (int i = 0; i < 5; i++) {
            lines.consumer().concurrency(3).start(line -> {
                throw new IllegalStateException("never");
            });
        }
        client.close();
        assertThat(passed()).isEqualTo(Duration.ZERO);
    }

    @Test
    void aRequestIsAnsweredByAHandlerOnTheSameThread() {
        lines.consume((line, context) -> context.reply(line + "!"));
        assertThat(client.request(LINES, "hello", String.class, ofSeconds(10))).isEqualTo("hello!");
        assertThat(passed()).isLessThan(ofSeconds(1));
    }

    @Test
    void aRequestThatNobodyAnswersTakesItsTime() {
        assertThatExceptionOfType(QueueException.class)
                .isThrownBy(() -> client.request(LINES, "hello", String.class, ofSeconds(10)))
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.TIMEOUT));
        assertThat(passed()).isBetween(ofSeconds(10), ofSeconds(11));
    }

    @Test
    void anInterruptEndsASendThatWaits() {
        faults.brokerDownFor(ofMinutes(10));
        Thread self = Thread.currentThread();
        time.executor().execute(self::interrupt);
        assertThatExceptionOfType(QueueException.class)
                .isThrownBy(() -> lines.send("first"))
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.INTERRUPTED));
        assertThat(Thread.interrupted()).isTrue();
        assertThat(passed()).isEqualTo(Duration.ZERO);
    }

    @Test
    void aHandlerThatUsesAnotherThreadFailsTheTest() {
        TestQueues queues = new TestQueues();
        queues.client().queue(OTHERS).consume((line, context) -> context.idempotencyKey());
        queues.runUntilIdle();
        queues.client().queue(LINES).consume(line -> {
            Thread other = new Thread(() -> queues.client().queue(OTHERS).send("x"), "other");
            other.start();
            other.join();
        });
        queues.client().queue(LINES).send("first");
        assertThatIllegalStateException().isThrownBy(queues::runUntilIdle).withMessageContaining("'other'");
        assertThatIllegalStateException().isThrownBy(queues::close).withMessageContaining("'other'");
    }
}
