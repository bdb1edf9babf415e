package io.anyqueue.inmemory;

import static io.anyqueue.inmemory.Client.keyed;
import static io.anyqueue.inmemory.Client.queue;
import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.spi.Delivery;
import io.anyqueue.spi.Spec;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Ordered sources (rules ORD-1, ORD-2). */
class OrderTest {
    private static final Duration LEASE = Duration.ofSeconds(90);
    private static final Spec ORDERS = queue("orders").withOrdered(true);

    private final VirtualTime time = new VirtualTime();
    private final Client client = Client.on(time);
    private Consumer one;
    private Consumer two;

    @BeforeEach
    void declare() {
        client.declare(ORDERS);
        one = client.consumer(ORDERS);
        two = client.consumer(ORDERS);
    }

    @Test
    void ORD_1_a_key_stays_with_who_holds_some_of_it() {
        client.send(ORDERS, keyed("a1", "a"), keyed("a2", "a"), keyed("b1", "b"));
        Delivery a1 = one.one();
        assertThat(two.ids()).containsExactly("b1");
        client.send(ORDERS, keyed("a3", "a"));
        assertThat(two.poll()).isEmpty();
        List<Delivery> rest = one.poll();
        assertThat(Consumer.ids(rest)).containsExactly("a2", "a3");
        assertThat(a1.lane()).isEqualTo("a");
        assertThat(rest).extracting(Delivery::shard).containsOnly(a1.shard());
        assertThat(rest).extracting(Delivery::epoch).containsOnly(a1.epoch());
    }

    @Test
    void ORD_1_a_key_is_free_when_all_of_it_is_settled_and_its_epoch_rises() {
        client.send(ORDERS, keyed("a1", "a"), keyed("a2", "a"), keyed("a3", "a"));
        List<Delivery> first = one.poll(2);
        one.ack(first.get(1));
        assertThat(two.poll()).isEmpty();
        int before = two.wakeUps;
        one.ack(first.get(0));
        assertThat(two.wakeUps).isEqualTo(before + 1);
        Delivery a3 = two.one();
        assertThat(a3.message().id()).isEqualTo("a3");
        assertThat(a3.epoch()).isGreaterThan(first.get(0).epoch());
        assertThat(a3.shard()).isEqualTo(first.get(0).shard());
    }

    @Test
    void ORD_1_the_epoch_rises_also_after_the_key_was_empty() {
        client.send(ORDERS, keyed("a1", "a"));
        Delivery a1 = one.one();
        one.ack(a1);
        client.send(ORDERS, keyed("a2", "a"));
        Delivery a2 = two.one();
        assertThat(a2.epoch()).isGreaterThan(a1.epoch());
        assertThat(a2.shard()).isEqualTo(a1.shard());
    }

    @Test
    void ORD_1_a_lapsed_lease_takes_back_the_whole_key_in_order() {
        client.send(ORDERS, keyed("a1", "a"), keyed("a2", "a"), keyed("a3", "a"), keyed("b1", "b"));
        List<Delivery> held = one.poll();
        Delivery b1 =
                held.stream().filter(d -> d.lane().equals("b")).findFirst().orElseThrow();
        List<Delivery> a = held.stream().filter(d -> d.lane().equals("a")).toList();
        assertThat(Consumer.ids(a)).containsExactly("a1", "a2", "a3");
        time.advance(LEASE.dividedBy(2));
        // The runtime keeps all leases but that of a2.
        one.extend(a.get(2), a.get(0), b1);
        time.advance(LEASE.dividedBy(2));
        assertThat(one.heard).containsExactly("lost " + a.get(0).epoch());
        assertThat(one.ack(a)).containsExactly("stale", "stale", "stale");
        assertThat(one.ack(b1)).containsExactly("done");

        List<Delivery> again = two.poll();
        assertThat(Consumer.ids(again)).containsExactly("a1", "a2", "a3");
        assertThat(again).extracting(Delivery::crashes).containsExactly(0, 1, 0);
        assertThat(again).extracting(Delivery::deliveries).containsOnly(2);
        assertThat(again.get(0).epoch()).isGreaterThan(a.get(0).epoch());
        assertThat(two.heard).isEmpty();
    }

    @Test
    void ORD_1_only_the_head_counts_a_crash_when_all_leases_of_a_key_lapse() {
        client.send(ORDERS, keyed("a1", "a"), keyed("a2", "a"), keyed("b1", "b"));
        one.poll();
        time.advance(LEASE);
        List<Delivery> again = two.poll();
        assertThat(again)
                .extracting(d -> d.message().id() + d.crashes())
                .containsExactlyInAnyOrder("a11", "a20", "b11");
        assertThat(one.heard).hasSize(2);
    }

    @Test
    void ORD_1_released_in_one_call_keeps_its_order_at_the_front() {
        client.send(ORDERS, keyed("a1", "a"), keyed("a2", "a"), keyed("a3", "a"), keyed("a4", "a"));
        List<Delivery> held = one.poll(3);
        one.ack(held.get(0));
        assertThat(one.release(held.get(1), held.get(2))).containsExactly("done", "done");
        assertThat(two.ids()).containsExactly("a2", "a3", "a4");
    }

    @Test
    void ORD_1_one_released_from_the_middle_stays_with_its_receiver() {
        client.send(ORDERS, keyed("a1", "a"), keyed("a2", "a"), keyed("a3", "a"), keyed("a4", "a"));
        List<Delivery> held = one.poll(3);
        one.release(held.get(1));
        assertThat(two.poll()).isEmpty();
        assertThat(one.ids()).containsExactly("a2", "a4");
    }

    @Test
    void ORD_2_a_delayed_head_blocks_its_key_and_no_other() {
        client.send(ORDERS, keyed("a1", "a"), keyed("a2", "a"), keyed("b1", "b"));
        one.release(one.one(), Duration.ofSeconds(5), 1, 1);
        assertThat(one.ids()).containsExactly("b1");
        client.send(ORDERS, keyed("a3", "a"), keyed("b2", "b"));
        assertThat(one.ids()).containsExactly("b2");
        time.advance(Duration.ofSeconds(5));
        assertThat(two.ids()).containsExactly("a1", "a2", "a3");
    }

    @Test
    void ORD_2_keys_take_turns() {
        for (int i = 0; i < 3; i++) {
            client.send(ORDERS, keyed("a" + i, "a"));
        }
        client.send(ORDERS, keyed("b0", "b"), keyed("c0", "c"));
        assertThat(Consumer.ids(one.poll(2))).containsExactly("a0", "a1");
        client.send(ORDERS, keyed("b1", "b"));
        assertThat(two.ids()).containsExactly("b0", "c0", "b1");
    }

    @Test
    void ORD_2_a_stuck_key_does_not_fill_the_buffer() {
        IntStream.range(0, 100).forEach(i -> client.send(ORDERS, keyed("a" + i, "a")));
        client.send(ORDERS, keyed("b0", "b"));
        List<Delivery> held = one.poll();
        assertThat(held).hasSize(33);
        assertThat(Consumer.ids(held)).contains("b0");
        int before = one.wakeUps;
        one.ack(held.get(0));
        assertThat(one.wakeUps).isEqualTo(before + 1);
        assertThat(one.ids()).containsExactly("a32");
    }

    @Test
    void ORD_1_close_gives_keys_back_in_order() {
        client.send(ORDERS, keyed("a1", "a"), keyed("b1", "b"), keyed("a2", "a"), keyed("b2", "b"));
        one.poll();
        one.close();
        List<Delivery> again = two.poll();
        assertThat(Consumer.ids(again)).containsSubsequence("a1", "a2").containsSubsequence("b1", "b2");
        assertThat(again).hasSize(4).extracting(Delivery::crashes).containsOnly(0);
        assertThat(one.heard).isEmpty();
    }
}
