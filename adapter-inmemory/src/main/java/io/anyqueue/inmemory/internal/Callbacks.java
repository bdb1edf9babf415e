package io.anyqueue.inmemory.internal;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What happens when a callback throws, which it must not: the command took effect, and the other results are due. Any thread. */
final class Callbacks {
    private static final Logger LOG = LoggerFactory.getLogger(Callbacks.class);

    private Callbacks() {}

    static void failed(RuntimeException failure) {
        LOG.error("A callback given to the in-memory broker failed, which it must not", failure);
    }
}
