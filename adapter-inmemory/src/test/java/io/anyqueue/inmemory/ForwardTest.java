package io.anyqueue.inmemory;

import static io.anyqueue.inmemory.Client.keyed;
import static io.anyqueue.inmemory.Client.message;
import static io.anyqueue.inmemory.Client.queue;
import static io.anyqueue.inmemory.Client.subscription;
import static io.anyqueue.inmemory.Client.topic;
import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.History;
import io.anyqueue.spi.Delivery;
import io.anyqueue.spi.Receiver.Forward;
import io.anyqueue.spi.Spec;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Storing and acknowledging in one step (rule SET-4). */
class ForwardTest {
    private static final Spec ORDERS = queue("orders");
    private static final Spec DEAD = queue("orders--dlq");
    private static final Spec EVENTS = topic("events");
    private static final Spec AUDIT = subscription("events", "audit");
    private static final Spec MAIL = subscription("events", "mail");

    private final VirtualTime time = new VirtualTime();
    private final Client client = Client.on(time);
    private Consumer consumer;
    private Delivery delivery;

    @BeforeEach
    void declare() {
        client.declare(ORDERS, EVENTS, AUDIT, MAIL);
        consumer = client.consumer(ORDERS);
        client.send(ORDERS, message("a"));
        delivery = consumer.one();
    }

    @Test
    void SET_4_to_queue_topic_and_subscription_at_once() {
        client.declare(DEAD);
        List<Forward> out = List.of(
                new Forward(DEAD, message("x")),
                new Forward(EVENTS, message("y")),
                new Forward(MAIL, message("z")),
                new Forward(queue("orders"), message("a")));
        assertThat(consumer.forward(delivery, out)).containsExactly("done");
        assertThat(client.browse(DEAD)).containsExactly("x");
        assertThat(client.browse(AUDIT)).containsExactly("y");
        assertThat(client.browse(MAIL)).containsExactly("y", "z");
        assertThat(consumer.ids()).containsExactly("a");
        assertThat(consumer.ack(delivery)).containsExactly("stale");
    }

    @Test
    void SET_4_stale_stores_nothing() {
        client.declare(DEAD);
        time.advance(Duration.ofSeconds(90));
        assertThat(consumer.forward(delivery, DEAD, message("x"))).containsExactly("stale");
        assertThat(client.browse(DEAD)).isEmpty();
    }

    @Test
    void SET_4_a_missing_or_refusing_target_leaves_everything_as_it_was() {
        client.declare(
                DEAD.withNativeArguments(Map.of("max-messages", "1")),
                queue("keyed").withOrdered(true));
        Forward fits = new Forward(EVENTS, message("y"));
        assertRefused("NOT_FOUND", fits, new Forward(queue("nowhere"), message("x")));
        assertRefused("RESOURCE_EXHAUSTED", fits, new Forward(DEAD, message("x")), new Forward(DEAD, message("z")));
        assertRefused("INVALID_ARGUMENT", fits, new Forward(queue("keyed"), message("x")));
        assertThat(consumer.forward(delivery, DEAD, message("x"))).containsExactly("done");
    }

    private void assertRefused(String code, Forward... out) {
        assertThat(consumer.forward(delivery, List.of(out))).containsExactly(code);
        assertThat(client.browse(AUDIT)).isEmpty();
        assertThat(client.browse(DEAD)).isEmpty();
        assertThat(client.counts(ORDERS)).containsExactly(0L, 0L, 1L);
    }

    @Test
    void SET_4_a_full_queue_can_be_forwarded_to_itself() {
        Spec full = queue("full");
        client.declare(full.withNativeArguments(Map.of("max-messages", "1")));
        client.send(full, message("a"));
        Consumer there = client.consumer(full);
        assertThat(there.forward(there.one(), full, message("b"))).containsExactly("done");
        assertThat(client.send(full, message("c"))).containsExactly("RESOURCE_EXHAUSTED");
        assertThat(there.forward(
                        there.one(), List.of(new Forward(full, message("d")), new Forward(full, message("e")))))
                .containsExactly("RESOURCE_EXHAUSTED");
        assertThat(client.counts(full)).containsExactly(0L, 0L, 1L);
    }

    @Test
    void RTY_1_a_delayed_copy_has_its_history_and_is_no_duplicate() {
        var copy = message("a").toBuilder()
                .history(new History(1, 1, time.currentTimeMillis()))
                .deliverAtMillis(time.currentTimeMillis() + 5000)
                .build();
        assertThat(consumer.forward(delivery, ORDERS, copy)).containsExactly("done");
        assertThat(consumer.poll()).isEmpty();
        time.advance(Duration.ofSeconds(5));
        Delivery again = consumer.one();
        assertThat(again.message().id()).isEqualTo("a");
        assertThat(again.attempts()).isEqualTo(1);
        assertThat(again.deliveries()).isEqualTo(2);
    }

    @Test
    void SET_4_forwarding_never_counts_as_a_duplicate() {
        client.send(ORDERS, message("b"));
        Delivery second = consumer.one();
        consumer.forward(delivery, EVENTS, message("x"));
        consumer.forward(second, EVENTS, message("x"));
        assertThat(client.browse(AUDIT)).containsExactly("x", "x");
    }

    @Test
    void SET_4_forwarding_the_head_of_a_key_lets_the_key_go_on() {
        Spec ordered = queue("ordered").withOrdered(true);
        client.declare(ordered, DEAD);
        client.send(ordered, keyed("k1", "k"), keyed("k2", "k"));
        Consumer there = client.consumer(ordered);
        Delivery head = there.one();
        Consumer other = client.consumer(ordered);
        assertThat(there.forward(head, DEAD, message("k1"))).containsExactly("done");
        assertThat(other.ids()).containsExactly("k2");
    }

    @Test
    void SET_4_to_a_topic_that_nobody_hears() {
        client.declare(topic("silence"));
        assertThat(consumer.forward(delivery, topic("silence"), message("x"))).containsExactly("done");
        assertThat(client.events).containsExactly("unrouted silence 1");
    }
}
