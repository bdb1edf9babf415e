package io.anyqueue.rabbitmq.internal;

import io.anyqueue.spi.ReceiverListener.State;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Tells a receiver's changes of state: each once, one after the other in the order they came about, and under no lock. Safe for use by
 * any thread; whoever brings the first tells those that come meanwhile, too.
 */
final class States {
    private final Queue<Runnable> news = new ArrayDeque<>();
    private @Nullable State told;

    /** Tells that it is in a state now, if it was not. What tells it must not throw. */
    void change(State state, Runnable tell) {
        synchronized (news) {
            if (state == told) {
                return;
            }
            told = state;
            news.add(tell);
            if (news.size() > 1) {
                return;
            }
        }
        tellAll();
    }

    private void tellAll() {
        Runnable next;
        do {
            synchronized (news) {
                next = news.element();
            }
            next.run();
            synchronized (news) {
                news.remove();
                next = news.peek();
            }
        } while (next != null);
    }
}
