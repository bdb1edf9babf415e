package io.anyqueue.core;

import static io.anyqueue.core.Eventually.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.ClientOptions;
import io.anyqueue.ConsumerBuilder;
import io.anyqueue.DeadLetter;
import io.anyqueue.ErrorCode;
import io.anyqueue.Health;
import io.anyqueue.IdempotencyStore;
import io.anyqueue.KeyParking;
import io.anyqueue.Message;
import io.anyqueue.MessageConsumer;
import io.anyqueue.MessageQueue;
import io.anyqueue.Outgoing;
import io.anyqueue.QueueClient;
import io.anyqueue.QueueException;
import io.anyqueue.QueueSpec;
import io.anyqueue.RetryPolicy;
import io.anyqueue.WhenExhausted;
import io.anyqueue.core.ReceiverFaults.Forwarding;
import io.anyqueue.spi.Delivery;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The rest of a key follows a message that was given up, and comes back in order (rule ORD-4). All on the test's thread. */
@Timeout(30)
class ParkedKeysTest {
    /** The key is the first letter. */
    private static final QueueSpec<String> STEPS =
            QueueSpec.of("steps", String.class).orderedBy(text -> text.substring(0, 1));

    private final ManualTime time = new ManualTime();
    private final FaultyBroker broker = FaultyBroker.create(time);
    private final MeterRegistry meters = new SimpleMeterRegistry();
    private final Executor here = Runnable::run;
    private final QueueClient client = QueueClient.connect(ClientOptions.of("inmemory:")
            .use(broker)
            .use(time)
            .use(time.clock())
            .use(here)
            .use(meters));
    private final MessageQueue<String> queue = client.queue(STEPS);
    private final List<String> handled = new ArrayList<>();
    private final Set<String> broken = new HashSet<>();

    @AfterEach
    void close() {
        client.close();
        broker.close();
    }

    private ConsumerBuilder<String> parking() {
        return queue.consumer().retry(RetryPolicy.none()).whenExhausted(WhenExhausted.PARK_KEY);
    }

    private MessageConsumer consume() {
        return parking().start(this::handle);
    }

    private void handle(String payload) throws IOException {
        handled.add(payload);
        if (broken.contains(payload)) {
            throw new IOException("broken: " + payload);
        }
    }

    private void send(String... payloads) {
        List.of(payloads).forEach(queue::send);
    }

    private List<String> letters() {
        return queue.deadLetters()
                .list()
                .map(letter -> text(letter.original()) + "/" + letter.reason())
                .toList();
    }

    private static String text(Message message) {
        return StandardCharsets.UTF_8.decode(message.body()).toString();
    }

    private long redrive() {
        return queue.deadLetters().redrive(letter -> true).run();
    }

    private double parkedKeys() {
        return meters.get("q.parked").gauge().value();
    }

    /** a1 is given up, a2 and a3 follow it. */
    private MessageConsumer parked() {
        broken.add("a1");
        MessageConsumer consumer = consume();
        send("a1", "a2", "b1", "a3");
        assertThat(handled).containsExactly("a1", "b1");
        assertThat(letters()).containsExactly("a1/EXHAUSTED", "a2/KEY_PARKED", "a3/KEY_PARKED");
        handled.clear();
        broken.clear();
        return consumer;
    }

    @Test
    void ORD_4_later_messages_of_the_key_wait_and_a_redrive_brings_all_back_in_order() {
        MessageConsumer consumer = parked();
        assertThat(parkedKeys()).isEqualTo(1);
        assertThat(consumer.health().status()).isEqualTo(Health.Status.DEGRADED);
        assertThat(consumer.health().notes()).singleElement().asString().contains("1 keys are parked");
        assertThat(redrive()).isEqualTo(1);
        send("a4");
        assertThat(handled).containsExactly("a1", "a2", "a3", "a4");
        assertThat(letters()).isEmpty();
        assertThat(parkedKeys()).isZero();
        assertThat(consumer.health()).isEqualTo(Health.UP);
        assertThat(meters.get("q.inflight").gauge().value()).isZero();
    }

    @Test
    void ORD_4_what_is_sent_while_the_key_comes_back_runs_behind_what_was_parked() {
        broken.add("a1");
        MessageConsumer consumer = consume();
        send("a1", "a2");
        broken.clear();
        handled.clear();
        consumer.pause();
        // On the queue before the first of the key is.
        send("a3", "a4");
        redrive();
        send("a5");
        consumer.resume();
        assertThat(handled).containsExactly("a1", "a2", "a3", "a4", "a5");
        assertThat(letters()).isEmpty();
    }

    @Test
    void ORD_4_a_head_that_fails_again_stays_in_front_and_counts_its_redrives() {
        parked();
        broken.add("a1");
        assertThat(redrive()).isEqualTo(1);
        assertThat(handled).containsExactly("a1");
        assertThat(letters()).containsExactly("a1/EXHAUSTED", "a2/KEY_PARKED", "a3/KEY_PARKED");
        assertThat(queue.deadLetters().list().map(DeadLetter::redrives)).containsExactly(1, 0, 0);
        time.advance(Duration.ofSeconds(1));
        redrive();
        redrive();
        assertThat(redrive()).as("after the third time").isZero();
        assertThat(queue.deadLetters().redrive(letter -> true).preview()).isEmpty();
    }

    @Test
    void ORD_4_another_of_the_key_that_fails_is_the_new_head_with_its_own_reason() {
        parked();
        broken.add("a2");
        redrive();
        assertThat(handled).containsExactly("a1", "a2");
        assertThat(letters()).containsExactly("a2/EXHAUSTED", "a3/KEY_PARKED");
        assertThat(queue.deadLetters().list().map(DeadLetter::error)).containsExactly("broken: a2", "");
        broken.clear();
        time.advance(Duration.ofSeconds(1));
        redrive();
        assertThat(handled).containsExactly("a1", "a2", "a2", "a3");
    }

    @Test
    void ORD_4_handlers_see_the_message_as_it_was_sent() {
        broken.add("a1");
        List<Message> seen = new ArrayList<>();
        parking().start((payload, context) -> {
            seen.add(context.message());
            handle(payload);
        });
        queue.send(Outgoing.of("a1").header("h", "v"));
        queue.send(Outgoing.of("a2").header("h", "w"));
        broken.clear();
        redrive();
        assertThat(seen).extracting(message -> message.headers().toString()).containsExactly("{h=v}", "{h=v}", "{h=w}");
        assertThat(new HashSet<>(seen.stream().map(Message::id).toList())).hasSize(2);
    }

    @Test
    void ORD_4_another_consumer_of_the_source_goes_on_where_the_first_one_stopped() {
        parked().stop(Duration.ofSeconds(1));
        send("a4");
        consume();
        assertThat(handled).isEmpty();
        redrive();
        assertThat(handled).containsExactly("a1", "a2", "a3", "a4");
    }

    @Test
    void ORD_4_two_redrives_at_once_do_no_harm() {
        MessageConsumer consumer = parked();
        consumer.pause();
        redrive();
        redrive();
        consumer.resume();
        assertThat(handled).containsExactly("a1", "a2", "a3");
        assertThat(letters()).isEmpty();
        assertThat(meters.get("q.inflight").gauge().value()).isZero();
    }

    @Test
    void EXP_1_a_message_that_expires_while_it_is_parked_does_not_hold_up_its_key() {
        broken.add("a1");
        consume();
        queue.send(Outgoing.of("a1").expiresAfter(Duration.ofMinutes(1)));
        queue.send(Outgoing.of("a2").expiresAfter(Duration.ofMinutes(1)));
        send("a3");
        handled.clear();
        time.advance(Duration.ofMinutes(2));
        redrive();
        assertThat(handled).containsExactly("a3");
        assertThat(letters()).isEmpty();
    }

    @Test
    void DLQ_4_discarding_all_of_a_key_frees_it() {
        parked();
        assertThat(queue.deadLetters().discard(letter -> letter.id().equals("nobody"), "test"))
                .isZero();
        assertThat(queue.deadLetters().discard(letter -> letter.reason().equals("EXHAUSTED"), "bad"))
                .isEqualTo(1);
        send("a4");
        assertThat(letters()).containsExactly("a2/KEY_PARKED", "a3/KEY_PARKED", "a4/KEY_PARKED");
        assertThat(queue.deadLetters().discard(letter -> true, "all of it")).isEqualTo(3);
        send("a5");
        assertThat(handled).containsExactly("a5");
    }

    // Crashes and faults between the steps

    /** A store that is away for some calls. */
    private static class Faulty implements KeyParking {
        private final KeyParking store;
        int failingParks;
        int failingRemoves;
        int failingLooks;

        Faulty(KeyParking store) {
            this.store = store;
        }

        private static int fail(int left) {
            if (left > 0) {
                throw new QueueException(ErrorCode.UNAVAILABLE, "a fault of the test");
            }
            return 0;
        }

        @Override
        public boolean isParked(String source, String key) {
            fail(failingLooks--);
            return store.isParked(source, key);
        }

        @Override
        public void park(String source, String key, Message message) {
            fail(failingParks--);
            store.park(source, key, message);
        }

        @Override
        public void replace(String source, String key, Message message) {
            fail(failingParks--);
            store.replace(source, key, message);
        }

        @Override
        public boolean remove(String source, String key, String id) {
            fail(failingRemoves--);
            return store.remove(source, key, id);
        }

        @Override
        public List<Message> messages(String source, String key, String after, int max) {
            return store.messages(source, key, after, max);
        }

        @Override
        public List<String> keys(String source, String after, int max) {
            return store.keys(source, after, max);
        }

        @Override
        public long count(String source) {
            return store.count(source);
        }
    }

    private Faulty faulty() {
        Faulty[] made = new Faulty[1];
        broker.parking(store -> {
            if (made[0] == null) {
                made[0] = new Faulty(store);
            }
            return made[0];
        });
        broker.parking();
        return made[0];
    }

    @Test
    void DLQ_2_what_cannot_be_parked_stays_and_its_key_waits_visibly() {
        Faulty store = faulty();
        store.failingParks = 3;
        broken.add("a1");
        MessageConsumer consumer = consume();
        send("a1", "a2");
        assertThat(letters()).isEmpty();
        assertThat(consumer.health().notes()).singleElement().asString().contains("a fault of the test");
        time.advance(Duration.ofMinutes(1));
        assertThat(handled).as("not run again for it").containsExactly("a1");
        assertThat(letters()).containsExactly("a1/EXHAUSTED", "a2/KEY_PARKED");
        assertThat(meters.get("q.inflight").gauge().value()).isZero();
    }

    @Test
    void DLQ_2_nothing_runs_while_nobody_knows_whether_its_key_is_parked() {
        parked().stop(Duration.ofSeconds(1));
        Faulty store = faulty();
        store.failingLooks = 2;
        consume();
        send("a4");
        time.advance(Duration.ofMinutes(1));
        assertThat(handled).isEmpty();
        assertThat(letters()).endsWith("a4/KEY_PARKED");
    }

    @Test
    void SET_4_parked_and_not_acknowledged_is_parked_once() {
        broken.add("a1");
        // The acknowledgement gets lost with the consumer.
        List<Runnable> lost = new ArrayList<>();
        broker.receivers(receiver -> new ForwardingReceiver(receiver) {
            @Override
            public void ack(List<? extends Delivery> deliveries, Results results) {
                lost.add(() -> {});
                deliveries.forEach(results::done);
            }
        });
        MessageConsumer first = consume();
        send("a1");
        assertThat(lost).isNotEmpty();
        assertThat(first.stop(Duration.ofSeconds(1))).isTrue();
        broker.receivers(receiver -> receiver);
        consume();
        send("a2");
        assertThat(handled).containsExactly("a1");
        assertThat(letters()).containsExactly("a1/EXHAUSTED", "a2/KEY_PARKED");
    }

    @Test
    void SET_4_a_consumer_that_dies_after_it_sent_the_next_one_back_loses_and_overtakes_nothing() {
        parked().stop(Duration.ofSeconds(1));
        Faulty store = faulty();
        MessageConsumer first = consume();
        // The next is sent, the first is not taken out: and there the consumer ends.
        store.failingRemoves = 1;
        redrive();
        assertThat(handled).containsExactly("a1");
        assertThat(first.stop(Duration.ofSeconds(1))).isTrue();
        send("a4");
        consume();
        assertThat(handled).containsExactly("a1", "a1", "a2", "a3", "a4");
        assertThat(letters()).isEmpty();
        assertThat(meters.get("q.inflight").gauge().value()).isZero();
    }

    @Test
    void SET_4_a_consumer_that_dies_before_its_acknowledgement_has_gone_on_all_the_same() {
        parked().stop(Duration.ofSeconds(1));
        boolean[] dead = {false};
        broker.receivers(receiver -> new ForwardingReceiver(receiver) {
            @Override
            public void ack(List<? extends Delivery> deliveries, Results results) {
                if (dead[0]) {
                    deliveries.forEach(results::done);
                } else {
                    super.ack(deliveries, results);
                }
            }
        });
        MessageConsumer first = consume();
        dead[0] = true;
        redrive();
        first.stop(Duration.ofSeconds(1));
        broker.receivers(receiver -> receiver);
        handled.clear();
        consume();
        assertThat(letters()).isEmpty();
        assertThat(handled).as("no message that was handled").doesNotContain("a1");
        send("a4");
        assertThat(handled).endsWith("a4");
    }

    @Test
    void SET_4_with_the_source_away_the_key_goes_on_later_without_running_its_head_again() {
        parked();
        broker.nextSends(".U").onlyTo("steps");
        redrive();
        time.advance(Duration.ofMinutes(1));
        assertThat(handled).containsExactly("a1", "a2", "a3");
        assertThat(letters()).isEmpty();
    }

    @Test
    void IDM_1_a_head_that_was_completed_before_a_crash_is_not_run_again_and_the_key_goes_on() {
        IdempotencyStore completed = IdempotencyStore.inMemory();
        Faulty store = faulty();
        broken.add("a1");
        MessageConsumer first = parking().idempotent(completed).start(this::handle);
        send("a1", "a2");
        broken.clear();
        handled.clear();
        store.failingRemoves = 1;
        redrive();
        first.stop(Duration.ofSeconds(1));
        assertThat(handled).containsExactly("a1");
        parking().idempotent(completed).start(this::handle);
        assertThat(handled).containsExactly("a1", "a2");
        assertThat(letters()).isEmpty();
    }

    @Test
    void what_the_head_sends_is_stored_before_the_key_goes_on() {
        MessageQueue<String> out = client.queue("out", String.class);
        List<String> sent = new ArrayList<>();
        out.consume(payload -> sent.add(payload));
        broken.add("a1");
        parking().start((payload, context) -> {
            context.send(out, "from " + payload);
            handle(payload);
        });
        send("a1", "a2");
        broken.clear();
        broker.receiving.forwarding = Forwarding.UNKNOWN;
        redrive();
        assertThat(sent).containsExactly("from a1", "from a2");
    }

    // What is refused

    @Test
    void ORD_4_it_is_refused_where_nothing_can_hold_the_keys() {
        MessageQueue<String> unordered = client.queue("plain", String.class);
        refused(
                ErrorCode.INVALID_ARGUMENT,
                () -> unordered.consumer().whenExhausted(WhenExhausted.PARK_KEY).start(payload -> {}));
        KeyParking store = broker.parking().orElseThrow();
        refused(
                ErrorCode.INVALID_ARGUMENT,
                () -> queue.consumer().parking(store).start(payload -> {}));
        broker.parking(ignored -> null);
        QueueException nowhere = refused(ErrorCode.UNSUPPORTED, this::consume);
        assertThat(nowhere).hasMessageContaining("parking(store)").hasMessageContaining("steps");
        parking().parking(store).start(this::handle);
        broken.add("a1");
        send("a1");
        assertThat(letters()).as("of a store of the application").containsExactly("a1/EXHAUSTED");
    }
}
