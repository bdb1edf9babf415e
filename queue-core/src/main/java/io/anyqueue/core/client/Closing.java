package io.anyqueue.core.client;

import io.anyqueue.core.metrics.Meters;
import io.anyqueue.core.send.Publisher;
import io.anyqueue.core.threads.Threads;
import io.anyqueue.spi.Broker;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Closes what a client has: flushes sends, then the connection, then meters and threads. Each step is bounded and guarded. */
final class Closing {
    private static final Logger LOG = LoggerFactory.getLogger(Closing.class);
    private static final Duration FLUSH = Duration.ofSeconds(10);
    private static final Duration LIMIT = Duration.ofSeconds(5);
    /** What closing takes at most beyond the handlers' grace period: consumers, sends, senders and the connection. */
    static final Duration LONGEST = Duration.ofSeconds(60);

    private final Registry registry;
    private final Broker broker;
    private final boolean ownsBroker;
    private final Threads threads;
    private final Meters meters;

    Closing(Registry registry, Broker broker, boolean ownsBroker, Threads threads, Meters meters) {
        this.registry = registry;
        this.broker = broker;
        this.ownsBroker = ownsBroker;
        this.threads = threads;
        this.meters = meters;
    }

    void run() {
        if (!registry.gate().awaitEmpty(FLUSH)) {
            LOG.warn("some sends were not confirmed within {}; they fail now", FLUSH);
        }
        for (Publisher publisher : registry.publishers()) {
            await("close the sender of " + publisher.spec().endpoint().name(), () -> publisher.close(LIMIT));
        }
        completeFutures();
        if (ownsBroker) {
            await("close the connection", () -> broker.close(LIMIT));
        }
        meters.close();
        threads.close();
    }

    /** Results hop to the executor on their way to the user's futures (rule SND-8). */
    private void completeFutures() {
        registry.publishers().forEach(Publisher::abandon);
        CompletableFuture<?>[] open = registry.publishers().stream()
                .map(publisher -> publisher.allComplete().toCompletableFuture())
                .toArray(CompletableFuture<?>[]::new);
        try {
            threads.await(CompletableFuture.allOf(open), LIMIT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn("the executor did not complete the futures of all sends within {}; another thread does", LIMIT, e);
            threads.inBackground(
                    "anyqueue-close-sends", () -> registry.publishers().forEach(Publisher::completeRest));
        }
    }

    private void await(String what, Supplier<CompletionStage<Void>> step) {
        try {
            threads.await(step.get(), LIMIT.plusSeconds(1));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException | RuntimeException e) {
            LOG.warn("could not {} in time", what, e);
        }
    }
}
