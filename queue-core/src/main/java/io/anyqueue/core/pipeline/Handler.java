package io.anyqueue.core.pipeline;

import io.anyqueue.BatchHandler;
import io.anyqueue.MessageHandler;
import io.anyqueue.Middleware;
import java.time.Duration;
import java.util.List;

/** The user's handler. */
public sealed interface Handler {
    /** {@return how many messages one run of the handler takes at most} */
    int most();

    /**
     * Handles messages one by one.
     *
     * @param handler the user's
     * @param middleware the user's, outermost first
     */
    record Single(MessageHandler<Object> handler, List<Middleware> middleware) implements Handler {
        @Override
        public int most() {
            return 1;
        }
    }

    /**
     * Handles several messages at once.
     *
     * @param handler the user's
     * @param most messages of a batch at most
     * @param longestWait how long a message waits for others
     */
    record Batch(BatchHandler<Object> handler, int most, Duration longestWait) implements Handler {}
}
