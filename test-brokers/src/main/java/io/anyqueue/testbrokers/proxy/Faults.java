package io.anyqueue.testbrokers.proxy;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;

/** What a proxy does to connections at present. Used by the thread of its loop alone. */
final class Faults {
    private final Set<Direction> holes = EnumSet.noneOf(Direction.class);
    private boolean refusing;
    private boolean eatingReplies;
    private long delayNanos;

    void clear() {
        holes.clear();
        refusing = false;
        eatingReplies = false;
        delayNanos = 0;
    }

    void refuse() {
        refusing = true;
    }

    void eatReplies() {
        eatingReplies = true;
    }

    void delay(Duration delay) {
        delayNanos = delay.toNanos();
    }

    void hole(Direction direction) {
        holes.add(direction);
    }

    boolean refusing() {
        return refusing;
    }

    boolean eats(Direction direction) {
        return eatingReplies && direction == Direction.TO_CLIENT;
    }

    boolean holds(Direction direction) {
        return holes.stream().anyMatch(hole -> hole.covers(direction));
    }

    long delayNanos() {
        return delayNanos;
    }
}
