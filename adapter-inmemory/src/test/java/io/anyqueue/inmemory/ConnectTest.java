package io.anyqueue.inmemory;

import static io.anyqueue.inmemory.Client.message;
import static io.anyqueue.inmemory.Client.queue;
import static io.anyqueue.inmemory.TopologyTest.assertCode;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.anyqueue.Capabilities;
import io.anyqueue.ErrorCode;
import io.anyqueue.Feature;
import io.anyqueue.Health;
import io.anyqueue.LeaseModel;
import io.anyqueue.spi.BrokerProvider;
import io.anyqueue.spi.Delivery;
import io.anyqueue.spi.Spec;
import java.time.Duration;
import java.util.Map;
import java.util.ServiceLoader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** URLs, settings, sharing, closing (rules CAP-1, LIF-1, LIF-2). */
class ConnectTest {
    private static final Spec ORDERS = queue("orders");
    private static final String SHARED = "inmemory:connect-test";

    private final VirtualTime time = new VirtualTime();

    @AfterEach
    void drop() {
        InMemoryBrokerProvider.drop("connect-test");
    }

    @Test
    void the_provider_is_found() {
        assertThat(ServiceLoader.load(BrokerProvider.class))
                .anySatisfy(provider -> assertThat(provider.schemes()).containsExactly("inmemory"));
    }

    @Test
    void without_a_name_it_is_private() {
        Client one = Client.on(time);
        one.declare(ORDERS);
        assertThat(Client.on(time).describe(ORDERS).exists()).isFalse();
    }

    @Test
    void with_a_name_it_is_shared_and_outlives_its_clients() {
        Client one = Client.on(time, SHARED, Map.of());
        Client two = Client.on(time, SHARED, Map.of());
        one.declare(ORDERS);
        Consumer consumer = two.consumer(ORDERS);
        one.send(ORDERS, message("a"), message("b"));
        assertThat(consumer.wakeUps).isEqualTo(1);
        assertThat(consumer.one().message().id()).isEqualTo("a");
        one.close();
        two.close();
        Client three = Client.on(time, SHARED, Map.of());
        assertThat(three.consumer(ORDERS).ids()).containsExactly("a", "b");
        three.close();
        assertThat(InMemoryBrokerProvider.drop("connect-test")).isTrue();
        assertThat(InMemoryBrokerProvider.drop("connect-test")).isFalse();
        assertThat(Client.on(time, SHARED, Map.of()).describe(ORDERS).exists()).isFalse();
    }

    @Test
    void each_client_of_a_shared_broker_has_its_own_timer() {
        VirtualTime stopped = new VirtualTime();
        Client one = Client.on(stopped, SHARED, Map.of());
        one.declare(ORDERS);
        one.send(ORDERS, message("a"));
        Consumer crashed = one.consumer(ORDERS);
        Delivery delivery = crashed.one();
        Client two = Client.on(time, SHARED, Map.of());
        Consumer consumer = two.consumer(ORDERS);
        time.advance(Duration.ofSeconds(90));
        assertThat(consumer.one().crashes()).isEqualTo(1);
        assertThat(crashed.ack(delivery)).containsExactly("stale");
        one.close();
        assertThat(stopped.timers()).isZero();
        assertThat(time.timers()).isEqualTo(1);
        two.close();
        assertThat(time.timers()).isZero();
    }

    @Test
    void a_closed_client_gives_back_what_it_had_to_the_others() {
        Client one = Client.on(time, SHARED, Map.of());
        Client two = Client.on(time, SHARED, Map.of());
        one.declare(ORDERS);
        one.send(ORDERS, message("a"));
        one.consumer(ORDERS).one();
        Consumer consumer = two.consumer(ORDERS);
        one.close();
        assertThat(consumer.wakeUps).isEqualTo(1);
        assertThat(consumer.one().crashes()).isZero();
    }

    @Test
    void LIF_2_close_is_final_and_leaves_no_timer() {
        Client client = Client.on(time);
        client.declare(ORDERS);
        client.send(ORDERS, message("a"));
        Consumer consumer = client.consumer(ORDERS);
        Delivery delivery = consumer.one();
        assertThat(time.timers()).isEqualTo(1);
        assertThat(client.broker.health()).isEqualTo(Health.UP);
        var sender = client.broker.sender(ORDERS);
        client.close();
        assertThat(client.broker.close(Duration.ZERO)).isSameAs(client.broker.close(Duration.ZERO));
        assertThat(time.timers()).isZero();
        assertThat(consumer.ack(delivery)).containsExactly("stale");
        assertThat(consumer.poll()).isEmpty();
        consumer.receiver.window(5, 5);
        assertCode(ErrorCode.CLOSED, () -> client.broker.sender(ORDERS));
        assertCode(ErrorCode.CLOSED, () -> client.consumer(ORDERS));
        assertCode(ErrorCode.CLOSED, () -> client.declare(ORDERS));
        assertCode(ErrorCode.CLOSED, () -> client.describe(ORDERS));
        assertThat(Client.send(sender, message("b"))).containsExactly("CLOSED");
        assertThat(client.broker.health().status()).isEqualTo(Health.Status.DOWN);
        assertThat(time.timers()).isZero();
    }

    @Test
    void a_closed_sender_refuses_and_others_go_on() {
        Client client = Client.on(time);
        client.declare(ORDERS);
        var sender = client.broker.sender(ORDERS);
        Client.await(sender.close(Duration.ZERO));
        assertThat(Client.send(sender, message("a"))).containsExactly("CLOSED");
        assertThat(client.send(ORDERS, message("a"))).containsExactly("confirmed");
    }

    @Test
    void a_scheduler_that_was_shut_down_does_no_harm() {
        Client client = Client.on(time);
        client.declare(ORDERS);
        time.shutdown();
        client.send(ORDERS, message("a"));
        Consumer consumer = client.consumer(ORDERS);
        assertThat(consumer.ack(consumer.one())).containsExactly("done");
    }

    @Test
    void urls_and_settings_that_mean_nothing_here_are_refused() {
        assertUrl(ErrorCode.UNSUPPORTED, "inmemory:?replicas=3");
        assertUrl(ErrorCode.UNSUPPORTED, "inmemory://a:1,b:2");
        assertUrl(ErrorCode.INVALID_ARGUMENT, "inmemory:?max-messages=3");
        assertCode(ErrorCode.INVALID_ARGUMENT, () -> Client.secured(time));
        assertSetting("max-mesages", "5", "the nearest is 'max-messages'");
        assertSetting("max-bytes", "0", "a whole number above zero");
        assertSetting("max-bytes", "ten", "a whole number above zero");
        assertSetting("deduplication-window", "-PT1S", "zero or more");
        assertSetting("deduplication-window", "2m", "such as PT2M");
    }

    private void assertUrl(ErrorCode code, String url) {
        assertCode(code, () -> Client.on(time, url, Map.of()));
    }

    private void assertSetting(String key, String value, String text) {
        assertThatThrownBy(() -> Client.on(time, "inmemory:", Map.of(key, value)))
                .hasMessageContaining(text);
    }

    @Test
    void settings_are_the_defaults_of_what_the_client_declares() {
        Client client = Client.on(time, "inmemory:", Map.of("max-messages", "1"));
        client.declare(ORDERS);
        assertThat(client.send(ORDERS, message("a"), message("b"))).containsExactly("confirmed", "RESOURCE_EXHAUSTED");
    }

    @Test
    void CAP_1_capabilities_depend_on_the_spec() {
        Client client = Client.on(time);
        Capabilities plain = client.broker.capabilities(ORDERS);
        assertThat(plain.leases()).isEqualTo(LeaseModel.PER_DELIVERY);
        assertThat(plain.limits().maxBytes()).isEqualTo(Spec.DEFAULT_MAX_BYTES);
        for (Feature feature : Feature.values()) {
            boolean absent = feature == Feature.DURABLE || feature == Feature.REPLAY;
            assertThat(plain.has(feature)).as("%s", feature).isEqualTo(!absent);
        }
        Capabilities ordered = client.broker.capabilities(ORDERS.withOrdered(true));
        assertThat(ordered.has(Feature.DELAYED_SEND)).isFalse();
        assertThat(ordered.has(Feature.PRIORITIES)).isFalse();
        Client forgetful = Client.on(time, "inmemory:", Map.of("deduplication-window", "PT0S"));
        assertThat(forgetful.broker.capabilities(ORDERS).has(Feature.DEDUPLICATION))
                .isFalse();
        assertThat(client.broker.unwrap(Object.class)).isEmpty();
    }
}
