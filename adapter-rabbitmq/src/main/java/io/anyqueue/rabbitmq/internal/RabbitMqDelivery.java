package io.anyqueue.rabbitmq.internal;

import com.rabbitmq.client.AMQP.BasicProperties;
import io.anyqueue.Message;
import io.anyqueue.spi.Delivery;
import io.anyqueue.spi.Endpoint;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A message that a channel handed out, and its tag there. Decoded by whoever asks first, not by the thread that reads. */
final class RabbitMqDelivery extends Delivery {
    private static final int OVERHEAD_BYTES = 128;
    private static final int HEADER_BYTES = 48;

    private final Subscription subscription;
    private final long tag;
    private final String routingKey;
    private final BasicProperties properties;
    private final byte[] body;
    /** How many the consumer that was handed this one has unsettled. */
    private final AtomicInteger unsettled;
    /** To the period in which the receiver looks. */
    private final long arrivedNanos;

    private final AtomicBoolean settled = new AtomicBoolean();
    private @Nullable Message message;
    private @Nullable Counters before;

    RabbitMqDelivery(
            Subscription subscription,
            long tag,
            String routingKey,
            BasicProperties properties,
            byte[] body,
            AtomicInteger unsettled,
            long arrivedNanos) {
        this.unsettled = unsettled;
        this.arrivedNanos = arrivedNanos;
        this.subscription = subscription;
        this.tag = tag;
        this.routingKey = routingKey;
        this.properties = properties;
        this.body = body;
    }

    /** {@return the same message to be handed out once more, while its receipt lives} */
    RabbitMqDelivery again() {
        RabbitMqDelivery again =
                new RabbitMqDelivery(subscription, tag, routingKey, properties, body, unsettled, arrivedNanos);
        again.message = message;
        return again;
    }

    /** {@return for how long the server has waited for it to be settled} */
    Duration age(long nowNanos) {
        return Duration.ofNanos(nowNanos - arrivedNanos);
    }

    Subscription subscription() {
        return subscription;
    }

    long tag() {
        return tag;
    }

    BasicProperties properties() {
        return properties;
    }

    byte[] body() {
        return body;
    }

    /** {@return whether it was not settled before} */
    boolean settle() {
        return !settled.get() && settled.compareAndSet(false, true);
    }

    /** Settling it was refused, and it can be settled in another way. */
    void reopen() {
        settled.set(false);
    }

    /** The server was told: its consumer may be handed another. */
    void settledOnServer() {
        unsettled.decrementAndGet();
    }

    boolean isSettled() {
        return settled.get();
    }

    /** Reading it at the same time on two threads makes two equal messages, which does no harm. */
    @Override
    public Message message() {
        Message decoded = message;
        if (decoded == null) {
            decoded = Codec.message(routingKey, properties, body);
            message = decoded;
        }
        return decoded;
    }

    /** What the message had gone through when this copy of it was stored, here or elsewhere. */
    private Counters before() {
        Counters counters = before;
        if (counters == null) {
            counters = Counters.of(properties)
                    .orElseGet(() -> Counters.of(message().history()));
            before = counters;
        }
        return counters;
    }

    /** {@return whether a foreign program wrote it, without an id that could tell it from another with the same body} */
    boolean isNameless() {
        return Codec.isNameless(properties);
    }

    /** {@return the counters of a copy that stands for this delivery's message, after so many attempts} */
    Counters released(int attempts, long firstFailedAtMillis) {
        return new Counters(deliveries(), crashes(), attempts, firstFailedAtMillis);
    }

    /** {@return the counters of a copy of a message that nobody was handed} */
    Counters givenBack() {
        return new Counters(deliveries() - 1, crashes(), attempts(), firstFailedAtMillis());
    }

    @Override
    public Endpoint source() {
        return subscription.source();
    }

    /** The key; for a foreign message without one its shard. */
    @Override
    public String lane() {
        return message().key().orElse(subscription.queue());
    }

    @Override
    public Object shard() {
        return subscription.queue();
    }

    @Override
    public long epoch() {
        return subscription.epoch();
    }

    @Override
    public int deliveries() {
        return before().deliveries() + Counters.returns(properties) + 1;
    }

    @Override
    public int crashes() {
        return before().crashes() + Counters.returns(properties);
    }

    @Override
    public int attempts() {
        return before().attempts();
    }

    @Override
    public long firstFailedAtMillis() {
        return before().firstFailedAtMillis();
    }

    @Override
    public long enqueuedAtMillis() {
        return 0;
    }

    /** The session's, which has no end by itself. */
    @Override
    public long leaseUntilNanos() {
        return Long.MAX_VALUE;
    }

    @Override
    public int size() {
        int headers =
                properties.getHeaders() == null ? 0 : properties.getHeaders().size();
        return body.length + OVERHEAD_BYTES + HEADER_BYTES * headers;
    }

    @Override
    public String toString() {
        return "delivery " + tag + " of " + subscription.queue();
    }
}
