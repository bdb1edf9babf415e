package io.anyqueue.inmemory;

import static io.anyqueue.inmemory.Client.message;
import static io.anyqueue.inmemory.Client.queue;
import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.Message;
import io.anyqueue.spi.Delivery;
import io.anyqueue.spi.Spec;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Delays, expiry and priorities (rules DLY-1, DLY-2, EXP-1). */
class DelayTest {
    private static final Spec ORDERS = queue("orders");

    private final VirtualTime time = new VirtualTime();
    private final Client client = Client.on(time);
    private Consumer consumer;

    @BeforeEach
    void declare() {
        client.declare(ORDERS);
        consumer = client.consumer(ORDERS);
    }

    private Message delayed(String id, long millis) {
        return message(id).toBuilder()
                .deliverAtMillis(time.currentTimeMillis() + millis)
                .build();
    }

    @Test
    void DLY_1_not_before_it_is_due_and_then_at_once() {
        client.send(ORDERS, delayed("a", 60_000));
        time.advance(Duration.ofMillis(59_999));
        assertThat(consumer.poll()).isEmpty();
        assertThat(consumer.wakeUps).isZero();
        time.advance(Duration.ofMillis(1));
        assertThat(consumer.wakeUps).isEqualTo(1);
        assertThat(consumer.ids()).containsExactly("a");
    }

    @Test
    void DLY_1_a_delay_of_years_works() {
        client.send(ORDERS, delayed("a", Duration.ofDays(3650).toMillis()));
        client.send(
                ORDERS,
                message("never").toBuilder().deliverAtMillis(Long.MAX_VALUE).build());
        time.advance(Duration.ofDays(3650));
        assertThat(consumer.ids()).containsExactly("a");
    }

    @Test
    void DLY_2_short_overtakes_long_and_equal_ones_keep_their_order() {
        client.send(ORDERS, delayed("long", 5000), delayed("b", 1000), delayed("c", 1000), delayed("short", 10));
        assertThat(time.timers()).isEqualTo(1);
        time.advance(Duration.ofMillis(10));
        assertThat(consumer.ids()).containsExactly("short");
        time.advance(Duration.ofSeconds(5));
        assertThat(consumer.ids()).containsExactly("b", "c", "long");
    }

    @Test
    void DLY_2_zero_or_past_is_at_once() {
        client.send(ORDERS, delayed("a", 0), delayed("b", -1000), message("c"));
        assertThat(consumer.ids()).containsExactly("a", "b", "c");
    }

    @Test
    void EXP_1_what_is_expired_is_delivered_for_the_runtime_to_decide() {
        Message expired = message("a").toBuilder()
                .expiresAtMillis(time.currentTimeMillis() + 1)
                .build();
        client.send(ORDERS, expired);
        time.advance(Duration.ofSeconds(1));
        assertThat(consumer.one().message()).isSameAs(expired);
    }

    @Test
    void priorities_go_first_and_are_clamped() {
        Spec urgent = queue("urgent").withPriorities(3);
        client.declare(urgent);
        client.send(
                urgent,
                priority("low", -5),
                priority("mid", 1),
                priority("high", 2),
                priority("higher", 99),
                priority("low2", 0));
        Consumer urgently = client.consumer(urgent);
        assertThat(Consumer.ids(urgently.poll(2))).containsExactly("high", "higher");
        client.send(urgent, priority("late", 2));
        assertThat(Consumer.ids(urgently.poll(3))).containsExactly("late", "mid", "low");
        time.advance(Duration.ofSeconds(90));
        assertThat(urgently.ids()).containsExactly("high", "higher", "late", "mid", "low", "low2");
    }

    @Test
    void priorities_count_when_a_delay_is_over() {
        Spec urgent = queue("urgent").withPriorities(2);
        client.declare(urgent);
        client.send(
                urgent,
                message("low"),
                delayed("high", 10).toBuilder().priority(1).build());
        time.advance(Duration.ofMillis(10));
        assertThat(client.consumer(urgent).ids()).containsExactly("high", "low");
    }

    private static Message priority(String id, int priority) {
        return message(id).toBuilder().priority(priority).build();
    }

    @Test
    void one_timer_for_all_leases_and_delays() {
        for (int i = 0; i < 100; i++) {
            client.send(ORDERS, delayed("d" + i, 1000 - i), message("m" + i));
            Delivery delivery = consumer.one();
            consumer.extend(delivery);
            assertThat(time.timers()).isEqualTo(1);
        }
        time.advance(Duration.ofSeconds(1));
        assertThat(client.counts(ORDERS)).containsExactly(100L, 0L, 100L);
        assertThat(time.timers()).isEqualTo(1);
        time.advance(Duration.ofSeconds(90));
        assertThat(client.counts(ORDERS)).containsExactly(200L, 0L, 0L);
        assertThat(time.timers()).isZero();
    }
}
