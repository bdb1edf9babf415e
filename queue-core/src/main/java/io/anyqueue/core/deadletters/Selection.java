package io.anyqueue.core.deadletters;

import io.anyqueue.DeadLetter;
import io.anyqueue.spi.Delivery;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Which letters one run works on: those that the filter selects and that were there when the run began. Used by one thread.
 */
final class Selection {
    /** How many letters that were sent back are remembered, should they fail again at once. */
    private static final int REMEMBERED = 10_000;

    private final Predicate<DeadLetter> filter;
    private final long startMillis;
    private final Map<String, Integer> sentBack = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Integer> eldest) {
            return size() > REMEMBERED;
        }
    };

    Selection(Predicate<DeadLetter> filter, long startMillis) {
        this.filter = filter;
        this.startMillis = startMillis;
    }

    boolean includes(DeadLetter letter, Delivery delivery) {
        return arrivedAt(letter, delivery) <= startMillis && !isBack(letter) && filter.test(letter);
    }

    /** By the broker's clock where it tells the time: those of two processes may differ. */
    private static long arrivedAt(DeadLetter letter, Delivery delivery) {
        long stored = delivery.enqueuedAtMillis();
        return stored != 0 ? stored : letter.at().toEpochMilli();
    }

    /** Within a millisecond, or with a clock that is behind, time does not tell. */
    private boolean isBack(DeadLetter letter) {
        Integer redrives = sentBack.get(letter.id());
        return redrives != null && letter.redrives() >= redrives;
    }

    void sentBack(DeadLetter letter) {
        sentBack.put(letter.id(), letter.redrives() + 1);
    }
}
