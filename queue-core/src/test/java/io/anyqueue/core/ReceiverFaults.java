package io.anyqueue.core;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/** The faults of the receivers of a {@link FaultyBroker}. */
final class ReceiverFaults {
    /** What a forward does. */
    enum Forwarding {
        /** As the broker. */
        WORKS,
        /** It cannot store and acknowledge in one step. */
        NOT_OFFERED,
        /** It answers unknown, and has done nothing. */
        UNKNOWN
    }

    volatile Forwarding forwarding = Forwarding.WORKS;
    /** Answers to extensions: none, as from a broker that is away. */
    volatile boolean extensionsUnanswered;

    final AtomicInteger forwards = new AtomicInteger();
    final AtomicInteger acknowledged = new AtomicInteger();
    final AtomicInteger stale = new AtomicInteger();
    final AtomicInteger released = new AtomicInteger();
    final AtomicInteger handedOut = new AtomicInteger();
    /** Runs once, after a poll that found nothing and before it returns. */
    final AtomicReference<Runnable> afterEmptyPoll = new AtomicReference<>();
}
