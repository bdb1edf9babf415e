package io.anyqueue.testbrokers.os;

import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Something that is made when it is first asked for. If that fails it is not tried again: all who ask get to know why, and none
 * waits for the same failure once more. Safe for use by many threads.
 *
 * @param <T> the thing
 */
public final class Lazy<T> {
    private final Supplier<T> maker;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable T made;
    private @Nullable RuntimeException failure;

    /**
     * Makes nothing yet.
     *
     * @param maker called at most once
     */
    public Lazy(Supplier<T> maker) {
        this.maker = maker;
    }

    /** {@return the thing} */
    public T get() {
        lock.lock();
        try {
            if (failure != null) {
                throw failure;
            }
            if (made == null) {
                made = maker.get();
            }
            return made;
        } catch (RuntimeException e) {
            failure = e;
            throw e;
        } finally {
            lock.unlock();
        }
    }
}
