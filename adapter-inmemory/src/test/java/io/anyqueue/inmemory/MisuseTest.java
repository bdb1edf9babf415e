package io.anyqueue.inmemory;

import static io.anyqueue.inmemory.Client.keyed;
import static io.anyqueue.inmemory.Client.message;
import static io.anyqueue.inmemory.Client.queue;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.anyqueue.ErrorCode;
import io.anyqueue.Message;
import io.anyqueue.QueueException;
import io.anyqueue.spi.Delivery;
import io.anyqueue.spi.Receiver;
import io.anyqueue.spi.Sender;
import io.anyqueue.spi.Spec;
import io.anyqueue.spi.Topology;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What no caller may do breaks nothing, and callbacks that throw lose nothing. */
class MisuseTest {
    private static final Spec ORDERS = queue("orders");

    private final VirtualTime time = new VirtualTime();
    private final Client client = Client.on(time);
    private Consumer consumer;

    @BeforeEach
    void declare() {
        client.declare(ORDERS);
        consumer = client.consumer(ORDERS);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void what_a_failing_poll_was_not_given_is_polled_again_uncounted(boolean ordered) {
        Spec queue = queue("other").withOrdered(ordered);
        client.declare(queue);
        Consumer other = client.consumer(queue);
        client.send(queue, keyed("1", "a"), keyed("2", "b"), keyed("3", "a"), keyed("4", "b"));
        List<Delivery> given = new ArrayList<>();

        assertThatThrownBy(() -> other.receiver.poll(9, 1 << 20, delivery -> {
                    given.add(delivery);
                    if (given.size() == 2) {
                        throw new IllegalStateException("the second");
                    }
                }))
                .hasMessage("the second");

        assertThat(Consumer.ids(given)).hasSize(2);
        assertThat(client.counts(queue)).containsExactly(2L, 0L, 2L);
        List<Delivery> rest = other.poll();
        assertThat(rest).hasSize(2).allMatch(delivery -> delivery.deliveries() == 1);
        given.addAll(rest);
        assertThat(Consumer.ids(given)).containsExactlyInAnyOrder("1", "2", "3", "4");
        assertThat(Consumer.ids(given).indexOf("1"))
                .isLessThan(Consumer.ids(given).indexOf("3"));
        assertThat(other.ack(given)).containsOnly("done");
        assertThat(client.counts(queue)).containsExactly(0L, 0L, 0L);
    }

    @Test
    void a_result_that_throws_does_not_keep_the_others_from_theirs() {
        List<String> confirmed = new ArrayList<>();
        client.broker.sender(ORDERS).send(pending("1", "2"), new Sender.Results() {
            @Override
            public void confirmed(Sender.PendingSend send) {
                confirmed.add(send.message().id());
                throw new IllegalStateException("thrown by a callback");
            }

            @Override
            public void rejected(Sender.PendingSend send, QueueException why) {}

            @Override
            public void unknown(Sender.PendingSend send, QueueException why) {}
        });
        assertThat(confirmed).containsExactly("1", "2");

        List<String> acked = new ArrayList<>();
        consumer.receiver.ack(consumer.poll(), new Receiver.Results() {
            @Override
            public void done(Delivery delivery) {
                acked.add(delivery.message().id());
                throw new IllegalStateException("thrown by a callback");
            }

            @Override
            public void stale(Delivery delivery) {}

            @Override
            public void unknown(Delivery delivery, QueueException why) {}
        });
        assertThat(acked).containsExactly("1", "2");
    }

    @Test
    void a_list_with_null_is_refused_as_a_whole() {
        client.send(ORDERS, message("1"));
        Delivery delivery = consumer.one();
        refused(() -> consumer.ack(delivery, null));
        refused(() -> consumer.receiver.ack(List.of(delivery), null));
        refused(() ->
                client.broker.sender(ORDERS).send(Arrays.asList(pending("2").get(0), null), null));
        refused(() -> client.broker.topology().declare(Arrays.asList(queue("x"), null), Topology.Mode.CREATE));
        refused(() -> client.broker.sender(null));
        refused(() -> consumer.receiver.poll(1, 1, null));

        assertThat(client.counts(ORDERS)).containsExactly(0L, 0L, 1L);
        assertThat(client.describe(queue("x")).exists()).isFalse();
        assertThat(consumer.ack(delivery)).containsExactly("done");
    }

    @Test
    void of_a_declaration_that_is_wrong_in_part_nothing_is_created() {
        Spec wrong = queue("y").withLease(Duration.ZERO);
        assertThatThrownBy(() -> client.declare(queue("x"), wrong))
                .extracting("code")
                .isEqualTo(ErrorCode.INVALID_ARGUMENT);
        assertThat(client.describe(queue("x")).exists()).isFalse();
    }

    @Test
    void LIF_2_a_sender_closes_once() {
        Sender sender = client.broker.sender(ORDERS);
        assertThat(sender.close(Duration.ofSeconds(1))).isSameAs(sender.close(Duration.ZERO));
    }

    private static void refused(Runnable call) {
        assertThatThrownBy(call::run).extracting("code").isEqualTo(ErrorCode.INVALID_ARGUMENT);
    }

    private static List<Pending> pending(String... ids) {
        return Arrays.stream(ids).map(Client::message).map(Pending::new).toList();
    }

    private record Pending(Message message) implements Sender.PendingSend {}
}
