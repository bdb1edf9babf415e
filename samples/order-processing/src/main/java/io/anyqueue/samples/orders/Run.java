package io.anyqueue.samples.orders;

import io.anyqueue.ErrorCode;
import io.anyqueue.Health;
import io.anyqueue.MessageQueue;
import io.anyqueue.MessageTopic;
import io.anyqueue.Outgoing;
import io.anyqueue.QueueClient;
import io.anyqueue.QueueException;
import io.anyqueue.QueueSpec;
import io.anyqueue.RetryPolicy;
import io.anyqueue.TopicSpec;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One run: reads the orders into the queue, handles them, and waits until every order has its outcome and every event has
 * reached every subscription. {@link #stop()} may be called by any thread.
 */
final class Run {
    static final QueueSpec<Order> ORDERS = QueueSpec.of("orders", Order.class).orderedBy(Order::lane);
    static final TopicSpec<OrderAccepted> EVENTS = TopicSpec.of("order-events", OrderAccepted.class);

    /** Orders sent and not handled: more would only wait in the broker, and the input may be endless. */
    private static final int MOST_UNDER_WAY = 2_000;

    /**
     * Not the default of an ordered queue, whose retries in place occupy a handler for 50 to 500 ms each: at a fail rate of 0.5
     * that is 9,000 times. These hold nothing but the orders of the same customer.
     */
    private static final RetryPolicy RETRIES =
            RetryPolicy.blocking(Duration.ofMillis(10), Duration.ofMillis(100), Duration.ofSeconds(1));

    private static final Executor SEND_AGAIN = CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS);

    /**
     * What can be set.
     *
     * @param failRate the share of orders whose first payment fails
     * @param concurrency how many handlers run at once, for the orders and for each subscription
     * @param patience how long nothing may happen before the run is given up
     */
    record Settings(double failRate, int concurrency, Duration patience) {}

    private final QueueClient client;
    private final Outcomes outcomes;
    private final Progress progress;
    private final Settings settings;
    private final MessageQueue<Order> queue;
    private final DeadLetterAudit audit;
    private final AtomicLong malformed = new AtomicLong();
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final Patience patience;

    Run(QueueClient client, Outcomes outcomes, Progress progress, Settings settings) {
        this.client = client;
        this.outcomes = outcomes;
        this.progress = progress;
        this.settings = settings;
        this.queue = client.queue(ORDERS);
        this.audit = new DeadLetterAudit(queue.deadLetters(), outcomes);
        this.patience = new Patience(settings.patience());
    }

    /**
     * Runs to the end.
     *
     * @param input the orders, one JSON object a line
     * @return the figures
     * @throws RunFailedException if nothing happens any more, the input or the state fails, or the run is stopped
     * @throws InterruptedException if the thread is interrupted
     */
    Summary execute(InputStream input) throws RunFailedException, InterruptedException {
        startConsumers();
        progress.start();
        long start = System.nanoTime();
        Optional<String> broken = feed(input);
        awaitEnd();
        Summary summary = new Summary(outcomes.totals(), malformed.get(), Duration.ofNanos(System.nanoTime() - start));
        if (broken.isPresent()) {
            throw new RunFailedException(broken.get() + "; the orders before it were handled: "
                    + summary.totals().settled());
        }
        return summary;
    }

    /** Stops as after SIGTERM: handlers that run may end, what was not handled stays on the broker. */
    void stop() {
        progress.note("order-processing: stopped before the end");
        stopped.countDown();
        outcomes.fail(new RunFailedException("stopped before the end"));
        client.close();
        outcomes.close();
    }

    /** Subscriptions first: a topic gives nothing to those that come later. */
    private void startConsumers() {
        MessageTopic<OrderAccepted> events = client.topic(EVENTS);
        for (Subscription subscription : Subscription.values()) {
            events.subscription(subscription.label())
                    .consumer()
                    .concurrency(settings.concurrency())
                    .start(event -> outcomes.deliver(event.orderId(), subscription));
        }
        queue.consumer()
                .concurrency(settings.concurrency())
                .retry(RETRIES)
                .start(new OrderHandler(outcomes, new Payments(settings.failRate()), audit, events));
    }

    /** {@return why the input could not be read to its end, if so} */
    private Optional<String> feed(InputStream input) throws RunFailedException, InterruptedException {
        OrderReader reader = new OrderReader(input, this::malformed);
        try {
            Optional<Order> order = reader.next();
            while (order.isPresent()) {
                feed(order.get(), reader.lineNumber());
                order = reader.next();
            }
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of("line " + reader.lineNumber() + ": the input cannot be read on: " + e.getMessage());
        }
    }

    private void feed(Order order, long line) throws RunFailedException, InterruptedException {
        while (!outcomes.awaitRoom(MOST_UNDER_WAY, Duration.ofSeconds(1))) {
            patience.check();
        }
        switch (outcomes.read(order.orderId())) {
            case SEND -> send(order, line);
            case REJECT -> malformed(line, "order " + order.orderId() + " was read before");
            case NOTHING -> {}
        }
    }

    private void send(Order order, long line) {
        var unused = queue.sendAsync(Outgoing.of(order).id(order.orderId())).whenComplete((id, failure) -> {
            if (failure != null) {
                notSent(order, line, failure);
            }
        });
    }

    private void notSent(Order order, long line, Throwable failure) {
        ErrorCode code = failure instanceof QueueException e ? e.code() : ErrorCode.INTERNAL;
        if (code == ErrorCode.TOO_LARGE || code == ErrorCode.INVALID_ARGUMENT) {
            outcomes.unread(order.orderId());
            malformed(line, String.valueOf(failure.getMessage()));
        } else if (code.retryable()) {
            // The library has tried for half a minute; an outage may last longer. Patience says when to give up.
            SEND_AGAIN.execute(() -> send(order, line));
        } else {
            outcomes.fail(new RunFailedException(
                    "order " + order.orderId() + " could not be sent: " + failure.getMessage(), failure));
        }
    }

    private void malformed(long line, String problem) {
        malformed.incrementAndGet();
        progress.note("line " + line + ": " + MalformedOrderException.oneLine(problem));
    }

    private void awaitEnd() throws RunFailedException, InterruptedException {
        while (true) {
            boolean finished = outcomes.awaitFinished(Duration.ofSeconds(2));
            int deadLettersMissing = audit.missing();
            if (finished && deadLettersMissing == 0) {
                return;
            }
            patience.check();
            if (finished && stopped.await(20, TimeUnit.MILLISECONDS)) {
                throw new RunFailedException("stopped before the end");
            }
        }
    }

    /** Notices that nothing has happened for too long. */
    private final class Patience {
        private final Duration limit;
        private Totals seen = outcomes.totals();
        private long since = System.nanoTime();

        Patience(Duration limit) {
            this.limit = limit;
        }

        void check() throws RunFailedException {
            Totals now = outcomes.totals();
            if (!now.equals(seen)) {
                seen = now;
                since = System.nanoTime();
            } else if (System.nanoTime() - since > limit.toNanos()) {
                throw new RunFailedException("nothing has happened for " + limit.toMillis() / 1000.0 + " s, missing: "
                        + now.missing(audit.missing()) + health());
            }
        }

        private String health() {
            Health health = client.health();
            return health.status() == Health.Status.UP ? "" : " (" + String.join("; ", health.notes()) + ")";
        }
    }
}
