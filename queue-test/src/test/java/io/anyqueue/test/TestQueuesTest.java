package io.anyqueue.test;

import static java.time.Duration.ofDays;
import static java.time.Duration.ofHours;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.anyqueue.ErrorCode;
import io.anyqueue.HandlingException;
import io.anyqueue.MessageConsumer;
import io.anyqueue.MessageQueue;
import io.anyqueue.Outgoing;
import io.anyqueue.QueueException;
import io.anyqueue.QueueSpec;
import io.anyqueue.RetryPolicy;
import io.anyqueue.TopicSpec;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TestQueuesTest {
    record Hook(String url) {}

    private static final QueueSpec<Hook> HOOKS = QueueSpec.of("hooks", Hook.class);
    private static final QueueSpec<String> LINES = QueueSpec.of("lines", String.class);
    private static final TopicSpec<String> NEWS = TopicSpec.of("news", String.class);

    private final TestQueues queues = new TestQueues();
    private final List<String> handled = new ArrayList<>();
    private MessageConsumer other;

    @AfterEach
    void close() {
        queues.close();
    }

    @Test
    void handlersRunWhenTheTestLetsThem() {
        MessageQueue<Hook> hooks = queues.client().queue(HOOKS);
        hooks.consume(hook -> {
            handled.add(hook.url());
        });
        hooks.send(new Hook("a"));
        hooks.send(Outgoing.of(new Hook("b")).delay(ofHours(1)));
        assertThat(handled).isEmpty();
        queues.runUntilIdle();
        assertThat(handled).containsExactly("a");
        queues.advance(ofMinutes(59));
        assertThat(handled).containsExactly("a");
        queues.advance(ofMinutes(1));
        assertThat(handled).containsExactly("a", "b");
    }

    @Test
    void retriesForDaysThenReadsTheDeadLetter() {
        List<Duration> calls = new ArrayList<>();
        var start = queues.clock().instant();
        queues.client()
                .queue(HOOKS)
                .consumer()
                .retry(RetryPolicy.exponential(ofSeconds(30), 2, ofHours(6)).within(ofDays(3)))
                .start(hook -> {
                    calls.add(Duration.between(start, queues.clock().instant()));
                    throw new IOException("down");
                });
        queues.client().queue(HOOKS).send(new Hook("x"));
        queues.advance(ofHours(73));
        assertThat(calls).hasSizeGreaterThan(10).first().isEqualTo(Duration.ZERO);
        assertThat(calls.get(1)).isBetween(ofSeconds(30), ofSeconds(36));
        assertThat(queues.dead(HOOKS)).singleElement().satisfies(letter -> {
            assertThat(letter.reason()).isEqualTo("EXHAUSTED");
            assertThat(letter.attempts()).isEqualTo(calls.size());
        });
    }

    @Test
    void whatWasSentIsListedInOrderConsumedOrNot() {
        queues.client().queue(LINES).consume((line, context) -> {
            handled.add(line);
            context.send(NEWS, line + " is out");
            context.send(HOOKS, Outgoing.of(new Hook(line)).delay(ofHours(1)).expiresAfter(ofHours(2)));
        });
        queues.client().queue(LINES).send("one");
        queues.client().queue(LINES).sendAll(List.of(Outgoing.of("two"), Outgoing.of("three")));
        assertThat(queues.sent(NEWS)).isEmpty();
        queues.runUntilIdle();
        assertThat(queues.sent(LINES)).containsExactly("one", "two", "three");
        assertThat(queues.sent(NEWS)).containsExactly("one is out", "two is out", "three is out");
        assertThat(queues.sent(HOOKS)).containsExactly(new Hook("one"), new Hook("two"), new Hook("three"));
        assertThat(queues.sent(QueueSpec.of("never", String.class))).isEmpty();
    }

    @Test
    void retriesAndDeadLettersWereNotSentAnew() {
        queues.client()
                .queue(LINES)
                .consumer()
                .retry(RetryPolicy.delays(ofSeconds(1)))
                .start(line -> {
                    throw new IOException("down");
                });
        queues.client().queue(LINES).send("x");
        queues.advance(ofMinutes(1));
        assertThat(queues.dead(LINES)).hasSize(1);
        assertThat(queues.sent(LINES)).containsExactly("x");
    }

    @Test
    void whatCannotBeDecodedIsToldSo() {
        queues.client().queue(LINES).send("x");
        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(() -> queues.sent(QueueSpec.of("lines", Hook.class)))
                .withMessageContaining("queue lines");
    }

    @Test
    void subscriptionsHaveDeadLettersOfTheirOwn() {
        queues.client().topic(NEWS).subscription("mail").consume(news -> {
            throw HandlingException.permanent("no address");
        });
        queues.client().topic(NEWS).subscription("web").consume(line -> {
            handled.add(line);
        });
        queues.client().topic(NEWS).send("hello");
        queues.runUntilIdle();
        assertThat(handled).containsExactly("hello");
        assertThat(queues.dead(NEWS, "web")).isEmpty();
        assertThat(queues.dead(NEWS, "mail"))
                .singleElement()
                .satisfies(letter -> assertThat(letter.error()).isEqualTo("no address"));
        assertThat(queues.dead(NEWS, "nobody")).isEmpty();
    }

    @Test
    void aDeadLetterThatWasNotReadFailsTheTest() {
        TestQueues own = new TestQueues();
        own.client()
                .queue(LINES.physicalName("Lines_V2"))
                .consumer()
                .retry(RetryPolicy.none())
                .start(line -> {
                    throw new IOException("down: " + line);
                });
        own.client().queue(LINES.physicalName("Lines_V2")).send("x");
        own.runUntilIdle();
        assertThat(own.dead(LINES)).hasSize(1);
        String second = own.client().queue(LINES.physicalName("Lines_V2")).send("y");
        own.runUntilIdle();
        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(own::close)
                .withMessageContaining("1 dead letters")
                .withMessageContaining(second)
                .withMessageContaining("of lines: EXHAUSTED java.io.IOException: down: y");
        own.close();
    }

    @Test
    void aDeadLetterOfASubscriptionThatWasNotReadFailsTheTest() {
        TestQueues own = new TestQueues();
        own.client().topic(NEWS).subscription("mail").consume(news -> {
            throw HandlingException.permanent("no address");
        });
        own.client().topic(NEWS).send("hello");
        own.runUntilIdle();
        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(own::close)
                .withMessageContaining("of news--mail: PERMANENT");
    }

    @Test
    void equalSeedsGiveEqualRuns() {
        assertThat(retryTimes(1)).isEqualTo(retryTimes(1)).isNotEqualTo(retryTimes(2));
    }

    private static List<Duration> retryTimes(long seed) {
        List<Duration> times = new ArrayList<>();
        try (TestQueues queues = new TestQueues().seed(seed)) {
            var start = queues.clock().instant();
            queues.client().queue(LINES).consume(line -> {
                times.add(Duration.between(start, queues.clock().instant()));
                throw new IOException("down");
            });
            queues.client().queue(LINES).send("x");
            queues.advance(ofDays(1));
            assertThat(queues.dead(LINES)).hasSize(1);
        }
        return times;
    }

    @Test
    void aHandlerThatTakesLongKeepsItsLease() {
        queues.client().queue(LINES).consumer().timeout(ofHours(2)).start(line -> {
            queues.advance(ofHours(1));
            handled.add(line);
        });
        queues.client().queue(LINES).send("slow");
        queues.runUntilIdle();
        queues.advance(ofDays(1));
        assertThat(handled).containsExactly("slow");
    }

    @Test
    void aHandlerThatTakesTooLongHasTimedOut() {
        queues.client()
                .queue(LINES)
                .consumer()
                .timeout(ofSeconds(10))
                .retry(RetryPolicy.none())
                .start(line -> {
                    queues.advance(ofSeconds(12));
                    if (Thread.interrupted()) {
                        throw new InterruptedException();
                    }
                    handled.add(line);
                });
        queues.client().queue(LINES).send("slow");
        queues.runUntilIdle();
        assertThat(handled).isEmpty();
        assertThat(queues.dead(LINES))
                .singleElement()
                .satisfies(letter -> assertThat(letter.error()).contains("PT10S"));
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void stoppingWaitsForNobodyWhenNothingRuns() {
        MessageQueue<String> lines = queues.client().queue(LINES);
        var consumer = lines.consumer().concurrency(4).start(line -> {
            handled.add(line);
        });
        lines.send("one");
        var before = queues.clock().instant();
        assertThat(consumer.stop(ofSeconds(30))).isTrue();
        assertThat(queues.clock().instant()).isEqualTo(before);
        lines.send("two");
        queues.runUntilIdle();
        assertThat(handled).isEmpty();
        lines.consume(line -> {
            handled.add(line);
        });
        queues.runUntilIdle();
        assertThat(handled).containsExactlyInAnyOrder("one", "two");
    }

    @Test
    void aHandlerMayStopItsConsumerAndCloseTheClient() {
        MessageQueue<String> lines = queues.client().queue(LINES);
        var consumers = new ArrayList<MessageConsumer>();
        consumers.add(lines.consume(line -> {
            handled.add(line);
            assertThat(consumers.get(0).stop(ofSeconds(30))).isFalse();
        }));
        lines.send("one");
        lines.send("two");
        queues.runUntilIdle();
        assertThat(handled).containsExactly("one");
        lines.consume(line -> {
            handled.add(line);
            queues.client().close();
        });
        queues.runUntilIdle();
        assertThat(handled).containsExactly("one", "two");
        assertThat(queues.client().health().notes()).contains("the client is closed");
    }

    @Test
    void aHandlerMayStopAnotherConsumer() {
        queues.client().topic(NEWS).subscription("stop").consume(news -> {
            handled.add(news + " " + other.stop(ofSeconds(30)));
        });
        other = queues.client().queue(LINES).consumer().concurrency(3).start(line -> {
            handled.add(line);
        });
        queues.client().topic(NEWS).send("stop");
        queues.client().queue(LINES).send("one");
        queues.runUntilIdle();
        assertThat(handled).containsExactly("stop true");
    }

    /** Both are on the one thread: the first cannot go on before the second has stopped waiting for it. */
    @Test
    void aHandlerThatWaitsForOneThatWaitsForItGivesUpAfterItsGrace() {
        other = queues.client().queue(LINES).consume(line -> {
            handled.add(line);
            queues.advance(ofSeconds(5));
        });
        queues.client().topic(NEWS).subscription("stop").consume(news -> {
            handled.add(news + " " + other.stop(ofSeconds(30)));
        });
        queues.client().queue(LINES).send("one");
        queues.client().topic(NEWS).send("stop");
        queues.runUntilIdle();
        assertThat(handled).containsExactly("one", "stop false");
    }

    @Test
    void runUntilShutdownIsRefused() {
        assertThatExceptionOfType(QueueException.class)
                .isThrownBy(() -> queues.client().runUntilShutdown(ofSeconds(30)))
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.UNSUPPORTED));
    }

    /** So a handler that sends to its own queue without end does not hold the one thread. */
    @Test
    void consumersTakeTurnsMessageByMessage() {
        for (QueueSpec<String> queue : List.of(LINES, QueueSpec.of("others", String.class))) {
            queues.client().queue(queue).consume(line -> {
                handled.add(queue.name() + line);
            });
            queues.client().queue(queue).sendAll(List.of(Outgoing.of("1"), Outgoing.of("2"), Outgoing.of("3")));
        }
        queues.runUntilIdle();
        assertThat(handled).containsExactly("lines1", "others1", "lines2", "others2", "lines3", "others3");
    }

    @Test
    void badInputIsRefused() {
        List<Runnable> wrong = List.of(
                () -> queues.sent((QueueSpec<String>) null),
                () -> queues.sent((TopicSpec<String>) null),
                () -> queues.dead(null),
                () -> queues.dead(null, "x"),
                () -> queues.dead(NEWS, null),
                () -> queues.advance(ofSeconds(-1)),
                () -> queues.faults().crashAfterHandler(0),
                () -> queues.faults().sendUnknown(-1),
                () -> queues.faults().duplicateEvery(0),
                () -> queues.faults().brokerDownFor(Duration.ZERO),
                () -> queues.faults().brokerDownFor(null));
        for (Runnable call : wrong) {
            assertThatExceptionOfType(QueueException.class)
                    .isThrownBy(call::run)
                    .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT));
        }
    }

    @Test
    void afterCloseItRefuses() {
        queues.close();
        assertThatExceptionOfType(QueueException.class)
                .isThrownBy(() -> queues.sent(LINES))
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.CLOSED));
    }
}
