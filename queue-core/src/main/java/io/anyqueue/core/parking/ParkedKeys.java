package io.anyqueue.core.parking;

import io.anyqueue.DeadLetter;
import io.anyqueue.KeyParking;
import io.anyqueue.Message;
import io.anyqueue.core.failure.DeadLetterFormat;
import io.anyqueue.core.send.Publisher;
import io.anyqueue.spi.Delivery;
import io.anyqueue.spi.Spec;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The parked keys of one source (rule ORD-4, decision 0008). All that is known of a key is in the store and on the source, so
 * that any consumer can go on. Safe for use by any thread; the calls may block.
 */
public final class ParkedKeys {
    private static final int PAGE = 100;

    private final Spec spec;
    private final String source;
    private final KeyParking store;
    private final Function<Spec, Publisher> publishers;

    /** Looks after the keys of a source in a store. */
    public ParkedKeys(Spec spec, KeyParking store, Function<Spec, Publisher> publishers) {
        this.spec = spec;
        this.source = spec.endpoint().physicalName();
        this.store = store;
        this.publishers = publishers;
    }

    /** Where a message is in its key. */
    public enum Place {
        /** The key is not parked. */
        FREE,
        /** It is the first of its parked key and was sent back: it runs. */
        HEAD,
        /** Its key is parked, and it goes behind the others. */
        BEHIND,
        /** It was the first of its key, and the key has gone on without it: a duplicate. */
        PASSED
    }

    public Place place(Delivery delivery) {
        Message message = delivery.message();
        boolean sentBack = DeadLetterFormat.isHead(message);
        if (!store.isParked(source, delivery.lane())) {
            return sentBack ? Place.PASSED : Place.FREE;
        }
        if (!sentBack) {
            return Place.BEHIND;
        }
        return isHead(delivery.lane(), message.id()) ? Place.HEAD : Place.PASSED;
    }

    private boolean isHead(String key, String id) {
        return store.messages(source, key, "", 1).stream()
                .anyMatch(head -> head.id().equals(id));
    }

    /** Keeps a message that was given up, or that comes behind one. */
    public void park(Delivery delivery, Message letter) {
        if (DeadLetterFormat.isHead(delivery.message())) {
            // It has failed again; the others of its key stay behind it.
            store.replace(source, delivery.lane(), letter);
        } else {
            store.park(source, delivery.lane(), letter);
        }
    }

    /**
     * The first of a key is done with: sends the next one back, if there is one. {@link #leave} follows once it is stored, in
     * this order: cut off in between, this one runs again and the next is sent twice, of which one is passed. So nothing is
     * lost, and nothing overtakes.
     */
    public CompletionStage<?> sendNext(Delivery delivery) {
        String id = delivery.message().id();
        List<Message> next = isHead(delivery.lane(), id) ? store.messages(source, delivery.lane(), id, 1) : List.of();
        return next.isEmpty()
                ? CompletableFuture.completedFuture("")
                : send(DeadLetterFormat.released(DeadLetterFormat.read(next.get(0))));
    }

    /** Takes the first of a key out, if it is still that. */
    public void leave(Delivery delivery) {
        String id = delivery.message().id();
        if (isHead(delivery.lane(), id)) {
            store.remove(source, delivery.lane(), id);
        }
    }

    /** Sends the first of a key back, for another try. It stays here until it is done with. */
    public CompletionStage<String> redrive(DeadLetter head) {
        return send(DeadLetterFormat.asHead(DeadLetterFormat.redriven(head)));
    }

    private CompletionStage<String> send(Message message) {
        return publishers.apply(spec).sendAsync(message);
    }

    /** Takes letters of a key out for good. */
    public void discard(String key, Predicate<DeadLetter> which) {
        String after = "";
        List<Message> page = store.messages(source, key, after, PAGE);
        while (!page.isEmpty()) {
            for (Message stored : page) {
                if (which.test(DeadLetterFormat.read(stored))) {
                    store.remove(source, key, stored.id());
                } else {
                    after = stored.id();
                }
            }
            page = store.messages(source, key, after, PAGE);
        }
    }

    /** {@return the keys, page by page while the stream is consumed} */
    public Stream<String> keys() {
        return Stream.iterate(
                        store.keys(source, "", PAGE),
                        page -> !page.isEmpty(),
                        page -> store.keys(source, page.get(page.size() - 1), PAGE))
                .flatMap(List::stream);
    }

    /** {@return the letters of a key in their order, page by page while the stream is consumed} */
    public Stream<DeadLetter> letters(String key) {
        return Stream.iterate(
                        store.messages(source, key, "", PAGE),
                        page -> !page.isEmpty(),
                        page -> store.messages(
                                source, key, page.get(page.size() - 1).id(), PAGE))
                .flatMap(List::stream)
                .map(DeadLetterFormat::read);
    }

    /** {@return how many keys are parked} */
    public long count() {
        return store.count(source);
    }
}
