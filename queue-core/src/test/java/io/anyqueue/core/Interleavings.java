package io.anyqueue.core;

import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;

/**
 * How the interleavings of a class's operations are explored: the same scenarios each time, few enough for every build. Lincheck
 * takes a class for correct if each result could also come from running the operations one after the other.
 */
public final class Interleavings {
    private Interleavings() {}

    /** Checks the operations of a test class. */
    public static void check(Class<?> operations) {
        new ModelCheckingOptions()
                .iterations(6)
                .invocationsPerIteration(80)
                .threads(2)
                .actorsBefore(1)
                .actorsPerThread(3)
                .actorsAfter(1)
                .check(operations);
    }
}
