package io.anyqueue.rabbitmq.internal;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Envelope;
import com.rabbitmq.client.ShutdownSignalException;
import io.anyqueue.spi.Endpoint;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One channel on which one queue is consumed, and all that is out on it. What it handed out can be settled on it alone and dies
 * with it: then the server hands it out again, and late settlements are stale (rule SET-2). Consuming and closing block and are
 * called by one thread at a time; settling is for any thread and is written by the link's serial thread.
 */
final class Subscription {
    private static final Logger LOG = LoggerFactory.getLogger(Subscription.class);
    /** Settlements take about as long as a write to a disk. */
    static final long TAKEN_IN_MILLIS = 250;

    private static final long CALM_NANOS = 50_000_000;
    /** After that nothing is on its way any more. */
    private static final Duration CALM = Duration.ofSeconds(1);

    private static final long WRITE_LIMIT_MILLIS = 1_000;

    private final Endpoint source;
    private final String queue;
    private final long epoch;
    private final Channel channel;
    private final Serial serial;
    private final Settlements settlements;
    private final Events events;
    private final Window<RabbitMqDelivery> out = new Window<>();
    private final AtomicLong newsTag = new AtomicLong();
    private volatile long lookNanos;
    private final Calm calm = new Calm();
    private final List<Grant> grants = new CopyOnWriteArrayList<>();
    /** Those that were ended and something of which may be out. */
    private final List<Grant> cancelled = new CopyOnWriteArrayList<>();

    private volatile @Nullable AckBarrier barrier;
    private int consumers;
    private volatile boolean alive = true;
    private volatile boolean leaving;
    /** Written by the client library's thread alone. */
    private volatile int arrivals;

    private volatile boolean handedOut;

    /** Hears what happens; called by the client library's thread, under no lock. */
    interface Events {
        void arrived(RabbitMqDelivery delivery);

        /** The server gave the consumer up: its queue was deleted, or it has no leader. */
        void cancelled(Subscription subscription);

        void died(Subscription subscription, @Nullable ShutdownSignalException cause);
    }

    /** What one consumer of the channel may hold, and what of that is not settled. */
    private static final class Grant {
        private final int messages;
        private final String consumerTag;
        private final AtomicInteger unsettled = new AtomicInteger();

        Grant(int messages, String consumerTag) {
            this.messages = messages;
            this.consumerTag = consumerTag;
        }
    }

    Subscription(
            Endpoint source, String queue, long epoch, Channel channel, Serial serial, Events events, long nowNanos) {
        this.lookNanos = nowNanos;
        this.source = source;
        this.queue = queue;
        this.epoch = epoch;
        this.channel = channel;
        this.serial = serial;
        this.events = events;
        this.settlements = new Settlements(channel, serial, out, () -> grants.size() + cancelled.size());
        // Called at once if it is shut down already.
        channel.addShutdownListener(this::shutdown);
    }

    Endpoint source() {
        return source;
    }

    String queue() {
        return queue;
    }

    /** {@return whether it tells these of what happens: settling is for its receiver alone} */
    boolean tells(Events some) {
        return events == some;
    }

    long epoch() {
        return epoch;
    }

    Channel channel() {
        return channel;
    }

    boolean isAlive() {
        return alive;
    }

    /** {@return whether anything ever came: of a queue with a single active consumer nothing else says that this is it} */
    boolean hasHandedOut() {
        return handedOut;
    }

    /** {@return how many messages may come without anything being settled} */
    int spare() {
        int spare = 0;
        for (Grant grant : grants) {
            spare += Math.max(0, grant.messages - grant.unsettled.get());
        }
        return spare;
    }

    boolean isConsuming() {
        return !grants.isEmpty();
    }

    /**
     * Consumes, with room for so many messages beside what earlier calls gave. Those go on: ending a consumer under way makes the
     * server count what it was just handing out. Blocks.
     */
    synchronized void consume(int messages, String tagPrefix) throws IOException {
        Grant next = new Grant(messages, tagPrefix + "-" + epoch + "-" + ++consumers);
        try {
            channel.basicQos(messages, false);
            grants.add(next);
            channel.basicConsume(queue, false, next.consumerTag, new Arrivals(next));
        } catch (IOException | RuntimeException e) {
            // Nobody knows whether it consumes now: all begins anew on another channel.
            Channels.abort(channel);
            throw e;
        }
    }

    /** Consumes no more; what is out stays so. Blocks. */
    void cancel() throws IOException {
        cancel(true);
    }

    /** The same, if nothing is on its way to a consumer: that the server would count. */
    void cancelIfCalm() throws IOException {
        cancel(false);
    }

    private synchronized void cancel(boolean anyway) throws IOException {
        List<Grant> ended = List.copyOf(grants);
        if (ended.isEmpty()) {
            return;
        }
        settlements.hold();
        try {
            if (isFullSoon() || anyway || calm().compareTo(CALM) >= 0) {
                AckBarrier before = AckBarrier.before(channel.getConnection(), queue, ended.size() + stillCounted());
                grants.clear();
                cancelled.removeIf(grant -> grant.unsettled.get() == 0);
                cancelled.addAll(ended);
                barrier = before;
                for (Grant grant : ended) {
                    channel.basicCancel(grant.consumerTag);
                }
            }
        } catch (IOException | RuntimeException e) {
            // Nobody knows who still consumes: all begins anew on another channel.
            Channels.abort(channel);
            throw e;
        } finally {
            settlements.letGo();
        }
    }

    /** {@return of how many consumers that were cancelled before something is still out, so that the server counts them} */
    private int stillCounted() {
        return (int)
                cancelled.stream().filter(grant -> grant.unsettled.get() > 0).count();
    }

    /** While nothing is settled the server soon has handed out all that it may, and nothing is on its way, if there is enough. */
    private boolean isFullSoon() {
        try {
            serial.fence().get(CALM_NANOS, TimeUnit.NANOSECONDS);
        } catch (ExecutionException | TimeoutException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
        return isFullBefore(System.nanoTime() + CALM_NANOS);
    }

    /** {@return whether the server has handed out all that it may by then, which it counts by the settlements it took in} */
    private boolean isFullBefore(long untilNanos) {
        while (alive && spare() > 0 && System.nanoTime() - untilNanos < 0) {
            LockSupport.parkNanos(CALM_NANOS / 100);
        }
        return spare() == 0;
    }

    /**
     * Waits until the server has taken in what was settled (see {@link AckBarrier}). Where consuming goes on it is known when the
     * server has handed out all that it may; of a queue that is empty nothing is to be seen, and only the time helps.
     *
     * @return whether that is known, or likely
     */
    boolean awaitTakenIn(long limitMillis) throws IOException {
        AckBarrier cancelled = barrier;
        if (!settlements.mayBeKept()) {
            return true;
        }
        if (isConsuming()) {
            return isFullBefore(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(limitMillis));
        }
        return cancelled == null || cancelled.await(limitMillis);
    }

    /** From now on nothing more arrives from here: what the server still sends goes back when the channel closes. */
    void leave() {
        leaving = true;
    }

    boolean isLeaving() {
        return leaving;
    }

    /** {@return what was handed out and not settled, oldest first} */
    List<RabbitMqDelivery> unsettled() {
        synchronized (out) {
            return out.all().stream().filter(delivery -> !delivery.isSettled()).toList();
        }
    }

    /** Has a delivery stand in for an earlier one of the same message, which was released and never went back to the server. */
    void replace(RabbitMqDelivery again) {
        synchronized (out) {
            out.replace(again.tag(), again);
        }
    }

    /** {@return how many deliveries are out: in the inbox, being handled, or about to be settled} */
    int out() {
        synchronized (out) {
            return out.open();
        }
    }

    /** {@return whether the server hands out no more until something is settled} */
    boolean isFull() {
        return isConsuming() && spare() == 0;
    }

    /** Has to be called now and then: ages are as exact as that. */
    void look(long nowNanos) {
        lookNanos = nowNanos;
        calm.look(arrivals, nowNanos);
    }

    /** {@return for how long nothing has arrived} */
    Duration calm() {
        return calm.lasts(arrivals);
    }

    /** {@return the oldest delivery that is not settled, if there is one} */
    @Nullable
    RabbitMqDelivery oldest() {
        synchronized (out) {
            return out.open() == 0 ? null : out.get(out.first());
        }
    }

    /** {@return whether this was not asked for this delivery before} */
    boolean isNews(RabbitMqDelivery delivery) {
        return newsTag.getAndSet(delivery.tag()) != delivery.tag();
    }

    boolean isIdle() {
        synchronized (out) {
            return out.open() == 0;
        }
    }

    /** Acknowledges deliveries that were marked as settled. The list is this one's from now on. */
    void ack(List<RabbitMqDelivery> deliveries, Settlements.Outcome outcome) {
        settlements.ack(deliveries, outcome);
    }

    /** Lets the server hand it out again at once; it counts as a crash then. Only for what cannot go back in a better way. */
    void requeue(RabbitMqDelivery delivery, Settlements.Outcome outcome) {
        settlements.requeue(delivery, outcome);
    }

    /** {@return completes when the settlements of this moment were written} */
    CompletableFuture<Void> written() {
        return settlements.written();
    }

    /** Ends it: the server takes back, in order, all that is not settled. Blocks for at most the question time-out. */
    void close() {
        if (alive) {
            awaitWritten();
        }
        alive = false;
        settlements.end();
        Channels.close(channel);
    }

    private void awaitWritten() {
        try {
            written().get(WRITE_LIMIT_MILLIS, TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            // What was not written is handed out again.
            LOG.debug("{}: not all acknowledgements were written before the channel closed", queue);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void shutdown(@Nullable ShutdownSignalException cause) {
        boolean expected = !alive;
        alive = false;
        settlements.end();
        if (!expected || cause == null || !cause.isInitiatedByApplication()) {
            events.died(this, cause);
        }
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread
    private void arrived(Grant from, String routingKey, long tag, BasicProperties properties, byte[] body) {
        from.unsettled.incrementAndGet();
        arrivals++;
        RabbitMqDelivery delivery =
                new RabbitMqDelivery(this, tag, routingKey, properties, body, from.unsettled, lookNanos);
        synchronized (out) {
            out.add(delivery);
        }
        if (!handedOut) {
            handedOut = true;
        }
        if (!leaving) {
            events.arrived(delivery);
        }
    }

    /** Takes what one consumer is handed. */
    private final class Arrivals extends DefaultConsumer {
        private final Grant from;

        Arrivals(Grant from) {
            super(channel);
            this.from = from;
        }

        @Override
        public void handleDelivery(String consumerTag, Envelope envelope, BasicProperties properties, byte[] body) {
            arrived(from, envelope.getRoutingKey(), envelope.getDeliveryTag(), properties, body);
        }

        @Override
        public void handleCancel(String consumerTag) {
            events.cancelled(Subscription.this);
        }
    }
}
