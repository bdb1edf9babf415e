package io.anyqueue.core.client;

import io.anyqueue.DeadLetter;
import io.anyqueue.DeadLetters;
import io.anyqueue.ErrorCode;
import io.anyqueue.Feature;
import io.anyqueue.QueueException;
import io.anyqueue.Redrive;
import io.anyqueue.core.failure.DeadLetterFormat;
import io.anyqueue.spi.Broker;
import io.anyqueue.spi.Spec;
import io.anyqueue.spi.Topology.Page;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Lists dead letters by browsing their queue. Safe for use by any thread. */
final class BrowsedDeadLetters implements DeadLetters {
    private static final int PAGE = 100;

    private final Broker broker;
    private final Spec queue;

    BrowsedDeadLetters(Broker broker, Spec queue) {
        this.broker = broker;
        this.queue = queue;
    }

    @Override
    public Stream<DeadLetter> list() {
        broker.capabilities(queue)
                .require(Feature.BROWSE, "listing " + queue.endpoint().name());
        return Stream.iterate(page(null), page -> page.messages().isEmpty() ? false : true, this::after)
                .flatMap(page -> page.messages().stream())
                .map(DeadLetterFormat::read);
    }

    private Page after(Page page) {
        Optional<byte[]> next = page.next();
        return next.isPresent() ? page(next.get()) : new Page(java.util.List.of(), Optional.empty());
    }

    private Page page(byte @Nullable [] cursor) {
        return Declarations.await(
                broker.topology().browse(queue, cursor, PAGE),
                "browse " + queue.endpoint().name());
    }

    @Override
    public Redrive redrive(Predicate<DeadLetter> filter) {
        throw absent("redrive");
    }

    @Override
    public long discard(Predicate<DeadLetter> filter, String reason) {
        throw absent("discard");
    }

    private QueueException absent(String what) {
        return new QueueException(
                ErrorCode.UNSUPPORTED,
                "this release cannot " + what + " dead letters of "
                        + queue.endpoint().name() + "; list() shows them, and their original() can be sent again");
    }
}
