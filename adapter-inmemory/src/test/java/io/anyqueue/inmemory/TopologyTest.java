package io.anyqueue.inmemory;

import static io.anyqueue.inmemory.Client.await;
import static io.anyqueue.inmemory.Client.keyed;
import static io.anyqueue.inmemory.Client.message;
import static io.anyqueue.inmemory.Client.queue;
import static io.anyqueue.inmemory.Client.subscription;
import static io.anyqueue.inmemory.Client.topic;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.anyqueue.ErrorCode;
import io.anyqueue.History;
import io.anyqueue.QueueException;
import io.anyqueue.spi.Delivery;
import io.anyqueue.spi.Spec;
import io.anyqueue.spi.Topology.Description;
import io.anyqueue.spi.Topology.Mode;
import io.anyqueue.spi.Topology.Page;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Declaring, describing, browsing, purging, deleting. */
class TopologyTest {
    private static final Spec ORDERS = queue("orders");
    private static final Spec EVENTS = topic("events");
    private static final Spec AUDIT = subscription("events", "audit");

    private final VirtualTime time = new VirtualTime();
    private final Client client = Client.on(time);

    static void assertCode(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        QueueException.class,
                        e -> assertThat(e.code()).as(e.getMessage()).isEqualTo(code));
    }

    private void declare(Mode mode, Spec... specs) {
        await(client.broker.topology().declare(List.of(specs), mode));
    }

    @Test
    void create_creates_and_agrees_with_itself() {
        client.declare(ORDERS, EVENTS, AUDIT);
        client.declare(ORDERS, EVENTS, AUDIT);
        assertThat(client.describe(AUDIT).exists()).isTrue();
    }

    @Test
    void validate_creates_nothing() {
        assertCode(ErrorCode.NOT_FOUND, () -> declare(Mode.VALIDATE, ORDERS));
        client.declare(ORDERS);
        declare(Mode.VALIDATE, ORDERS);
        assertCode(ErrorCode.CONFLICT, () -> declare(Mode.VALIDATE, ORDERS.withOrdered(true)));
    }

    @Test
    void assume_looks_at_nothing() {
        declare(Mode.ASSUME, ORDERS);
        assertThat(client.describe(ORDERS)).isEqualTo(Description.ABSENT);
    }

    @Test
    void another_order_lease_or_priorities_is_a_conflict_that_says_both() {
        client.declare(ORDERS);
        assertCode(ErrorCode.CONFLICT, () -> client.declare(ORDERS.withOrdered(true)));
        assertCode(ErrorCode.CONFLICT, () -> client.declare(ORDERS.withPriorities(3)));
        assertThatThrownBy(() -> client.declare(ORDERS.withLease(Duration.ofSeconds(30))))
                .hasMessageContaining("have [ordered=false, priorities=1, lease=PT1M30S]")
                .hasMessageContaining("want [ordered=false, priorities=1, lease=PT30S]");
    }

    @Test
    void a_name_is_a_queue_or_a_topic() {
        client.declare(ORDERS, EVENTS, AUDIT);
        assertCode(ErrorCode.CONFLICT, () -> client.declare(topic("orders")));
        assertCode(ErrorCode.CONFLICT, () -> client.declare(queue("events--audit")));
        client.declare(topic("a"), subscription("a", "b--c"), topic("a--b"));
        assertCode(ErrorCode.CONFLICT, () -> client.declare(subscription("a--b", "c")));
        assertCode(ErrorCode.NOT_FOUND, () -> client.declare(subscription("nowhere", "audit")));
    }

    @Test
    void a_subscription_is_in_order_if_its_topic_is() {
        client.declare(EVENTS.withOrdered(true));
        assertCode(ErrorCode.CONFLICT, () -> client.declare(AUDIT));
        client.declare(AUDIT.withOrdered(true));
    }

    @Test
    void what_cannot_be_had_is_refused() {
        assertCode(ErrorCode.UNSUPPORTED, () -> client.declare(EVENTS.withRetention(Duration.ofDays(1))));
        assertCode(
                ErrorCode.UNSUPPORTED,
                () -> client.declare(ORDERS.withPriorities(2).withOrdered(true)));
        assertCode(ErrorCode.INVALID_ARGUMENT, () -> client.declare(ORDERS.withPriorities(0)));
        assertCode(ErrorCode.INVALID_ARGUMENT, () -> client.declare(ORDERS.withLease(Duration.ZERO)));
        assertCode(ErrorCode.INVALID_ARGUMENT, () -> client.declare(queue("a\nb")));
        assertCode(ErrorCode.TOO_LARGE, () -> client.declare(queue("ä".repeat(128))));
        client.declare(queue("ä".repeat(127)));
        assertThatThrownBy(() -> client.declare(ORDERS.withNativeArguments(Map.of("max-message", "1"))))
                .hasMessageContaining("nearest is 'max-messages'");
    }

    @Test
    void describe_counts_exactly() {
        client.declare(ORDERS);
        client.send(ORDERS, message("a"), message("b"), message("c"));
        time.advance(Duration.ofSeconds(7));
        Consumer consumer = client.consumer(ORDERS);
        consumer.one();
        consumer.release(consumer.one(), Duration.ofMinutes(1), 1, 1);
        Description found = client.describe(ORDERS);
        assertThat(client.counts(ORDERS)).containsExactly(1L, 1L, 1L);
        assertThat(found.ready().orElseThrow().exact()).isTrue();
        assertThat(found.oldest()).contains(Duration.ofSeconds(7));
        consumer.poll();
        assertThat(client.describe(ORDERS).oldest()).isEqualTo(Optional.empty());
    }

    @Test
    void describe_sees_what_is_due_before_the_timer_does() {
        client.declare(ORDERS);
        client.send(
                ORDERS,
                message("a").toBuilder()
                        .deliverAtMillis(time.currentTimeMillis() + 1000)
                        .build());
        time.advanceWithoutTimers(Duration.ofSeconds(1));
        assertThat(client.counts(ORDERS)).containsExactly(1L, 0L, 0L);
    }

    @Test
    void browse_lists_everything_in_the_order_of_storing_with_its_history() {
        client.declare(ORDERS);
        client.send(ORDERS, message("a"), message("b"), message("c"));
        Consumer consumer = client.consumer(ORDERS);
        List<Delivery> taken = consumer.poll(2);
        consumer.release(taken.get(0), Duration.ofMinutes(1), 2, 55);
        Page page = await(client.broker.topology().browse(ORDERS, null, 10));
        assertThat(client.browse(ORDERS)).containsExactly("a", "b", "c");
        assertThat(page.messages().get(0).history()).isEqualTo(new History(2, 1, 55));
        assertThat(page.messages().get(2).history()).isEqualTo(History.NONE);
        assertThat(page.next()).isEmpty();
    }

    @Test
    void browse_goes_on_at_its_cursor_whatever_happens_meanwhile() {
        client.declare(ORDERS);
        client.send(ORDERS, message("a"), message("b"), message("c"), message("d"));
        Page first = await(client.broker.topology().browse(ORDERS, null, 2));
        Consumer consumer = client.consumer(ORDERS);
        consumer.ack(consumer.poll(2));
        List<String> rest = new ArrayList<>();
        Optional<byte[]> cursor = first.next();
        while (cursor.isPresent()) {
            Page page = await(client.broker.topology().browse(ORDERS, cursor.get(), 1));
            page.messages().forEach(message -> rest.add(message.id()));
            cursor = page.next();
        }
        assertThat(rest).containsExactly("c", "d");
    }

    @Test
    void browse_refuses_what_it_cannot_read() {
        client.declare(EVENTS, ORDERS);
        assertCode(
                ErrorCode.INVALID_ARGUMENT, () -> await(client.broker.topology().browse(EVENTS, null, 1)));
        assertCode(
                ErrorCode.INVALID_ARGUMENT, () -> await(client.broker.topology().browse(ORDERS, new byte[3], 1)));
        assertCode(
                ErrorCode.INVALID_ARGUMENT, () -> await(client.broker.topology().browse(ORDERS, null, 0)));
        assertCode(ErrorCode.NOT_FOUND, () -> await(client.broker.topology().browse(queue("no"), null, 1)));
    }

    @Test
    void purge_removes_all_and_makes_settlements_stale() {
        Spec keyedOrders = ORDERS.withOrdered(true);
        client.declare(keyedOrders);
        client.send(keyedOrders, keyed("a", "k"), keyed("b", "k"));
        Consumer consumer = client.consumer(keyedOrders);
        Delivery a = consumer.one();
        await(client.broker.topology().purge(keyedOrders));
        assertThat(consumer.heard).containsExactly("lost " + a.epoch());
        assertThat(consumer.ack(a)).containsExactly("stale");
        assertThat(client.counts(keyedOrders)).containsExactly(0L, 0L, 0L);
        client.send(keyedOrders, keyed("a", "k"));
        assertThat(consumer.one().epoch()).isGreaterThan(a.epoch());
    }

    @Test
    void delete_tells_receivers_and_they_go_on_when_it_is_declared_again() {
        client.declare(ORDERS);
        client.send(ORDERS, message("a"), message("b"));
        Consumer consumer = client.consumer(ORDERS);
        Delivery a = consumer.one();
        await(client.broker.topology().delete(ORDERS));
        await(client.broker.topology().delete(ORDERS));
        assertThat(consumer.ack(a)).containsExactly("stale");
        assertThat(consumer.poll()).isEmpty();
        assertThat(client.send(ORDERS, message("c"))).containsExactly("NOT_FOUND");
        client.declare(ORDERS);
        int before = consumer.wakeUps;
        client.send(ORDERS, message("c"));
        assertThat(consumer.wakeUps).isEqualTo(before + 1);
        assertThat(consumer.ids()).containsExactly("c");
        assertThat(consumer.heard).containsExactly("BLOCKED NOT_FOUND", "WORKING");
    }

    @Test
    void deleting_a_topic_deletes_its_subscriptions_and_not_the_other_way_round() {
        Spec mail = subscription("events", "mail");
        client.declare(EVENTS, AUDIT, mail);
        await(client.broker.topology().delete(mail));
        client.send(EVENTS, message("a"));
        assertThat(client.browse(AUDIT)).containsExactly("a");
        await(client.broker.topology().delete(EVENTS));
        assertThat(client.describe(AUDIT).exists()).isFalse();
        assertThat(client.describe(EVENTS).exists()).isFalse();
    }
}
