package io.anyqueue.inmemory.internal;

import java.util.ArrayList;
import java.util.List;

/**
 * The receivers of a source that found nothing, the one that waits longest first. A receiver is told once and then has to
 * poll, so that a sender pays nothing while the consumers are busy.
 */
final class Waiters {
    private final List<Holder> waiting = new ArrayList<>();
    private final Effects effects;

    Waiters(Effects effects) {
        this.effects = effects;
    }

    void add(Holder holder) {
        if (!holder.waiting) {
            holder.waiting = true;
            waiting.add(holder);
        }
    }

    void remove(Holder holder) {
        if (holder.waiting) {
            holder.waiting = false;
            waiting.remove(holder);
        }
    }

    void wake(Holder holder) {
        if (holder.waiting) {
            remove(holder);
            effects.readable(holder);
        }
    }

    void wakeAll() {
        if (waiting.isEmpty()) {
            return;
        }
        for (Holder holder : waiting) {
            holder.waiting = false;
            effects.readable(holder);
        }
        waiting.clear();
    }
}
