package io.anyqueue.rabbitmq.internal;

import com.rabbitmq.client.BuiltinExchangeType;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import io.anyqueue.ErrorCode;
import io.anyqueue.QueueException;
import io.anyqueue.spi.Endpoint.SubscriptionEndpoint;
import io.anyqueue.spi.Endpoint.TopicEndpoint;
import io.anyqueue.spi.Spec;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Declares and compares what specs ask for (rule ERR-1). Each refusal closes a channel, then the next is opened. Used by one
 * thread; every method blocks.
 */
final class Declarer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Declarer.class);

    private final Connection connection;
    private final ServerVersion version;
    private Channel channel;
    private boolean created;

    /** A question to the server. */
    private interface Question {
        void ask(Channel channel) throws IOException;
    }

    Declarer(Connection connection) throws IOException {
        this.connection = connection;
        this.version = ServerVersion.of(connection);
        this.channel = Channels.open(connection);
    }

    @Override
    public void close() {
        if (channel.isOpen()) {
            Channels.close(channel);
        }
    }

    /** {@return whether a queue was missing} */
    boolean hasCreated() {
        return created;
    }

    /** Creates what is missing. */
    void create(Spec spec) throws IOException {
        if (spec.endpoint() instanceof TopicEndpoint) {
            createTopic(spec);
            return;
        }
        if (spec.endpoint() instanceof SubscriptionEndpoint subscription) {
            validate(spec.withEndpoint(subscription.topic()));
        }
        createLadder(spec.delays());
        Map<String, Object> arguments = QueueArguments.of(spec, version);
        for (String queue : Layout.of(spec).queues()) {
            created |= ask(up -> up.queueDeclarePassive(queue)).isPresent();
            declare(spec, queue, arguments);
        }
        if (spec.ordered()) {
            declare(spec, Layout.of(spec).members(), QueueArguments.quorum(version));
        }
        bind(spec);
    }

    /** Creates nothing. */
    void validate(Spec spec) throws IOException {
        if (spec.endpoint() instanceof TopicEndpoint) {
            validateTopic(spec);
            return;
        }
        if (spec.endpoint() instanceof SubscriptionEndpoint subscription) {
            validate(spec.withEndpoint(subscription.topic()));
        }
        Map<String, Object> arguments = QueueArguments.of(spec, version);
        for (String queue : Layout.of(spec).queues()) {
            present(spec, up -> up.queueDeclarePassive(queue));
            // The server compares only when it is asked to create, which it does not do as the queue is there.
            declare(spec, queue, arguments);
        }
        if (spec.ordered()) {
            present(spec, up -> up.queueDeclarePassive(Layout.of(spec).members()));
        }
        if (spec.delays()) {
            present(spec, up -> up.exchangeDeclarePassive(DelayLadder.COMPLETE));
        }
    }

    private void createTopic(Spec topic) throws IOException {
        declareTopic(topic);
        if (topic.ordered()) {
            channel.exchangeDeclare(Layout.of(topic).exchange(), BuiltinExchangeType.DIRECT, true);
        }
        createLadder(topic.delays());
    }

    private void validateTopic(Spec topic) throws IOException {
        String name = topic.endpoint().physicalName();
        present(topic, up -> up.exchangeDeclarePassive(name));
        declareTopic(topic);
        present(topic, up -> up.exchangeDeclarePassive(Layout.of(topic).exchange()));
    }

    /**
     * The exchange under the plain name says by its type whether the topic is ordered, and by its alternate how many shards it
     * has; both are compared by the server. What foreign programs publish to it goes on to the alternate.
     */
    private void declareTopic(Spec topic) throws IOException {
        String name = topic.endpoint().physicalName();
        if (topic.ordered()) {
            Map<String, Object> alternate =
                    Map.of("alternate-exchange", Layout.of(topic).exchange());
            present(topic, up -> up.exchangeDeclare(name, BuiltinExchangeType.DIRECT, true, false, alternate));
        } else {
            present(topic, up -> up.exchangeDeclare(name, BuiltinExchangeType.FANOUT, true));
        }
    }

    /** The end of the ladder takes what the server gives up, also where nothing is delayed. */
    private void createLadder(boolean delays) throws IOException {
        String last = delays ? DelayLadder.COMPLETE : DelayLadder.DUE;
        if (isMissing(last)) {
            created = true;
            DelayLadder.declareEnd(channel, version);
            if (delays) {
                DelayLadder.declareLevels(channel, version);
            }
        }
        if (delays) {
            openGate();
        }
    }

    /** Lets delayed messages arrive again where the server was started anew. */
    void openGateOfDelays() throws IOException {
        if (!isMissing(DelayLadder.COMPLETE)) {
            openGate();
        }
    }

    private void openGate() throws IOException {
        if (isMissing(DelayLadder.OPEN)) {
            DelayLadder.openGate(channel);
        }
    }

    private boolean isMissing(String exchange) throws IOException {
        return ask(up -> up.exchangeDeclarePassive(exchange)).isPresent();
    }

    /** A queue that was declared while the server was older has no limit set, and now the server's own. */
    private void declare(Spec spec, String queue, Map<String, Object> arguments) throws IOException {
        Optional<Refusal> refusal = ask(up -> up.queueDeclare(queue, true, false, false, arguments));
        if (refusal.isPresent() && arguments.containsKey(QueueArguments.DELIVERY_LIMIT)) {
            Map<String, Object> older = new HashMap<>(arguments);
            older.remove(QueueArguments.DELIVERY_LIMIT);
            if (ask(up -> up.queueDeclare(queue, true, false, false, older)).isEmpty()) {
                LOG.warn(
                        "Queue {} was declared while RabbitMQ was older than 4.0, so it now gives a message up after 20"
                                + " crashes of consumers and moves it to {}: set a policy with a higher delivery-limit",
                        queue,
                        DelayLadder.UNDELIVERABLE);
                return;
            }
        }
        refusal.ifPresent(why -> {
            throw refused(spec, why);
        });
    }

    private void bind(Spec spec) throws IOException {
        Layout layout = Layout.of(spec);
        List<String> queues = layout.queues();
        if (spec.delays()) {
            channel.queueBind(queues.get(0), DelayLadder.DUE, DelayLadder.due(layout.address()));
        }
        if (spec.endpoint() instanceof SubscriptionEndpoint subscription) {
            Layout topic = Layout.of(spec.withEndpoint(subscription.topic()));
            for (int shard = 0; shard < queues.size(); shard++) {
                channel.queueBind(queues.get(shard), topic.exchange(), Integer.toString(shard));
            }
            if (spec.delays()) {
                channel.queueBind(queues.get(0), DelayLadder.DUE, DelayLadder.due(topic.address()));
            }
        }
    }

    private void present(Spec spec, Question question) throws IOException {
        ask(question).ifPresent(why -> {
            throw refused(spec, why);
        });
    }

    private static QueueException refused(Spec spec, Refusal why) {
        String name = spec.endpoint().name();
        if (why.isMissing()) {
            return new QueueException(
                    ErrorCode.NOT_FOUND, "'" + name + "' does not exist on RabbitMQ (" + why.text() + "): declare it");
        }
        return new QueueException(
                ErrorCode.CONFLICT,
                "'" + name + "' is on RabbitMQ, and not as wanted, which is '" + QueueArguments.definition(spec) + "' ("
                        + why.text() + "): declare it as it is there, or delete it when it is empty");
    }

    /** {@return the refusal, if it is one that says that something is missing or different} */
    private Optional<Refusal> ask(Question question) throws IOException {
        try {
            question.ask(channel);
            return Optional.empty();
        } catch (IOException e) {
            Optional<Refusal> refusal = Refusal.of(e).filter(why -> why.isMissing() || why.isDifferent());
            if (refusal.isEmpty()) {
                throw e;
            }
            channel = Channels.open(connection);
            return refusal;
        }
    }
}
