package io.anyqueue.core.deadletters;

import io.anyqueue.DeadLetter;
import io.anyqueue.DeadLetters;
import io.anyqueue.ErrorCode;
import io.anyqueue.Feature;
import io.anyqueue.QueueException;
import io.anyqueue.Redrive;
import io.anyqueue.core.failure.DeadLetterFormat;
import io.anyqueue.spi.Topology.Page;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The dead letters of one source. Safe for use by any thread; the calls block. */
public final class SourceDeadLetters implements DeadLetters {
    private static final int PAGE = 100;
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final LetterBox box;

    /** Works on a dead-letter queue. */
    public SourceDeadLetters(LetterBox box) {
        this.box = box;
    }

    @Override
    public Stream<DeadLetter> list() {
        box.broker().capabilities(box.queue()).require(Feature.BROWSE, "listing " + box.name());
        return browse(box);
    }

    /** What is parked comes after the dead letters of the queue, key by key. */
    static Stream<DeadLetter> browse(LetterBox box) {
        return Stream.of(browseQueue(box), browseParked(box)).flatMap(letters -> letters);
    }

    private static Stream<DeadLetter> browseParked(LetterBox box) {
        return box.parked().get().stream().flatMap(parked -> parked.keys().flatMap(parked::letters));
    }

    /** Lists page by page while the stream is consumed. */
    static Stream<DeadLetter> browseQueue(LetterBox box) {
        return Stream.iterate(page(box, null), page -> !page.messages().isEmpty(), page -> after(box, page))
                .flatMap(page -> page.messages().stream())
                .map(DeadLetterFormat::read);
    }

    private static Page after(LetterBox box, Page page) {
        Optional<byte[]> next = page.next();
        return next.isPresent() ? page(box, next.get()) : new Page(List.of(), Optional.empty());
    }

    private static Page page(LetterBox box, byte @Nullable [] cursor) {
        return box.await(box.broker().topology().browse(box.queue(), cursor, PAGE), LIMIT, "browse " + box.name());
    }

    @Override
    public Redrive redrive(Predicate<DeadLetter> filter) {
        return new RedrivePlan(box, notNull(filter));
    }

    @Override
    public long discard(Predicate<DeadLetter> filter, String reason) {
        notNull(filter);
        if (reason == null || reason.isBlank()) {
            throw new QueueException(
                    ErrorCode.INVALID_ARGUMENT, "the reason to discard letters of " + box.name() + " is null or blank");
        }
        return new Discarding(box, filter, reason).run();
    }

    private Predicate<DeadLetter> notNull(@Nullable Predicate<DeadLetter> filter) {
        if (filter == null) {
            throw new QueueException(
                    ErrorCode.INVALID_ARGUMENT, "the filter for letters of " + box.name() + " is null");
        }
        return filter;
    }
}
