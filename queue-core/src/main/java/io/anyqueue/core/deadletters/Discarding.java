package io.anyqueue.core.deadletters;

import io.anyqueue.DeadLetter;
import io.anyqueue.QueueException;
import io.anyqueue.core.failure.DeadLetterFormat;
import io.anyqueue.core.parking.ParkedKeys;
import io.anyqueue.spi.Delivery;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One run that discards letters. Used by one thread. */
final class Discarding {
    private static final Logger LOG = LoggerFactory.getLogger(Discarding.class);
    private static final int BATCH = 100;

    private final LetterBox box;
    private final Predicate<DeadLetter> filter;
    private final String reason;
    private final List<Delivery> doomed = new ArrayList<>();
    private long discarded;

    Discarding(LetterBox box, Predicate<DeadLetter> filter, String reason) {
        this.box = box;
        this.filter = filter;
        this.reason = reason.replaceAll("\\p{Cntrl}+", " ");
    }

    long run() {
        box.declare().run();
        Selection selection = new Selection(filter, box.nowMillis());
        try (Sweep sweep = new Sweep(box)) {
            Delivery delivery = sweep.next();
            while (delivery != null) {
                if (selection.includes(DeadLetterFormat.read(delivery.message()), delivery)) {
                    doomed.add(delivery);
                    discard(sweep, BATCH);
                } else {
                    sweep.leave(delivery);
                }
                delivery = sweep.next();
            }
            discard(sweep, 1);
            box.parked().get().ifPresent(this::discardParked);
        } catch (QueueException e) {
            throw Sweep.stopped(e, discarded + " letters of " + box.name() + " were discarded");
        }
        return discarded;
    }

    /** A key whose last message is discarded is not parked any more. */
    private void discardParked(ParkedKeys parked) {
        long began = box.nowMillis();
        parked.keys()
                .forEach(key -> parked.discard(key, letter -> {
                    boolean gone = letter.at().toEpochMilli() <= began && filter.test(letter);
                    if (gone) {
                        count(letter.id());
                    }
                    return gone;
                }));
    }

    private void count(String id) {
        discarded++;
        box.metrics().discarded.increment();
        LOG.info("{}: dead letter {} is discarded: {}", box.source().endpoint().name(), id, reason);
    }

    private void discard(Sweep sweep, int atLeast) {
        if (doomed.size() < atLeast) {
            return;
        }
        for (Delivery gone : sweep.acknowledge(List.copyOf(doomed))) {
            count(gone.message().id());
        }
        doomed.clear();
    }
}
