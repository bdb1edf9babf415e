package io.anyqueue.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.ClientOptions;
import io.anyqueue.DeadLetter;
import io.anyqueue.Health;
import io.anyqueue.MessageConsumer;
import io.anyqueue.MessageQueue;
import io.anyqueue.QueueClient;
import io.anyqueue.QueueSpec;
import io.anyqueue.RetryPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Errors of the process, for which no message is to blame (rules RTY-2, LIF-4). All happens on the test's thread. */
class FatalErrorTest {
    private final ManualTime time = new ManualTime();
    private final FaultyBroker broker = FaultyBroker.create(time);
    private final Executor here = Runnable::run;
    private final QueueClient client = QueueClient.connect(ClientOptions.of("inmemory:")
            .use(broker)
            .use(time)
            .use(time.clock())
            .use(here));
    private final List<String> handled = new ArrayList<>();
    private boolean broken = true;

    @AfterEach
    void close() {
        client.close();
        broker.close();
    }

    static Stream<Throwable> errors() {
        return Stream.of(
                new OutOfMemoryError("of the test"),
                new NoClassDefFoundError("of the test"),
                new CompletionException(new OutOfMemoryError("of the test")));
    }

    private MessageConsumer start(MessageQueue<String> queue, Throwable error) {
        return queue.consume((payload, context) -> {
            handled.add(payload + "/" + context.attempt());
            if (broken) {
                throw sneaky(error);
            }
        });
    }

    @SuppressWarnings("unchecked")
    private static <E extends Throwable> Exception sneaky(Throwable error) throws E {
        throw (E) error;
    }

    private void failsAndIsResumed(MessageQueue<String> queue, Throwable error) {
        try (TestLog log = TestLog.open()) {
            List.of("m0", "m1", "m2").forEach(queue::send);
            MessageConsumer consumer = start(queue, error);
            time.advance(Duration.ofHours(3));
            assertThat(handled).containsExactly("m0/1");
            assertThat(log.aboveInfo())
                    .singleElement()
                    .asString()
                    .startsWith("ERROR")
                    .contains("resume()");
            Health health = consumer.health();
            assertThat(health.status()).isEqualTo(Health.Status.DOWN);
            assertThat(health.notes()).singleElement().asString().contains("of the test", "since");
            consumer.resume();
            assertThat(handled).as("it met the same again").hasSize(2);
            assertThat(consumer.health().status()).isEqualTo(Health.Status.DOWN);
            broken = false;
            consumer.resume();
            assertThat(consumer.health()).isEqualTo(Health.UP);
        }
        assertThat(handled).hasSize(5).containsOnly("m0/1", "m1/1", "m2/1");
        assertThat(queue.deadLetters().list()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("errors")
    void RTY_2_an_error_of_the_process_is_no_attempt_and_stops_the_consumer_until_it_is_resumed(Throwable error) {
        failsAndIsResumed(client.queue("orders", String.class), error);
    }

    @ParameterizedTest
    @MethodSource("errors")
    void ORD_1_the_key_keeps_its_order(Throwable error) {
        failsAndIsResumed(client.queue(QueueSpec.of("steps", String.class).orderedBy(text -> "one key")), error);
        assertThat(handled).containsExactly("m0/1", "m0/1", "m0/1", "m1/1", "m2/1");
    }

    @Test
    void RTY_1_an_overflow_of_the_stack_is_an_attempt() {
        MessageQueue<String> queue = client.queue("orders", String.class);
        queue.consumer().retry(RetryPolicy.none()).start(payload -> {
            throw new StackOverflowError("of the test");
        });
        queue.send("x");
        assertThat(queue.deadLetters().list().map(DeadLetter::reason)).containsExactly("EXHAUSTED");
    }
}
