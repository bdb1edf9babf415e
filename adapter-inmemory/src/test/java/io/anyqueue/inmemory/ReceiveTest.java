package io.anyqueue.inmemory;

import static io.anyqueue.inmemory.Client.message;
import static io.anyqueue.inmemory.Client.queue;
import static io.anyqueue.inmemory.Client.subscription;
import static io.anyqueue.inmemory.Client.topic;
import static io.anyqueue.inmemory.TopologyTest.assertCode;
import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.ErrorCode;
import io.anyqueue.Message;
import io.anyqueue.StartAt;
import io.anyqueue.spi.Delivery;
import io.anyqueue.spi.ReceiverOptions;
import io.anyqueue.spi.Spec;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Windows, polling and wake-ups (rules RCV-1, RCV-2, RCV-6, BKP-4). */
class ReceiveTest {
    private static final Spec ORDERS = queue("orders");

    private final Client client = Client.on(new VirtualTime());
    private Consumer consumer;

    @BeforeEach
    void declare() {
        client.declare(ORDERS);
        consumer = client.consumer(ORDERS);
    }

    private static Message sized(String id, int bytes) {
        return Message.builder(id).body(new byte[bytes - id.length()]).build();
    }

    private void send(int count) {
        client.send(
                ORDERS,
                IntStream.range(0, count).mapToObj(i -> message("m" + i)).toArray(Message[]::new));
    }

    @Test
    void RCV_1_one_message_goes_to_one_receiver() {
        Consumer other = client.consumer(ORDERS);
        send(3);
        List<Delivery> all = new ArrayList<>(consumer.poll(2));
        all.addAll(other.poll());
        assertThat(Consumer.ids(all)).containsExactly("m0", "m1", "m2");
    }

    @Test
    void RCV_2_a_queue_keeps_what_came_before_its_first_consumer() {
        consumer.close();
        send(1);
        Consumer late = client.consumer(ORDERS);
        assertThat(late.wakeUps).isEqualTo(1);
        assertThat(late.ids()).containsExactly("m0");
    }

    @Test
    void a_waiting_receiver_is_told_once_and_then_has_to_poll() {
        client.send(ORDERS, message("a"));
        client.send(ORDERS, message("b"));
        assertThat(consumer.wakeUps).isEqualTo(1);
        assertThat(Consumer.ids(consumer.poll(1))).containsExactly("a");
        client.send(ORDERS, message("c"));
        assertThat(consumer.wakeUps).isEqualTo(1);
        assertThat(consumer.ids()).containsExactly("b", "c");
        client.send(ORDERS, message("d"));
        assertThat(consumer.wakeUps).isEqualTo(2);
    }

    @Test
    void a_poll_that_took_the_last_one_is_told_of_the_next() {
        client.send(ORDERS, message("a"));
        assertThat(consumer.poll(1)).hasSize(1);
        client.send(ORDERS, message("b"));
        assertThat(consumer.wakeUps).isEqualTo(2);
    }

    @Test
    void BKP_4_a_closed_window_hands_out_nothing_and_keeps_leases() {
        client.send(ORDERS, message("a"), message("b"));
        Delivery a = consumer.one();
        consumer.receiver.window(0, 0);
        assertThat(consumer.poll()).isEmpty();
        int before = consumer.wakeUps;
        client.send(ORDERS, message("c"));
        assertThat(consumer.wakeUps).isEqualTo(before);
        assertThat(consumer.ack(a)).containsExactly("done");
        consumer.receiver.window(10, 0);
        assertThat(consumer.wakeUps).isEqualTo(before + 1);
        assertThat(consumer.ids()).containsExactly("b", "c");
    }

    @Test
    void BKP_4_a_receiver_that_waits_is_not_told_while_its_window_is_closed() {
        consumer.receiver.window(0, 0);
        client.send(ORDERS, message("a"));
        assertThat(consumer.wakeUps).isZero();
        consumer.receiver.window(1, 1);
        assertThat(consumer.wakeUps).isEqualTo(1);
    }

    @Test
    void a_poll_is_limited_in_messages_and_bytes_but_hands_over_one() {
        client.send(ORDERS, sized("a", 100), sized("b", 100), sized("c", 100));
        assertThat(Consumer.ids(consumer.poll(10, 50))).containsExactly("a");
        List<Delivery> two = consumer.poll(10, 200);
        assertThat(Consumer.ids(two)).containsExactly("b", "c");
        assertThat(two.get(0).size()).isEqualTo(100);
    }

    @Test
    void a_receiver_that_was_cut_short_by_bytes_is_told_when_it_settles() {
        client.send(ORDERS, sized("a", 100), sized("b", 100));
        Delivery a = consumer.poll(10, 150).get(0);
        int before = consumer.wakeUps;
        consumer.ack(a);
        assertThat(consumer.wakeUps).isEqualTo(before + 1);
    }

    @Test
    void a_large_poll_comes_in_parts_and_is_told_of_the_rest() {
        send(1500);
        int before = consumer.wakeUps;
        assertThat(consumer.poll(5000)).hasSize(1024);
        assertThat(consumer.wakeUps).isEqualTo(before + 1);
        assertThat(consumer.poll(5000)).hasSize(476);
    }

    @Test
    void the_one_who_waits_longest_is_told_first() {
        List<String> told = new ArrayList<>();
        Consumer other = client.consumer(ORDERS);
        consumer.onReadable = () -> told.add("consumer");
        other.onReadable = () -> told.add("other");
        client.send(ORDERS, message("a"));
        assertThat(told).containsExactly("consumer", "other");
        other.poll();
        consumer.poll();
        client.send(ORDERS, message("b"));
        assertThat(told).containsExactly("consumer", "other", "other", "consumer");
    }

    @Test
    void a_listener_may_poll_and_settle_at_once() {
        List<String> seen = new ArrayList<>();
        consumer.onReadable = () -> consumer.poll().forEach(delivery -> {
            seen.add(delivery.message().id());
            consumer.ack(delivery);
        });
        client.send(ORDERS, message("a"), message("b"));
        client.send(ORDERS, message("c"));
        assertThat(seen).containsExactly("a", "b", "c");
    }

    @Test
    void a_listener_that_throws_does_not_harm_the_sender() {
        consumer.onReadable = () -> {
            throw new IllegalStateException("a defect");
        };
        assertThat(client.send(ORDERS, message("a"))).containsExactly("confirmed");
    }

    @Test
    void an_undeclared_source_is_blocked_until_it_is_declared() {
        Spec later = queue("later");
        Consumer early = client.consumer(later);
        assertThat(early.heard).containsExactly("BLOCKED NOT_FOUND");
        client.declare(later);
        client.send(later, message("a"));
        assertThat(early.heard).containsExactly("BLOCKED NOT_FOUND", "WORKING");
        assertThat(early.ids()).containsExactly("a");
    }

    @Test
    void wrong_arguments_are_refused() {
        assertCode(ErrorCode.INVALID_ARGUMENT, () -> consumer.poll(0));
        assertCode(ErrorCode.INVALID_ARGUMENT, () -> consumer.receiver.window(-1, 0));
        assertCode(ErrorCode.INVALID_ARGUMENT, () -> client.consumer(topic("events")));
        ReceiverOptions replay = new ReceiverOptions("c", StartAt.beginning());
        assertCode(
                ErrorCode.UNSUPPORTED,
                () -> client.broker.receiver(subscription("events", "audit"), replay, consumer.listener()));
    }

    @Test
    void a_delivery_tells_where_and_when_it_came_from() {
        client.send(ORDERS, message("a"));
        Delivery delivery = consumer.one();
        assertThat(delivery.source()).isEqualTo(ORDERS.endpoint());
        assertThat(delivery.shard()).isEqualTo(ORDERS.endpoint());
        assertThat(delivery.lane()).isEmpty();
        assertThat(delivery.enqueuedAtMillis()).isEqualTo(1_700_000_000_000L);
        assertThat(delivery).hasToString("Delivery[source=orders, id=a, deliveries=1]");
    }
}
