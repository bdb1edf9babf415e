package io.anyqueue.inmemory;

import static io.anyqueue.inmemory.Client.message;
import static io.anyqueue.inmemory.Client.queue;
import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.History;
import io.anyqueue.Message;
import io.anyqueue.spi.Delivery;
import io.anyqueue.spi.Spec;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Leases, settlements and counters (rules RCV-3 to RCV-5, SET-1 to SET-3). */
class SettleTest {
    private static final Duration LEASE = Duration.ofSeconds(90);
    private static final Spec ORDERS = queue("orders");

    private final VirtualTime time = new VirtualTime();
    private final Client client = Client.on(time);
    private Consumer consumer;

    @BeforeEach
    void declare() {
        client.declare(ORDERS);
        consumer = client.consumer(ORDERS);
    }

    @Test
    void SET_1_acked_is_not_delivered_again() {
        client.send(ORDERS, message("a"));
        assertThat(consumer.ack(consumer.one())).containsExactly("done");
        time.advance(LEASE.multipliedBy(2));
        assertThat(consumer.poll()).isEmpty();
        assertThat(client.counts(ORDERS)).containsExactly(0L, 0L, 0L);
    }

    @Test
    void SET_1_flush_and_close_complete_at_once() {
        assertThat(consumer.receiver.flush().toCompletableFuture()).isCompleted();
        assertThat(consumer.receiver.close(Duration.ZERO)).isSameAs(consumer.receiver.close(Duration.ZERO));
    }

    @Test
    void SET_1_released_is_not_delivered_before_its_delay() {
        client.send(ORDERS, message("a"));
        consumer.release(consumer.one(), Duration.ofSeconds(5), 1, 77);
        consumer.poll();
        time.advance(Duration.ofMillis(4999));
        assertThat(consumer.poll()).isEmpty();
        int before = consumer.wakeUps;
        time.advance(Duration.ofMillis(1));
        assertThat(consumer.wakeUps).isEqualTo(before + 1);
        assertThat(consumer.ids()).containsExactly("a");
    }

    @Test
    void SET_1_released_does_not_block_the_next() {
        client.send(ORDERS, message("a"), message("b"));
        consumer.release(consumer.one());
        assertThat(consumer.ids()).containsExactly("b", "a");
    }

    @Test
    void SET_2_settling_twice_is_stale() {
        client.send(ORDERS, message("a"), message("b"));
        Delivery a = consumer.one();
        Delivery b = consumer.one();
        assertThat(consumer.ack(a, a)).containsExactly("done", "stale");
        assertThat(consumer.release(b, b)).containsExactly("done", "stale");
        assertThat(consumer.ack(b)).containsExactly("stale");
        assertThat(consumer.extend(a)).containsExactly("stale");
        assertThat(consumer.ids()).containsExactly("b");
    }

    @Test
    void SET_2_late_ack_is_stale_and_harmless_to_the_holder() {
        client.send(ORDERS, message("a"));
        Delivery late = consumer.one();
        time.advance(LEASE);
        Consumer other = client.consumer(ORDERS);
        Delivery current = other.one();
        assertThat(consumer.ack(late)).containsExactly("stale");
        assertThat(consumer.release(late)).containsExactly("stale");
        assertThat(client.counts(ORDERS)).containsExactly(0L, 0L, 1L);
        assertThat(other.ack(current)).containsExactly("done");
    }

    @Test
    void SET_2_ack_after_the_lease_is_stale_even_before_the_timer_rings() {
        client.send(ORDERS, message("a"));
        Delivery late = consumer.one();
        time.advanceWithoutTimers(LEASE);
        assertThat(consumer.ack(late)).containsExactly("stale");
        assertThat(consumer.one().crashes()).isEqualTo(1);
    }

    @Test
    void SET_2_same_receiver_same_message_new_receipt() {
        client.send(ORDERS, message("a"));
        Delivery first = consumer.one();
        consumer.release(first);
        Delivery second = consumer.one();
        assertThat(consumer.ack(first)).containsExactly("stale");
        assertThat(consumer.ack(second)).containsExactly("done");
        assertThat(first.deliveries()).isEqualTo(1);
        assertThat(second.deliveries()).isEqualTo(2);
    }

    @Test
    void SET_2_delivery_of_another_receiver_is_stale() {
        client.send(ORDERS, message("a"));
        Delivery delivery = consumer.one();
        assertThat(client.consumer(ORDERS).ack(delivery)).containsExactly("stale");
        assertThat(consumer.ack(delivery)).containsExactly("done");
    }

    @Test
    void SET_2_delivery_of_another_broker_is_refused() {
        client.send(ORDERS, message("a"));
        Delivery foreign = consumer.one();
        Client elsewhere = Client.on(time);
        elsewhere.declare(ORDERS);
        Consumer there = elsewhere.consumer(ORDERS);
        assertThat(there.ack(foreign)).containsExactly("INVALID_ARGUMENT");
        assertThat(there.forward(foreign, List.of())).containsExactly("INVALID_ARGUMENT");
        assertThat(consumer.ack(foreign)).containsExactly("done");
    }

    @Test
    void SET_2_after_close_everything_is_stale() {
        client.send(ORDERS, message("a"));
        Delivery delivery = consumer.one();
        consumer.close();
        assertThat(consumer.ack(delivery)).containsExactly("stale");
        assertThat(consumer.forward(delivery, List.of())).containsExactly("stale");
        assertThat(consumer.poll()).isEmpty();
    }

    @Test
    void SET_3_acks_in_any_order() {
        client.send(ORDERS, message("a"), message("b"), message("c"));
        List<Delivery> all = consumer.poll();
        assertThat(consumer.ack(all.get(2), all.get(0), all.get(1))).containsExactly("done", "done", "done");
        assertThat(client.browse(ORDERS)).isEmpty();
    }

    @Test
    void RCV_4_lease_over_is_delivered_again_in_order_and_counts_a_crash() {
        client.send(ORDERS, message("a"), message("b"), message("c"));
        assertThat(Consumer.ids(consumer.poll(2))).containsExactly("a", "b");
        time.advance(LEASE);
        List<Delivery> again = consumer.poll();
        assertThat(Consumer.ids(again)).containsExactly("a", "b", "c");
        assertThat(again).extracting(Delivery::crashes).containsExactly(1, 1, 0);
        assertThat(again).extracting(Delivery::deliveries).containsExactly(2, 2, 1);
    }

    @Test
    void RCV_4_close_gives_back_at_once_and_is_no_crash() {
        client.send(ORDERS, message("a"), message("b"), message("c"));
        consumer.poll(2);
        Consumer other = client.consumer(ORDERS);
        consumer.close();
        List<Delivery> again = other.poll();
        assertThat(Consumer.ids(again)).containsExactly("a", "b", "c");
        assertThat(again).extracting(Delivery::crashes).containsOnly(0);
        assertThat(again).extracting(Delivery::deliveries).containsExactly(2, 2, 1);
    }

    @Test
    void RCV_3_extend_prolongs_by_the_lease_from_now() {
        client.send(ORDERS, message("a"), message("b"));
        Delivery a = consumer.one();
        Delivery b = consumer.one();
        time.advance(LEASE.minusSeconds(10));
        assertThat(consumer.extend(a)).containsExactly("done");
        assertThat(a.leaseUntilNanos()).isEqualTo(time.nanoTime() + LEASE.toNanos());
        time.advance(Duration.ofSeconds(10));
        assertThat(consumer.ack(b)).containsExactly("stale");
        assertThat(consumer.ids()).containsExactly("b");
        time.advance(LEASE.minusSeconds(11));
        assertThat(consumer.ack(a)).containsExactly("done");
    }

    @Test
    void RCV_3_lease_end_is_in_the_clients_time() {
        client.send(ORDERS, message("a"));
        time.advance(Duration.ofSeconds(3));
        assertThat(consumer.one().leaseUntilNanos()).isEqualTo(time.nanoTime() + LEASE.toNanos());
    }

    @Test
    void RCV_5_attempts_are_kept_and_rise_only() {
        client.send(ORDERS, message("a"));
        Delivery first = consumer.one();
        consumer.release(first, Duration.ZERO, 3, 1234);
        Delivery second = consumer.one();
        assertThat(second.attempts()).isEqualTo(3);
        assertThat(second.firstFailedAtMillis()).isEqualTo(1234);
        consumer.release(second, Duration.ZERO, 2, 9999);
        Delivery third = consumer.one();
        assertThat(third.attempts()).isEqualTo(3);
        assertThat(third.firstFailedAtMillis()).isEqualTo(1234);
        assertThat(third.deliveries()).isEqualTo(3);
        assertThat(third.crashes()).isZero();
        assertThat(first.attempts()).isZero();
    }

    @Test
    void RCV_5_counters_go_on_from_the_history_of_the_copy() {
        Message copy = message("a").toBuilder().history(new History(2, 5, 99)).build();
        client.send(ORDERS, copy);
        Delivery delivery = consumer.one();
        assertThat(delivery.deliveries()).isEqualTo(6);
        assertThat(delivery.attempts()).isEqualTo(2);
        assertThat(delivery.firstFailedAtMillis()).isEqualTo(99);
    }

    @Test
    void bad_delays_are_refused_one_by_one() {
        client.send(ORDERS, message("a"), message("b"));
        Delivery a = consumer.one();
        Delivery b = consumer.one();
        assertThat(consumer.release(a, Duration.ofSeconds(-1), 0, 0)).containsExactly("INVALID_ARGUMENT");
        assertThat(consumer.ack(a)).containsExactly("done");
        assertThat(consumer.release(b, Duration.ofSeconds(Long.MAX_VALUE), 0, 0))
                .containsExactly("done");
        assertThat(client.counts(ORDERS)).containsExactly(0L, 1L, 0L);
    }
}
