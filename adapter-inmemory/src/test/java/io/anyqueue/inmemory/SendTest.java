package io.anyqueue.inmemory;

import static io.anyqueue.inmemory.Client.keyed;
import static io.anyqueue.inmemory.Client.message;
import static io.anyqueue.inmemory.Client.queue;
import static io.anyqueue.inmemory.Client.subscription;
import static io.anyqueue.inmemory.Client.topic;
import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.History;
import io.anyqueue.Message;
import io.anyqueue.spi.Endpoint;
import io.anyqueue.spi.Spec;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Sending (rules SND-1 to SND-7, RCV-1, RCV-2, ORD-3, ORD-5) and the bounds. */
class SendTest {
    private static final Spec ORDERS = queue("orders");
    private static final Spec EVENTS = topic("events");
    private static final Spec AUDIT = subscription("events", "audit");
    private static final Spec MAIL = subscription("events", "mail");

    private final VirtualTime time = new VirtualTime();
    private final Client client = Client.on(time);

    private Message delayed(String id, Duration delay) {
        return message(id).toBuilder()
                .deliverAtMillis(time.currentTimeMillis() + delay.toMillis())
                .build();
    }

    private static Message sized(String id, int bytes) {
        return Message.builder(id).body(new byte[bytes - id.length()]).build();
    }

    @Test
    void SND_3_missing_destination() {
        client.declare(EVENTS);
        assertThat(client.send(ORDERS, message("a"))).containsExactly("NOT_FOUND");
        assertThat(client.send(AUDIT, message("a"))).containsExactly("NOT_FOUND");
        assertThat(client.send(queue("events"), message("a"))).containsExactly("NOT_FOUND");
    }

    @Test
    void SND_3_topic_without_subscription_confirms_and_tells() {
        client.declare(EVENTS);
        assertThat(client.send(EVENTS, message("a"), message("b"))).containsExactly("confirmed", "confirmed");
        assertThat(client.events).containsExactly("unrouted events 2");
        client.declare(AUDIT);
        client.send(EVENTS, message("a"));
        assertThat(client.browse(AUDIT)).containsExactly("a");
    }

    @Test
    void SND_5_one_refused_does_not_harm_the_others() {
        client.declare(ORDERS);
        int limit = (int) Spec.DEFAULT_MAX_BYTES;
        assertThat(client.send(ORDERS, sized("a", limit), sized("b", limit + 1), sized("c", 1)))
                .containsExactly("confirmed", "TOO_LARGE", "confirmed");
        assertThat(client.browse(ORDERS)).containsExactly("a", "c");
    }

    @Test
    void DLQ_1_a_copy_may_carry_its_provenance_on_top() {
        client.declare(ORDERS);
        Message copy = sized("a", (int) Spec.DEFAULT_MAX_BYTES + 64 * 1024).toBuilder()
                .history(new History(1, 1, 1))
                .build();
        assertThat(client.send(ORDERS, copy)).containsExactly("confirmed");
        Message more = copy.toBuilder().id("bb").build();
        assertThat(client.send(ORDERS, more)).containsExactly("TOO_LARGE");
    }

    @Test
    void SND_6_full_in_messages_or_bytes_is_refused() {
        client.declare(ORDERS.withNativeArguments(Map.of("max-messages", "2")));
        assertThat(client.send(ORDERS, message("a"), message("b"), message("c")))
                .containsExactly("confirmed", "confirmed", "RESOURCE_EXHAUSTED");
        Consumer consumer = client.consumer(ORDERS);
        consumer.ack(consumer.one());
        assertThat(client.send(ORDERS, message("c"))).containsExactly("confirmed");

        Spec small = queue("small");
        client.declare(small.withNativeArguments(Map.of("max-bytes", "10")));
        assertThat(client.send(small, sized("a", 6), sized("b", 5), sized("c", 4), sized("d", 11)))
                .containsExactly("confirmed", "RESOURCE_EXHAUSTED", "confirmed", "TOO_LARGE");
    }

    @Test
    void SND_6_a_topic_stores_in_all_subscriptions_or_in_none() {
        client.declare(EVENTS, AUDIT.withNativeArguments(Map.of("max-messages", "1")), MAIL);
        assertThat(client.send(EVENTS, message("a"), message("b"))).containsExactly("confirmed", "RESOURCE_EXHAUSTED");
        assertThat(client.browse(MAIL)).containsExactly("a");
    }

    @Test
    void SND_4_nothing_of_the_batch_overtakes_what_was_refused_as_full() {
        Spec ordered = ORDERS.withOrdered(true);
        client.declare(ordered.withNativeArguments(Map.of("max-bytes", "10")));
        assertThat(client.send(ordered, keyed("a", "k"), keyed("b".repeat(9), "k"), keyed("c", "k")))
                .containsExactly("confirmed", "RESOURCE_EXHAUSTED", "RESOURCE_EXHAUSTED");
    }

    @Test
    void ORD_3_and_ORD_5_ordered_needs_a_key_and_takes_no_delay() {
        Spec ordered = ORDERS.withOrdered(true);
        client.declare(ordered);
        Message late = keyed("c", "k").toBuilder()
                .deliverAtMillis(time.currentTimeMillis() + 1)
                .build();
        Message past = late.toBuilder()
                .id("d")
                .deliverAtMillis(time.currentTimeMillis())
                .build();
        assertThat(client.send(ordered, message("a"), keyed("b", ""), late, past))
                .containsExactly("INVALID_ARGUMENT", "INVALID_ARGUMENT", "UNSUPPORTED", "confirmed");
    }

    @Test
    void SND_7_the_message_arrives_as_the_same_object() {
        client.declare(EVENTS, AUDIT, MAIL);
        Message sent = message("a");
        client.send(EVENTS, sent);
        assertThat(client.consumer(AUDIT).one().message()).isSameAs(sent);
        assertThat(client.consumer(MAIL).one().message()).isSameAs(sent);
    }

    @Test
    void RCV_1_every_subscription_gets_it_and_a_direct_send_only_its_own() {
        client.declare(EVENTS, AUDIT, MAIL);
        client.send(EVENTS, message("a"));
        client.send(MAIL, message("b"));
        assertThat(client.browse(AUDIT)).containsExactly("a");
        assertThat(client.browse(MAIL)).containsExactly("a", "b");
    }

    @Test
    void RCV_1_delayed_goes_to_the_subscriptions_of_its_due_time() {
        client.declare(EVENTS, AUDIT);
        assertThat(client.send(EVENTS, delayed("a", Duration.ofSeconds(5)))).containsExactly("confirmed");
        assertThat(client.describe(EVENTS).delayed().orElseThrow().value()).isEqualTo(1);
        client.declare(MAIL);
        Consumer consumer = client.consumer(MAIL);
        time.advance(Duration.ofMillis(4999));
        assertThat(consumer.poll()).isEmpty();
        time.advance(Duration.ofMillis(1));
        assertThat(consumer.ids()).containsExactly("a");
        assertThat(client.browse(AUDIT)).containsExactly("a");
    }

    @Test
    void RCV_1_delayed_for_nobody_is_told_when_it_is_due() {
        client.declare(EVENTS.withNativeArguments(Map.of("max-messages", "1")));
        assertThat(client.send(EVENTS, delayed("a", Duration.ofSeconds(5)), delayed("b", Duration.ofSeconds(1))))
                .containsExactly("confirmed", "RESOURCE_EXHAUSTED");
        assertThat(client.events).isEmpty();
        time.advance(Duration.ofSeconds(5));
        assertThat(client.events).containsExactly("unrouted events 1");
    }

    @Test
    void SND_2_the_same_id_within_the_window_is_stored_once() {
        client.declare(ORDERS, queue("others"));
        assertThat(client.send(ORDERS, message("a"), message("a"))).containsExactly("confirmed", "confirmed");
        time.advance(Duration.ofSeconds(119));
        assertThat(client.send(ORDERS, message("a"))).containsExactly("confirmed");
        assertThat(client.browse(ORDERS)).containsExactly("a");
        client.send(queue("others"), message("a"));
        assertThat(client.browse(queue("others"))).containsExactly("a");
        time.advance(Duration.ofSeconds(1));
        client.send(ORDERS, message("a"));
        assertThat(client.browse(ORDERS)).containsExactly("a", "a");
    }

    @Test
    void SND_2_refused_before_is_no_duplicate() {
        client.declare(ORDERS.withNativeArguments(Map.of("max-messages", "1")));
        client.send(ORDERS, message("a"), message("b"));
        Consumer consumer = client.consumer(ORDERS);
        consumer.ack(consumer.one());
        client.send(ORDERS, message("b"));
        assertThat(consumer.ids()).containsExactly("b");
    }

    @Test
    void SND_2_a_duplicate_is_confirmed_even_when_full() {
        client.declare(ORDERS.withNativeArguments(Map.of("max-messages", "1")));
        assertThat(client.send(ORDERS, message("a"), message("a"))).containsExactly("confirmed", "confirmed");
    }

    @Test
    void SND_2_copies_with_a_history_are_never_taken_for_duplicates() {
        client.declare(ORDERS);
        Message copy = message("a").toBuilder().history(new History(0, 4, 0)).build();
        client.send(ORDERS, message("a"), copy, copy);
        assertThat(client.browse(ORDERS)).containsExactly("a", "a", "a");
    }

    @Test
    void SND_2_the_window_can_be_closed_and_a_topic_has_one_too() {
        client.declare(ORDERS.withNativeArguments(Map.of("deduplication-window", "PT0S")), EVENTS, AUDIT);
        client.send(ORDERS, message("a"), message("a"));
        client.send(EVENTS, message("a"), message("a"));
        assertThat(client.browse(ORDERS)).containsExactly("a", "a");
        assertThat(client.browse(AUDIT)).containsExactly("a");
    }

    @Test
    void physical_names_count() {
        Spec mapped = Spec.of(new Endpoint.QueueEndpoint("orders", "com.acme.orders"));
        client.declare(mapped);
        assertThat(client.send(ORDERS, message("a"))).containsExactly("NOT_FOUND");
        client.send(mapped, message("a"));
        assertThat(client.browse(queue("com.acme.orders"))).containsExactly("a");
        assertThat(client.consumer(mapped).one().source().name()).isEqualTo("orders");
    }
}
