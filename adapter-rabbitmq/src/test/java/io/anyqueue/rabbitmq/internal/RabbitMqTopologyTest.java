package io.anyqueue.rabbitmq.internal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Delivery;
import io.anyqueue.ErrorCode;
import io.anyqueue.Message;
import io.anyqueue.QueueException;
import io.anyqueue.spi.Endpoint;
import io.anyqueue.spi.Endpoint.TopicEndpoint;
import io.anyqueue.spi.Spec;
import io.anyqueue.spi.Topology.Count;
import io.anyqueue.spi.Topology.Mode;
import io.anyqueue.testbrokers.rabbitmq.RabbitMq;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against a live server: what it compares, what it refuses, and how its delays go. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RabbitMqTopologyTest {
    private static final long LIMIT_SECONDS = 30;

    private TopologyConfig config;
    private Link link;
    private RabbitMqTopology topology;
    private Channel channel;
    private String name;

    @BeforeAll
    void connect() throws Exception {
        config = new TopologyConfig(RabbitMq.shared().uri());
        link = new Link("test", new Connector(config), config);
        topology = new RabbitMqTopology(link, config, Duration.ZERO);
    }

    @AfterAll
    void disconnect() {
        link.close(5_000);
        config.close();
    }

    @BeforeEach
    void open() throws Exception {
        name = "topology-" + UUID.randomUUID();
        channel = Channels.open(link.connection().toCompletableFuture().get(LIMIT_SECONDS, SECONDS));
    }

    @AfterEach
    void close() {
        Channels.close(channel);
    }

    private static <T> T await(CompletionStage<T> stage) throws Exception {
        try {
            return stage.toCompletableFuture().get(LIMIT_SECONDS, SECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof QueueException known ? known : e;
        }
    }

    private void declare(Spec... specs) throws Exception {
        await(topology.declare(List.of(specs), Mode.CREATE));
    }

    private QueueException refused(Mode mode, Spec spec, ErrorCode code) {
        QueueException[] found = new QueueException[1];
        assertThatThrownBy(() -> await(topology.declare(List.of(spec), mode)))
                .isInstanceOfSatisfying(QueueException.class, e -> {
                    assertThat(e.code()).as(e.getMessage()).isEqualTo(code);
                    found[0] = e;
                });
        return found[0];
    }

    private Spec queue() {
        return Spec.of(Endpoint.queue(name));
    }

    private static Spec sharded(Spec spec, int shards) {
        return new Spec(
                spec.endpoint(),
                true,
                shards,
                spec.lease(),
                spec.retention(),
                1,
                spec.maxMessageBytes(),
                false,
                spec.nativeArguments());
    }

    /** Another definition than the one that is there, whichever comes first. */
    @ParameterizedTest
    @CsvSource({"0, 4", "4, 0", "4, 3"})
    void anotherDefinitionIsAConflict(int there, int wanted) throws Exception {
        TopicEndpoint topic = Endpoint.topic(name + "-t");
        for (Endpoint endpoint : List.of(Endpoint.queue(name), topic, topic.subscription("s"))) {
            Spec plain = Spec.of(endpoint);
            Spec have = there == 0 ? plain : sharded(plain, there);
            Spec want = wanted == 0 ? plain : sharded(plain, wanted);
            declare(have);
            declare(have);
            await(topology.declare(List.of(have), Mode.VALIDATE));
            refused(Mode.VALIDATE, want, ErrorCode.CONFLICT);
            QueueException conflict = refused(Mode.CREATE, want, ErrorCode.CONFLICT);
            assertThat(conflict).hasMessageContaining(QueueArguments.definition(wantedOf(want, topic)));
        }
    }

    /** Of a subscription it is the topic that is found to be different. */
    private static Spec wantedOf(Spec want, TopicEndpoint topic) {
        return want.endpoint() instanceof Endpoint.SubscriptionEndpoint ? want.withEndpoint(topic) : want;
    }

    @Test
    void aSubscriptionIsNoQueue() throws Exception {
        TopicEndpoint topic = Endpoint.topic(name);
        declare(queue().withEndpoint(topic), queue().withEndpoint(topic.subscription("s")));
        QueueException conflict = refused(Mode.CREATE, Spec.of(Endpoint.queue(name + "--s")), ErrorCode.CONFLICT);
        assertThat(conflict).hasMessageContaining("received 'queue' but current is 'subscription'");
    }

    @Test
    void nothingIsCreatedWhereSomethingIsWrong() throws Exception {
        refused(Mode.VALIDATE, queue(), ErrorCode.NOT_FOUND);
        refused(Mode.CREATE, queue().withPriorities(3), ErrorCode.UNSUPPORTED);
        refused(Mode.CREATE, queue().withRetention(Duration.ofDays(1)), ErrorCode.UNSUPPORTED);
        refused(Mode.CREATE, native_(queue(), "x-max-length", "10"), ErrorCode.INVALID_ARGUMENT);
        refused(Mode.CREATE, native_(queue(), "x-max-priority", "10"), ErrorCode.INVALID_ARGUMENT);
        refused(Mode.CREATE, native_(queue(), "x-queue-leader-locator", "here"), ErrorCode.INVALID_ARGUMENT);
        refused(Mode.CREATE, native_(queue(), "x-quorum-initial-group-size", "some"), ErrorCode.INVALID_ARGUMENT);
        assertThat(await(topology.describe(queue())).exists()).isFalse();
        declare(native_(queue(), "x-queue-leader-locator", "balanced"));
        refused(Mode.CREATE, queue(), ErrorCode.CONFLICT);
    }

    private static Spec native_(Spec spec, String argument, String value) {
        return spec.withNativeArguments(Map.of(argument, value));
    }

    @Test
    void shardsAreDescribedAndEmptiedTogether() throws Exception {
        Spec ordered = sharded(queue(), 4);
        declare(ordered);
        channel.confirmSelect();
        for (int i = 0; i < 20; i++) {
            Route route = Layout.of(ordered).route(message("k" + i), 0, 0);
            channel.basicPublish(route.exchange(), route.routingKey(), new BasicProperties(), new byte[0]);
        }
        channel.waitForConfirmsOrDie(LIMIT_SECONDS * 1_000);
        assertThat(await(topology.describe(ordered)).ready()).map(Count::value).contains(20L);
        await(topology.purge(ordered));
        assertThat(await(topology.describe(ordered)).ready()).map(Count::value).contains(0L);
        await(topology.delete(ordered));
        assertThat(await(topology.describe(ordered)).exists()).isFalse();
        await(topology.delete(ordered));
    }

    private static Message message(String key) {
        return Message.builder("test").id(UUID.randomUUID().toString()).key(key).build();
    }

    /** Publishes so that it arrives later; the body is the time when it is due. */
    private void delayed(Spec spec, long millis) throws Exception {
        long now = System.currentTimeMillis();
        Route route = Layout.of(spec).route(message("k"), now + millis, now);
        BasicProperties properties =
                new BasicProperties.Builder().deliveryMode(2).build();
        channel.basicPublish(
                route.exchange(),
                route.routingKey(),
                properties,
                Long.toString(now + millis).getBytes(UTF_8));
    }

    private BlockingQueue<Delivery> consume(Spec spec) throws Exception {
        BlockingQueue<Delivery> arrived = new LinkedBlockingQueue<>();
        channel.basicConsume(spec.endpoint().physicalName(), true, (tag, delivery) -> arrived.add(delivery), tag -> {});
        return arrived;
    }

    private static long due(BlockingQueue<Delivery> arrived) throws Exception {
        Delivery delivery = arrived.poll(LIMIT_SECONDS, SECONDS);
        assertThat(delivery).as("a delayed message").isNotNull();
        long due = Long.parseLong(new String(delivery.getBody(), UTF_8));
        assertThat(System.currentTimeMillis()).isGreaterThanOrEqualTo(due);
        return due;
    }

    @Test
    void shortDelaysOvertakeLongOnesAndNoneIsEarly() throws Exception {
        declare(queue());
        BlockingQueue<Delivery> arrived = consume(queue());
        for (long millis : new long[] {6_400, 3_200, 1_500, 100}) {
            delayed(queue(), millis);
        }
        long[] due = {due(arrived), due(arrived), due(arrived), due(arrived)};
        assertThat(due).isSorted();
    }

    /** A message that goes through the ladder again must not look as if it went round in a circle. */
    @Test
    void aCopyIsDelayedAgainAndAgain() throws Exception {
        declare(queue());
        BlockingQueue<Delivery> arrived = consume(queue());
        BasicProperties properties =
                new BasicProperties.Builder().deliveryMode(2).build();
        for (int round = 0; round < 3; round++) {
            Route route = Layout.of(queue()).route(message("k"), 300, 0);
            channel.basicPublish(
                    route.exchange(), route.routingKey(), new Counters(0, 0, 0, 0).in(properties), new byte[0]);
            Delivery delivery = arrived.poll(LIMIT_SECONDS, SECONDS);
            assertThat(delivery).as("round %s", round).isNotNull();
            properties = delivery.getProperties();
        }
    }

    /** More than the server has under way at once, from one level. */
    @Test
    void messagesForWhatIsGoneHoldNobodyUp() throws Exception {
        declare(queue());
        Spec gone = Spec.of(Endpoint.queue(name + "-gone"));
        declare(gone);
        long before = channel.messageCount(DelayLadder.UNDELIVERABLE);
        for (int i = 0; i < 100; i++) {
            delayed(gone, 300);
        }
        await(topology.delete(gone));
        BlockingQueue<Delivery> arrived = consume(queue());
        delayed(queue(), 700);
        due(arrived);
        assertThat(channel.messageCount(DelayLadder.UNDELIVERABLE)).isEqualTo(before + 100);
    }

    @Test
    void aDelayedMessageReachesTheSubscriptionsOfTheDueTime() throws Exception {
        TopicEndpoint topic = Endpoint.topic(name);
        Spec before = queue().withEndpoint(topic.subscription("before"));
        Spec after = queue().withEndpoint(topic.subscription("after"));
        declare(queue().withEndpoint(topic), before);
        delayed(queue().withEndpoint(topic), 2_000);
        declare(after);
        due(consume(before));
        due(consume(after));
    }

    @Test
    void aPurgeTakesDelayedMessagesOfItsQueueAlone() throws Exception {
        Spec other = Spec.of(Endpoint.queue(name + "-other"));
        declare(queue(), other);
        BlockingQueue<Delivery> arrived = consume(queue());
        BlockingQueue<Delivery> others = consume(other);
        for (Spec spec : List.of(queue(), other)) {
            delayed(spec, 60_000);
            delayed(spec, 3_000);
        }
        // A question on the same channel is answered after what was published before.
        assertThat(channel.messageCount(name)).isZero();
        await(topology.purge(queue()));
        due(others);
        assertThat(arrived).isEmpty();
        await(topology.purge(other));
    }

    @Test
    void namesWithDotsAreNotTakenForWords() throws Exception {
        Spec dotted = Spec.of(Endpoint.queue(name + ".a..b."));
        declare(dotted);
        delayed(dotted, 100);
        due(consume(dotted));
        assertThat(Optional.ofNullable(channel.basicGet(name + ".a..b.", true))).isEmpty();
    }
}
