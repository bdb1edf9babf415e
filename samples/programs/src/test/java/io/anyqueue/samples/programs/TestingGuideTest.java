package io.anyqueue.samples.programs;

import static java.time.Duration.ofDays;
import static java.time.Duration.ofHours;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.ClientOptions;
import io.anyqueue.IdempotencyStore;
import io.anyqueue.QueueClient;
import io.anyqueue.QueueSpec;
import io.anyqueue.RetryPolicy;
import io.anyqueue.TopicSpec;
import io.anyqueue.test.TestQueues;
import io.anyqueue.test.VirtualTime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What {@code docs/testing.md} shows, run; and that it shows nothing else. Tests run in the folder of their module. */
class TestingGuideTest {
    private static final Pattern JAVA = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

    record Order(String id, int items) {}

    record Shipped(String order) {}

    static final QueueSpec<Order> ORDERS = QueueSpec.of("orders", Order.class);
    static final TopicSpec<Shipped> SHIPPED = TopicSpec.of("shipped", Shipped.class);

    @Test
    void shipsWhatWasOrdered() {
        try (TestQueues queues = new TestQueues()) {
            queues.client().queue(ORDERS).consume((order, context) -> context.send(SHIPPED, new Shipped(order.id())));
            queues.client().queue(ORDERS).send(new Order("42", 3));
            queues.runUntilIdle();
            assertThat(queues.sent(SHIPPED)).containsExactly(new Shipped("42"));
        }
    }

    @Test
    void triesAgainAfterAMinute() {
        List<String> calls = new ArrayList<>();
        try (TestQueues queues = new TestQueues()) {
            queues.client()
                    .queue(ORDERS)
                    .consumer()
                    .retry(RetryPolicy.delays(ofMinutes(1), ofDays(3)))
                    .start(order -> {
                        calls.add(order.id());
                        throw new IOException("the warehouse does not answer");
                    });
            queues.client().queue(ORDERS).send(new Order("42", 3));
            queues.advance(ofMinutes(2));
            assertThat(calls).containsExactly("42", "42");
            queues.advance(ofHours(100));
            assertThat(calls).hasSize(3);
            assertThat(queues.dead(ORDERS)).singleElement().satisfies(letter -> {
                assertThat(letter.reason()).isEqualTo("EXHAUSTED");
                assertThat(letter.error()).isEqualTo("the warehouse does not answer");
            });
        }
    }

    @Test
    void chargesOnceAlthoughTheProcessCrashes() {
        List<String> charged = new ArrayList<>();
        try (TestQueues queues = new TestQueues()) {
            queues.client()
                    .queue(ORDERS)
                    .consumer()
                    .idempotent(IdempotencyStore.inMemory())
                    .start(order -> {
                        charged.add(order.id());
                    });
            queues.faults().crashAfterHandler(1);
            queues.client().queue(ORDERS).send(new Order("42", 3));
            queues.advance(ofMinutes(2)); // the lease of 90 s ends, and the message is delivered again
            assertThat(charged).containsExactly("42");
        }
    }

    @Test
    void aSlowHandler() {
        try (TestQueues queues = new TestQueues()) {
            queues.client()
                    .queue(ORDERS)
                    .consumer()
                    .timeout(ofSeconds(30))
                    .retry(RetryPolicy.none())
                    .start(order -> {
                        queues.advance(ofSeconds(40)); // as if it took that long
                        if (Thread.interrupted()) {
                            throw new InterruptedException();
                        }
                    });
            queues.client().queue(ORDERS).send(new Order("42", 3));
            queues.runUntilIdle();
            assertThat(queues.dead(ORDERS)).hasSize(1);
        }
    }

    @Test
    void aClientOfYourOwn() {
        VirtualTime time = new VirtualTime();
        List<String> shipped = new ArrayList<>();
        ClientOptions options = ClientOptions.of("inmemory:")
                .use(time.clock())
                .use(time.scheduler())
                .use(time.executor());
        try (QueueClient client = QueueClient.connect(options)) {
            client.queue(ORDERS).consume(order -> {
                shipped.add(order.id());
            });
            client.queue(ORDERS).send(new Order("42", 3));
            time.runUntilIdle();
            assertThat(shipped).containsExactly("42");
        }
    }

    @Test
    void theGuideShowsWhatIsTestedHere() throws IOException {
        String source =
                stripped(Files.readString(Path.of("src/test/java/io/anyqueue/samples/programs/TestingGuideTest.java")));
        List<String> shown = JAVA.matcher(Files.readString(Path.of("../../docs/testing.md")))
                .results()
                .map(found -> stripped(found.group(1)))
                .toList();
        assertThat(shown)
                .hasSizeGreaterThan(4)
                .allSatisfy(code -> assertThat(source).contains(code));
    }

    private static String stripped(String code) {
        return String.join("\n", code.strip().lines().map(String::strip).toList());
    }
}
