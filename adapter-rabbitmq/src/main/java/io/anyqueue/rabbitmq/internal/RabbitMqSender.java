package io.anyqueue.rabbitmq.internal;

import com.rabbitmq.client.AMQP.BasicProperties;
import io.anyqueue.ErrorCode;
import io.anyqueue.Message;
import io.anyqueue.QueueException;
import io.anyqueue.spi.BrokerConfig;
import io.anyqueue.spi.Endpoint.TopicEndpoint;
import io.anyqueue.spi.Sender;
import io.anyqueue.spi.Spec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;

/** Sends to one destination. Safe for use by any thread; encodes on the caller's, results come on the client library's. */
final class RabbitMqSender implements Sender {
    private final Spec target;
    private final Layout layout;
    private final BrokerConfig config;
    private final Settings settings;
    private final Publisher publisher;

    RabbitMqSender(Spec target, BrokerConfig config, Settings settings, Link link) {
        this.target = target;
        this.layout = Layout.of(target);
        this.config = config;
        this.settings = settings;
        this.publisher = new Publisher("send to " + target.endpoint().name(), link, config, settings);
    }

    @Override
    public void send(List<? extends PendingSend> batch, Results results) {
        Objects.requireNonNull(results, "results");
        long since = config.time().nanoTime();
        List<Outbound> good = new ArrayList<>(batch.size());
        for (PendingSend send : List.copyOf(batch)) {
            try {
                good.add(outbound(send, results, since));
            } catch (QueueException e) {
                results.rejected(send, e);
            }
        }
        if (!good.isEmpty()) {
            publisher.publish(good);
        }
    }

    private Outbound outbound(PendingSend send, Results results, long since) {
        Message message = send.message();
        check(message);
        Route route =
                layout.route(message, message.deliverAtMillis(), config.time().currentTimeMillis());
        return new Sent(route, Codec.properties(message), message.bodyArray(), since, send, results);
    }

    private void check(Message message) {
        if (target.ordered() && message.key().isEmpty()) {
            throw new QueueException(
                    ErrorCode.INVALID_ARGUMENT,
                    "message " + message.id() + " has no key, and '"
                            + target.endpoint().name() + "' is ordered by key");
        }
        if (message.size() > settings.maxMessageBytes()) {
            throw new QueueException(
                    ErrorCode.TOO_LARGE,
                    "message " + message.id() + " has " + message.size()
                            + " bytes, and RabbitMQ takes " + settings.maxMessageBytes()
                            + ": send a reference to it, or raise max_message_size and max-message-bytes");
        }
    }

    @Override
    public CompletionStage<Void> close(Duration limit) {
        return publisher.close(limit);
    }

    /** {@return completes when it is closed} */
    CompletionStage<Void> closed() {
        return publisher.closed();
    }

    @Override
    public String toString() {
        return "sender to " + target.endpoint().name();
    }

    /** One message, and whom to tell. */
    private final class Sent extends Outbound {
        private final PendingSend send;
        private final Results results;

        Sent(Route route, BasicProperties properties, byte[] body, long since, PendingSend send, Results results) {
            super(route, properties, body, since);
            this.send = send;
            this.results = results;
        }

        @Override
        void confirmed(boolean routed) {
            if (!routed && target.endpoint() instanceof TopicEndpoint topic) {
                config.events().unrouted(topic, 1);
            } else if (!routed) {
                rejected(new QueueException(
                        ErrorCode.NOT_FOUND, "'" + target.endpoint().name() + "' does not exist on RabbitMQ"));
                return;
            }
            results.confirmed(send);
        }

        @Override
        void rejected(QueueException why) {
            results.rejected(send, why);
        }

        @Override
        void unknown(QueueException why) {
            results.unknown(send, why);
        }
    }
}
