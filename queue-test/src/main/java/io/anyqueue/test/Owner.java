package io.anyqueue.test;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The thread that virtual time belongs to: the first that uses it. What another does in secret is told to the owner as well. */
final class Owner {
    private final AtomicReference<@Nullable Thread> thread = new AtomicReference<>();
    private final AtomicReference<@Nullable IllegalStateException> trespass = new AtomicReference<>();

    void check() {
        Thread current = Thread.currentThread();
        Thread own = thread.get();
        if (own == null && thread.compareAndSet(null, current)) {
            return;
        }
        own = thread.get();
        if (own != current) {
            IllegalStateException failure = new IllegalStateException("virtual time belongs to the thread '" + name(own)
                    + "', and the thread '" + current.getName()
                    + "' used it: everything in such a test runs on one thread, so start no others");
            trespass.compareAndSet(null, failure);
            throw failure;
        }
        IllegalStateException earlier = trespass.get();
        if (earlier != null) {
            throw new IllegalStateException(earlier.getMessage(), earlier);
        }
    }

    private static String name(@Nullable Thread thread) {
        return thread == null ? "?" : thread.getName();
    }
}
