package io.anyqueue.rabbitmq.internal;

import com.rabbitmq.client.AMQP.BasicProperties;
import io.anyqueue.ErrorCode;
import io.anyqueue.QueueException;
import io.anyqueue.spi.BrokerConfig;
import io.anyqueue.spi.Receiver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends messages of an unordered source back: a copy that carries what the message went through is stored and confirmed, and only
 * then is the original acknowledged (rules SET-1, SET-4). The server's own ways back count differently from one of its versions
 * to the next, know no delay, and take a release for a crash. Safe for use by any thread.
 */
final class Releases {
    private static final Logger LOG = LoggerFactory.getLogger(Releases.class);

    private final Layout layout;
    private final BrokerConfig config;
    private final Publisher publisher;
    private final Consumer<RabbitMqDelivery> handOut;
    private final AtomicInteger underWay = new AtomicInteger();
    private volatile CompletableFuture<Void> idle = CompletableFuture.completedFuture(null);

    /** @param handOut takes what could not be given an id */
    Releases(Layout layout, BrokerConfig config, Publisher publisher, Consumer<RabbitMqDelivery> handOut) {
        this.handOut = handOut;
        this.layout = layout;
        this.config = config;
        this.publisher = publisher;
    }

    /** Releases a delivery that was marked as settled. */
    void release(Receiver.Release release, RabbitMqDelivery delivery, Receiver.Results results) {
        Counters counters = delivery.released(release.attempts(), release.firstFailedAtMillis());
        store(delivery, counters, release.delay(), new Asker(delivery, results));
    }

    /** Gives back what nobody was handed: it counts as nothing. */
    void giveBack(List<RabbitMqDelivery> deliveries) {
        for (RabbitMqDelivery delivery : deliveries) {
            if (delivery.settle()) {
                store(delivery, delivery.givenBack(), Duration.ZERO, new Nobody());
            }
        }
    }

    /** Gives back what was handed out and not settled when its receiver closes. */
    void abandon(List<RabbitMqDelivery> deliveries) {
        for (RabbitMqDelivery delivery : deliveries) {
            if (delivery.settle()) {
                Counters counters = delivery.released(delivery.attempts(), delivery.firstFailedAtMillis());
                store(delivery, counters, Duration.ZERO, new Nobody());
            }
        }
    }

    /**
     * Gives a foreign message an id that stays, by storing a copy that has one, before it is handed out for the first time (rule
     * RCV-7). If that fails it is handed out with an id made of its contents.
     */
    void name(RabbitMqDelivery delivery) {
        begin();
        publisher.publish(List.of(new Named(delivery)));
    }

    private void store(RabbitMqDelivery delivery, Counters counters, Duration delay, Told told) {
        long now = config.time().currentTimeMillis();
        long due = delay.isZero() ? 0 : now + delay.plusNanos(999_999).toMillis();
        Route route = layout.route(delivery.message(), due, now);
        begin();
        publisher.publish(List.of(new Copy(route, counters, delivery, delay, told)));
    }

    private void begin() {
        synchronized (underWay) {
            if (underWay.getAndIncrement() == 0) {
                idle = new CompletableFuture<>();
            }
        }
    }

    private void end() {
        CompletableFuture<Void> now = null;
        synchronized (underWay) {
            if (underWay.decrementAndGet() == 0) {
                now = idle;
            }
        }
        if (now != null) {
            now.complete(null);
        }
    }

    /** {@return completes when what is under way now is over} */
    CompletableFuture<Void> idle() {
        synchronized (underWay) {
            return idle;
        }
    }

    private static Settlements.Outcome outcome(Runnable done, Runnable stale, Consumer<QueueException> unknown) {
        return new Settlements.Outcome() {
            @Override
            public void done(RabbitMqDelivery delivery) {
                done.run();
            }

            @Override
            public void stale(RabbitMqDelivery delivery) {
                stale.run();
            }

            @Override
            public void unknown(RabbitMqDelivery delivery, QueueException why) {
                unknown.accept(why);
            }
        };
    }

    /** Whom to tell of a release. */
    private sealed interface Told {
        void done();

        void stale();

        void unknown(QueueException why);
    }

    /** Nobody asked for what was given back. */
    private record Nobody() implements Told {
        @Override
        public void done() {}

        @Override
        public void stale() {}

        @Override
        public void unknown(QueueException why) {}
    }

    private record Asker(RabbitMqDelivery delivery, Receiver.Results results) implements Told {
        @Override
        public void done() {
            results.done(delivery);
        }

        @Override
        public void stale() {
            results.stale(delivery);
        }

        @Override
        public void unknown(QueueException why) {
            results.unknown(delivery, why);
        }
    }

    /** Headers of others may just fit into a frame, and no more when something is added. */
    private abstract static class Again extends Outbound {
        Again(Route route, BasicProperties properties, byte[] body, long sinceNanos) {
            super(route, properties, body, sinceNanos);
        }

        @Override
        boolean fits(int frameMax) {
            try {
                return frameMax == 0 || properties().toFrame(0, body().length).size() <= frameMax;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** A copy with an id; its original is acknowledged when it is stored, if nobody was handed that meanwhile. */
    private final class Named extends Again {
        private final RabbitMqDelivery delivery;

        Named(RabbitMqDelivery delivery) {
            super(
                    new Route("", delivery.subscription().queue()),
                    Codec.named(delivery.properties(), "amqp-" + UUID.randomUUID()),
                    delivery.body(),
                    config.time().nanoTime());
            this.delivery = delivery;
        }

        @Override
        void confirmed(boolean routed) {
            if (routed && delivery.settle()) {
                delivery.subscription()
                        .ack(List.of(delivery), outcome(Releases.this::end, Releases.this::end, why -> end()));
            } else {
                end();
            }
        }

        @Override
        void rejected(QueueException why) {
            handOut.accept(delivery);
            end();
        }

        @Override
        void unknown(QueueException why) {
            rejected(why);
        }
    }

    /** The copy; its original is acknowledged when it is stored. */
    private final class Copy extends Again {
        private final RabbitMqDelivery delivery;
        private final Duration delay;
        /** Without a copy the failed attempt is lost. */
        private final boolean counted;

        private final Told told;

        Copy(Route route, Counters counters, RabbitMqDelivery delivery, Duration delay, Told told) {
            super(
                    route,
                    counters.in(delivery.properties()),
                    delivery.body(),
                    config.time().nanoTime());
            this.delivery = delivery;
            this.delay = delay;
            this.counted = counters.attempts() > delivery.attempts();
            this.told = told;
        }

        @Override
        void confirmed(boolean routed) {
            if (routed) {
                delivery.subscription().ack(List.of(delivery), asked(told::done, () -> told.unknown(twice())));
            } else if (route().exchange().isEmpty()) {
                // The queue is gone, and what was in it with it.
                over(told::stale);
            } else {
                QueueException why = new QueueException(
                        ErrorCode.NOT_FOUND, "the delays of RabbitMQ are not declared as they should be");
                withoutCopy(why, told::stale);
            }
        }

        private QueueException twice() {
            return new QueueException(
                    ErrorCode.UNCONFIRMED,
                    "a released message was stored, but its session ended before it could be acknowledged: it is also"
                            + " delivered as it was");
        }

        @Override
        void rejected(QueueException why) {
            withoutCopy(why, told::stale);
        }

        @Override
        void unknown(QueueException why) {
            QueueException unknown = new QueueException(
                    ErrorCode.UNCONFIRMED, "it is unknown whether a released message was stored", why);
            withoutCopy(unknown, () -> told.unknown(unknown));
        }

        /** The server's own way back is better than none, when the delay is over: the message would wait for the session's end. */
        private void withoutCopy(QueueException why, Runnable late) {
            if (delay.isZero()) {
                Runnable back = counted ? () -> told.unknown(why) : told::done;
                delivery.subscription().requeue(delivery, asked(back, late));
                return;
            }
            over(() -> told.unknown(why));
            try {
                var unused = config.scheduler().schedule(this::requeue, delay.toMillis() + 1, TimeUnit.MILLISECONDS);
            } catch (RejectedExecutionException e) {
                requeue();
            }
        }

        private void requeue() {
            delivery.subscription().requeue(delivery, outcome(() -> {}, () -> {}, why -> {}));
        }

        private Settlements.Outcome asked(Runnable done, Runnable stale) {
            return outcome(() -> over(done), () -> over(stale), why -> over(() -> told.unknown(why)));
        }

        private void over(Runnable result) {
            try {
                result.run();
            } catch (Throwable e) {
                LOG.error("A callback given to RabbitMQ's adapter failed, which it must not", e);
            } finally {
                end();
            }
        }
    }
}
