package io.anyqueue.core.client;

import io.anyqueue.DeadLetters;
import io.anyqueue.core.deadletters.LetterBox;
import io.anyqueue.core.deadletters.SourceDeadLetters;
import io.anyqueue.core.metrics.Meters;
import io.anyqueue.core.threads.Threads;
import io.anyqueue.spi.Broker;
import java.util.concurrent.CompletableFuture;

/** Gives access to the dead letters of the sources of a client. Safe for use by any thread. */
final class DeadLetterAccess {
    private final DefaultQueueClient client;
    private final Registry registry;
    private final Consumers consumers;
    private final Broker broker;
    private final Threads threads;
    private final Meters meters;
    private final CompletableFuture<Void> ending;

    DeadLetterAccess(
            DefaultQueueClient client,
            Registry registry,
            Consumers consumers,
            Broker broker,
            Threads threads,
            Meters meters,
            CompletableFuture<Void> ending) {
        this.client = client;
        this.registry = registry;
        this.consumers = consumers;
        this.broker = broker;
        this.threads = threads;
        this.meters = meters;
        this.ending = ending;
    }

    DeadLetters of(SourceParts<?> parts) {
        return new SourceDeadLetters(new LetterBox(
                parts.spec(),
                parts.deadLetters(),
                broker,
                threads,
                meters.consume(parts.spec().endpoint().name()),
                parts.publishers(),
                () -> declare(parts),
                ending,
                () -> consumers.parked(parts)));
    }

    private void declare(SourceParts<?> parts) {
        client.checkOpen();
        registry.open(parts.all());
    }
}
