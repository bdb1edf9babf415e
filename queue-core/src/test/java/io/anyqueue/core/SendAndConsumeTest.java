package io.anyqueue.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.anyqueue.DeadLetter;
import io.anyqueue.HandlingException;
import io.anyqueue.Message;
import io.anyqueue.MessageQueue;
import io.anyqueue.MessageTopic;
import io.anyqueue.Outgoing;
import io.anyqueue.QueueClient;
import io.anyqueue.QueueSpec;
import io.anyqueue.RetryPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The main path through the public API, on the in-memory broker. */
class SendAndConsumeTest {
    private final QueueClient client = QueueClient.connect("inmemory:");

    @AfterEach
    void close() {
        client.close();
    }

    @Test
    void SND_1_what_is_sent_is_handled() {
        MessageQueue<String> queue = client.queue("orders", String.class);
        List<String> handled = Collections.synchronizedList(new ArrayList<>());
        queue.consume(text -> handled.add(text));
        IntStream.range(0, 1_000).forEach(i -> queue.send("order-" + i));
        await().untilAsserted(() -> assertThat(handled).hasSize(1_000));
        assertThat(handled)
                .doesNotHaveDuplicates()
                .startsWith("order-0", "order-1")
                .endsWith("order-999");
    }

    @Test
    void RCV_2_a_queue_keeps_what_was_sent_before_its_first_consumer() {
        MessageQueue<String> queue = client.queue("orders", String.class);
        queue.sendAll(List.of(Outgoing.of("a"), Outgoing.of("b")));
        Queue<String> handled = new ConcurrentLinkedQueue<>();
        queue.consume(handled::add);
        await().untilAsserted(() -> assertThat(handled).containsExactly("a", "b"));
    }

    @Test
    void RCV_1_every_subscription_gets_a_copy() {
        MessageTopic<String> topic = client.topic("events", String.class);
        Queue<String> audit = new ConcurrentLinkedQueue<>();
        Queue<String> mail = new ConcurrentLinkedQueue<>();
        topic.subscription("audit").consume(audit::add);
        topic.subscription("mail").consume(mail::add);
        topic.send("x");
        await().untilAsserted(() -> {
            assertThat(audit).containsExactly("x");
            assertThat(mail).containsExactly("x");
        });
    }

    @Test
    void SND_7_fields_and_headers_arrive_as_they_were_sent() throws Exception {
        MessageQueue<byte[]> queue = client.queue("raw", byte[].class);
        byte[] all = new byte[256];
        IntStream.range(0, 256).forEach(i -> all[i] = (byte) i);
        AtomicReference<Message> seen = new AtomicReference<>();
        CountDownLatch handled = new CountDownLatch(1);
        queue.consume((payload, context) -> {
            seen.set(context.message());
            handled.countDown();
        });
        String id =
                queue.send(Outgoing.of(all).key("k").header("ünï", "🙂 value").header("b", ""));
        assertThat(handled.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(seen.get().id()).isEqualTo(id);
        assertThat(seen.get().key()).contains("k");
        assertThat(seen.get().headers()).containsExactly(Map.entry("ünï", "🙂 value"), Map.entry("b", ""));
        assertThat(seen.get().bodyArray()).isEqualTo(all).isNotSameAs(all);
    }

    @Test
    void RTY_1_a_transient_failure_is_retried_in_place_and_counts_attempts() {
        MessageQueue<String> queue = client.queue("orders", String.class);
        Queue<Integer> attempts = new ConcurrentLinkedQueue<>();
        queue.consume((payload, context) -> {
            attempts.add(context.attempt());
            if (context.attempt() < 3) {
                throw new java.io.IOException("not yet");
            }
        });
        queue.send("x");
        await().untilAsserted(() -> assertThat(attempts).containsExactly(1, 2, 3));
        assertThat(queue.deadLetters().list()).isEmpty();
    }

    @Test
    void RTY_2_a_permanent_failure_is_dead_lettered_at_once_with_its_provenance() {
        MessageQueue<String> queue = client.queue("orders", String.class);
        AtomicInteger runs = new AtomicInteger();
        queue.consume(payload -> {
            runs.incrementAndGet();
            throw HandlingException.permanent("no customer");
        });
        String id = queue.send(Outgoing.of("x").header("h", "v"));
        await().untilAsserted(() -> assertThat(queue.deadLetters().list()).hasSize(1));
        DeadLetter letter = queue.deadLetters().list().findFirst().orElseThrow();
        assertThat(runs).hasValue(1);
        assertThat(letter.id()).isEqualTo(id);
        assertThat(letter.reason()).isEqualTo("PERMANENT");
        assertThat(letter.error()).isEqualTo("no customer");
        assertThat(letter.errorClass()).isEqualTo(HandlingException.class.getName());
        assertThat(letter.source()).isEqualTo("orders");
        assertThat(letter.subscription()).isEmpty();
        assertThat(letter.attempts()).isEqualTo(1);
        assertThat(letter.deliveries()).isEqualTo(1);
        assertThat(letter.original().headers()).containsExactly(Map.entry("h", "v"));
        assertThat(letter.original().bodyArray()).isEqualTo("x".getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    @Test
    void RTY_1_delayed_retries_go_back_to_the_broker_and_keep_the_count() {
        MessageQueue<String> queue = client.queue("orders", String.class);
        Queue<String> seen = new ConcurrentLinkedQueue<>();
        queue.consumer()
                .retry(RetryPolicy.delays(Duration.ofMillis(20), Duration.ofMillis(20)))
                .start((payload, context) -> {
                    seen.add(context.attempt() + "/" + context.deliveries());
                    throw new IllegalStateException("always");
                });
        queue.send("x");
        await().untilAsserted(() -> assertThat(queue.deadLetters().list()).hasSize(1));
        assertThat(seen).containsExactly("1/1", "2/2", "3/3");
        assertThat(queue.deadLetters().list().findFirst().orElseThrow().reason())
                .isEqualTo("EXHAUSTED");
    }

    @Test
    void ORD_1_messages_of_a_key_are_handled_in_order_and_other_keys_go_on() {
        record Step(String key, int number) {}
        QueueSpec<String> spec =
                QueueSpec.of("steps", String.class).orderedBy(text -> text.substring(0, text.indexOf(':')));
        MessageQueue<String> queue = client.queue(spec);
        Map<String, List<Integer>> handled = new ConcurrentHashMap<>();
        queue.consumer().concurrency(8).start((text, context) -> {
            int colon = text.indexOf(':');
            Step step = new Step(text.substring(0, colon), Integer.parseInt(text.substring(colon + 1)));
            if (step.number() == 3 && context.attempt() == 1) {
                throw new java.io.IOException("once");
            }
            handled.computeIfAbsent(step.key(), k -> Collections.synchronizedList(new ArrayList<>()))
                    .add(step.number());
        });
        for (int number = 0; number < 10; number++) {
            for (int key = 0; key < 20; key++) {
                queue.send("k" + key + ":" + number);
            }
        }
        await().untilAsserted(() ->
                assertThat(handled.values().stream().mapToInt(List::size).sum()).isEqualTo(200));
        assertThat(handled.values()).allSatisfy(numbers -> assertThat(numbers).isSorted());
    }

    @Test
    void what_a_handler_sends_goes_out_with_its_acknowledgement() {
        MessageQueue<String> in = client.queue("in", String.class);
        QueueSpec<String> outSpec = QueueSpec.of("out", String.class);
        MessageQueue<String> out = client.queue(outSpec);
        Queue<Message> received = new ConcurrentLinkedQueue<>();
        out.consume((payload, context) -> received.add(context.message()));
        in.consume((payload, context) -> {
            context.send(outSpec, payload + "!");
            if (context.attempt() == 1) {
                throw new java.io.IOException("once");
            }
        });
        String id = in.send("x");
        await().untilAsserted(() -> assertThat(received).hasSize(1));
        assertThat(received.peek().causationId()).contains(id);
        assertThat(received.peek().correlationId()).contains(id);
    }

    @Test
    void DLY_1_a_delayed_message_is_not_early() {
        MessageQueue<String> queue = client.queue("later", String.class);
        AtomicReference<Long> handledAt = new AtomicReference<>();
        queue.consume(payload -> handledAt.set(System.nanoTime()));
        long sent = System.nanoTime();
        queue.send(Outgoing.of("x").delay(Duration.ofMillis(150)));
        await().untilAsserted(() -> assertThat(handledAt.get()).isNotNull());
        assertThat(handledAt.get() - sent).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(149));
    }
}
