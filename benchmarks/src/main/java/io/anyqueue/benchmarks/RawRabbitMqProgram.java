package io.anyqueue.benchmarks;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Envelope;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The client library as good programs use it: a connection to publish and one to consume, asynchronous confirmations, mandatory,
 * prefetch, one acknowledgement for each message. There are two common ways to have several handlers at once.
 */
final class RawRabbitMqProgram implements Program {
    private static final int PREFETCH = 500;
    private static final int PREFETCH_PER_CHANNEL = 100;

    private final Way way;
    private final ConnectionFactory factory = new ConnectionFactory();
    private final String queue;
    private final Connection publishing;
    private final Channel publisher;
    private final RawConfirms confirms;
    private @Nullable Connection consuming;
    private @Nullable ExecutorService handlers;
    private final List<DefaultConsumer> consumers = new ArrayList<>();
    private final CountDownLatch complete = new CountDownLatch(1);
    private final AtomicInteger handling = new AtomicInteger();
    private long sent;

    /** How handlers get their threads. */
    private enum Way {
        /** One channel, and a pool. */
        POOL,
        /** A channel for each, on the client library's own pool. */
        CHANNELS
    }

    private RawRabbitMqProgram(Target target, Way way) throws Exception {
        this.way = way;
        this.queue = target.name();
        this.confirms = new RawConfirms(target.inFlight());
        factory.setUri(URI.create(target.url()));
        publishing = factory.newConnection("raw publishing");
        publisher = publishing.createChannel();
        publisher.confirmSelect();
        publisher.addConfirmListener(confirms);
        publisher.addReturnListener(returned -> confirms.failed());
    }

    static Program withPool(Target target) throws Exception {
        return new RawRabbitMqProgram(target, Way.POOL);
    }

    static Program withChannels(Target target) throws Exception {
        return new RawRabbitMqProgram(target, Way.CHANNELS);
    }

    @Override
    public String name() {
        return way == Way.POOL ? "amqp-client, a pool" : "amqp-client, channels";
    }

    @Override
    @SuppressWarnings("JavaUtilDate") // the client library has no other
    public void send(byte[] body) throws Exception {
        BasicProperties properties = new BasicProperties.Builder()
                .messageId("message-" + ++sent)
                .contentType("application/octet-stream")
                .timestamp(new Date())
                .deliveryMode(2)
                .headers(new HashMap<>(HEADERS))
                .build();
        confirms.sending(sent, body);
        publisher.basicPublish("", queue, true, properties, body);
    }

    @Override
    public void awaitConfirmed() throws InterruptedException {
        confirms.awaitAll();
    }

    @Override
    public void consume(int concurrency, Consumer<byte[]> handler) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(concurrency);
        handlers = threads;
        if (way == Way.POOL) {
            consuming = factory.newConnection("raw consuming");
            Channel channel = consuming.createChannel();
            channel.basicQos(PREFETCH);
            consume(channel, (tag, body) -> threads.execute(() -> handle(channel, tag, body, handler)));
        } else {
            consuming = factory.newConnection(threads, "raw consuming");
            for (int i = 0; i < concurrency; i++) {
                Channel channel = consuming.createChannel();
                channel.basicQos(PREFETCH_PER_CHANNEL);
                consume(channel, (tag, body) -> handle(channel, tag, body, handler));
            }
        }
        complete.countDown();
    }

    /** What is done with a delivery. */
    private interface Arrival {
        void arrived(long tag, byte[] body);
    }

    private void consume(Channel channel, Arrival arrival) throws IOException {
        consumers.add(new DefaultConsumer(channel) {
            @Override
            public void handleDelivery(String consumer, Envelope envelope, BasicProperties properties, byte[] body) {
                arrival.arrived(envelope.getDeliveryTag(), body);
            }
        });
        channel.basicConsume(queue, false, consumers.get(consumers.size() - 1));
    }

    private void handle(Channel channel, long tag, byte[] body, Consumer<byte[]> handler) {
        handling.incrementAndGet();
        try {
            // Channels are opened one by one, and the first would have handled much when the last is there.
            complete.await();
            handler.accept(body);
            channel.basicAck(tag, false);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        } finally {
            handling.decrementAndGet();
        }
    }

    @Override
    public void close() throws IOException {
        while (handling.get() > 0) {
            Thread.onSpinWait();
        }
        for (DefaultConsumer consumer : consumers) {
            consumer.getChannel().basicCancel(consumer.getConsumerTag());
        }
        // The server forgets acknowledgements that are on their way when their channel is closed.
        for (int i = 0; i < 1_000 && publisher.consumerCount(queue) > 0; i++) {
            LockSupport.parkNanos(10_000_000);
        }
        publishing.abort();
        if (consuming != null) {
            consuming.abort(10_000);
        }
        if (handlers != null) {
            handlers.shutdown();
        }
    }
}
