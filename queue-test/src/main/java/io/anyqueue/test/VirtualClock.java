package io.anyqueue.test;

/** Placeholder. */
public final class VirtualClock {
    private VirtualClock() {}
}
