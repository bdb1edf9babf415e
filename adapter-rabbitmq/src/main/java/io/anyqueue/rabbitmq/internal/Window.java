package io.anyqueue.rabbitmq.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Things with consecutive numbers, as the server gives them to deliveries and confirmations, while they are open. Adding and
 * removing is a look into an array. Not safe for use by several threads: its owner has a lock.
 *
 * @param <T> the things
 */
final class Window<T> {
    private static final int SMALLEST = 64;

    private @Nullable Object[] ring = new Object[SMALLEST];
    private long first = 1;
    private long next = 1;
    private int open;

    /** Adds the thing with the next number, and gives that. Numbers begin with 1. */
    long add(T thing) {
        if (next - first == ring.length) {
            grow();
        }
        ring[index(next)] = thing;
        open++;
        return next++;
    }

    /** {@return the thing, which is open no more; null if it was not} */
    @Nullable
    T remove(long number) {
        T thing = get(number);
        if (thing != null) {
            ring[index(number)] = null;
            open--;
            advance();
        }
        return thing;
    }

    /** {@return the thing with this number, if it is open} */
    @SuppressWarnings("unchecked")
    @Nullable
    T get(long number) {
        return number < first || number >= next ? null : (T) ring[index(number)];
    }

    /** Puts a thing in the place of the one with this number, if that is open. */
    void replace(long number, T thing) {
        if (get(number) != null) {
            ring[index(number)] = thing;
        }
    }

    /** {@return everything open up to and with a number, oldest first; open no more} */
    List<T> removeUpTo(long number) {
        List<T> removed = new ArrayList<>();
        for (long i = first; i <= number && i < next; i++) {
            T thing = get(i);
            if (thing != null) {
                ring[index(i)] = null;
                open--;
                removed.add(thing);
            }
        }
        advance();
        return removed;
    }

    List<T> removeAll() {
        return removeUpTo(next - 1);
    }

    /** {@return what is open, oldest first} */
    List<T> all() {
        List<T> all = new ArrayList<>(open);
        for (long i = first; i < next; i++) {
            T thing = get(i);
            if (thing != null) {
                all.add(thing);
            }
        }
        return all;
    }

    /** {@return the oldest open thing of which something is so} */
    @Nullable
    T find(Predicate<T> wanted) {
        for (long i = first; i < next; i++) {
            T thing = get(i);
            if (thing != null && wanted.test(thing)) {
                return thing;
            }
        }
        return null;
    }

    /** {@return the number of the oldest open thing; the next number if there is none} */
    long first() {
        return first;
    }

    int open() {
        return open;
    }

    /** {@return how many numbers lie between the oldest open and the newest} */
    int span() {
        return (int) (next - first);
    }

    private void advance() {
        while (first < next && ring[index(first)] == null) {
            first++;
        }
    }

    private int index(long number) {
        return (int) (number & (ring.length - 1));
    }

    private void grow() {
        Object[] larger = new Object[2 * ring.length];
        for (long i = first; i < next; i++) {
            larger[(int) (i & (larger.length - 1))] = ring[index(i)];
        }
        ring = larger;
    }
}
