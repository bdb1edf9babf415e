package io.anyqueue.core.deadletters;

import io.anyqueue.DeadLetter;
import io.anyqueue.ErrorCode;
import io.anyqueue.Feature;
import io.anyqueue.QueueException;
import io.anyqueue.Redrive;
import io.anyqueue.core.failure.DeadLetterFormat;
import io.anyqueue.core.parking.ParkedKeys;
import io.anyqueue.spi.Delivery;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends letters back to the source that failed, one after the other (rule DLQ-4). Used by one thread. */
final class RedrivePlan implements Redrive {
    private static final Logger LOG = LoggerFactory.getLogger(RedrivePlan.class);
    /** A preview is a list in memory. */
    private static final int MOST_SHOWN = 10_000;

    private static final Duration SEND_LIMIT = Duration.ofSeconds(30);

    private final LetterBox box;
    private final Predicate<DeadLetter> filter;
    private int limit = Integer.MAX_VALUE;
    private int letters = 100;
    private Duration period = Duration.ofSeconds(1);
    private int maxRedrives = 3;
    private long tooOften;
    private long expired;

    RedrivePlan(LetterBox box, Predicate<DeadLetter> filter) {
        this.box = box;
        this.filter = filter;
    }

    @Override
    public Redrive limit(int most) {
        this.limit = atLeastOne(most, "limit");
        return this;
    }

    @Override
    public Redrive rate(int most, Duration in) {
        if (in == null || in.isZero() || in.isNegative()) {
            throw invalid("the period of a redrive's rate must be more than zero, is " + in);
        }
        this.letters = atLeastOne(most, "rate");
        this.period = in;
        return this;
    }

    @Override
    public Redrive maxRedrives(int times) {
        this.maxRedrives = atLeastOne(times, "maxRedrives");
        return this;
    }

    @Override
    public long leftAlone() {
        return tooOften + expired;
    }

    @Override
    public List<DeadLetter> preview() {
        begin();
        int most = Math.min(limit, MOST_SHOWN);
        if (!box.broker().capabilities(box.queue()).has(Feature.BROWSE)) {
            return previewByReceiving(most);
        }
        try (Stream<DeadLetter> all = SourceDeadLetters.browseQueue(box)) {
            Stream<DeadLetter> stored = all.filter(letter -> filter.test(letter) && mayGo(letter));
            return Stream.concat(stored, parkedHeads()).limit(most).toList();
        }
    }

    /** Those behind the first of a parked key follow by themselves. One that has expired has to go, lest it holds up its key. */
    private Stream<DeadLetter> parkedHeads() {
        return box.parked().get().stream()
                .flatMap(keys -> keys.keys().flatMap(key -> keys.letters(key).limit(1)))
                .filter(letter -> filter.test(letter) && isFresh(letter));
    }

    /** Looks at no more than can be held: letters that were only looked at are not to be put behind others. */
    private List<DeadLetter> previewByReceiving(int most) {
        List<DeadLetter> shown = new ArrayList<>();
        try (Sweep sweep = new Sweep(box)) {
            Delivery delivery = sweep.next();
            while (delivery != null) {
                DeadLetter letter = DeadLetterFormat.read(delivery.message());
                sweep.leave(delivery);
                if (filter.test(letter) && mayGo(letter)) {
                    shown.add(letter);
                }
                delivery = shown.size() < most && sweep.hasRoom() ? sweep.next() : null;
            }
        }
        parkedHeads().limit(most - shown.size()).forEach(shown::add);
        return List.copyOf(shown);
    }

    @Override
    public long run() {
        begin();
        Run run = new Run();
        try (Sweep sweep = new Sweep(box)) {
            run.all(sweep);
            run.parked(sweep);
        } catch (QueueException e) {
            throw Sweep.stopped(e, run.redriven + " letters of " + box.name() + " were redriven");
        } finally {
            LOG.info(
                    "{}: {} dead letters were redriven; left alone: {} that were redriven {} times before, {} expired",
                    box.source().endpoint().name(),
                    run.redriven,
                    tooOften,
                    maxRedrives,
                    expired);
        }
        return run.redriven;
    }

    private void begin() {
        tooOften = 0;
        expired = 0;
        box.declare().run();
    }

    /** What goes round in circles stays; what has expired would only be dropped where it goes. */
    private boolean mayGo(DeadLetter letter) {
        if (!isFresh(letter)) {
            return false;
        }
        long expires = letter.original().expiresAtMillis();
        if (expires != 0 && box.nowMillis() >= expires) {
            expired++;
            return false;
        }
        return true;
    }

    private boolean isFresh(DeadLetter letter) {
        if (letter.redrives() >= maxRedrives) {
            tooOften++;
            return false;
        }
        return true;
    }

    /** One pass over the letters. */
    private final class Run {
        private final Selection selection = new Selection(filter, box.nowMillis());
        private final Pace pace = new Pace(letters, period, box.threads().time());
        private final long beganMillis = box.nowMillis();
        private long redriven;

        void all(Sweep sweep) {
            Delivery delivery = sweep.next();
            while (delivery != null) {
                DeadLetter letter = DeadLetterFormat.read(delivery.message());
                boolean selected = selection.includes(letter, delivery);
                if (selected && mayGo(letter)) {
                    sendBack(sweep, delivery, letter);
                } else {
                    sweep.leave(delivery);
                    logLeft(selected, letter);
                }
                delivery = redriven < limit ? sweep.next() : null;
            }
        }

        /** The first of each parked key, in the order of keys; one that has failed again meanwhile is left alone. */
        void parked(Sweep sweep) {
            ParkedKeys keys = box.parked().get().orElse(null);
            if (keys == null) {
                return;
            }
            Iterator<DeadLetter> heads = parkedHeads().iterator();
            while (redriven < limit && heads.hasNext()) {
                DeadLetter head = heads.next();
                if (head.at().toEpochMilli() <= beganMillis) {
                    sweep.pause(pace.waitNanos());
                    pace.taken();
                    box.await(keys.redrive(head), SEND_LIMIT, "send " + head.id() + " back");
                    redriven++;
                    box.metrics().redriven.increment();
                }
            }
        }

        private void logLeft(boolean selected, DeadLetter letter) {
            if (selected) {
                LOG.info(
                        "{}: dead letter {} is left alone: redriven {} times, expires {}",
                        box.source().endpoint().name(),
                        letter.id(),
                        letter.redrives(),
                        expiry(letter));
            }
        }

        private static String expiry(DeadLetter letter) {
            long millis = letter.original().expiresAtMillis();
            return millis == 0 ? "never" : Instant.ofEpochMilli(millis).toString();
        }

        private void sendBack(Sweep sweep, Delivery delivery, DeadLetter letter) {
            sweep.pause(pace.waitNanos());
            pace.taken();
            if (sweep.move(delivery, DeadLetterFormat.redriven(letter))) {
                selection.sentBack(letter);
                redriven++;
                box.metrics().redriven.increment();
                LOG.debug(
                        "{}: dead letter {} is redriven",
                        box.source().endpoint().name(),
                        letter.id());
            }
        }
    }

    private static int atLeastOne(int value, String name) {
        if (value < 1) {
            throw invalid("the " + name + " of a redrive must be 1 or more, is " + value);
        }
        return value;
    }

    private static QueueException invalid(String message) {
        return new QueueException(ErrorCode.INVALID_ARGUMENT, message);
    }
}
