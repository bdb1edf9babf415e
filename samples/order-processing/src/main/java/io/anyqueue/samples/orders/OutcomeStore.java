package io.anyqueue.samples.orders;

/**
 * Keeps outcomes beyond the run. Called by one thread at a time, but for {@link #sync}. What it was given survives a kill of
 * the process once {@code sync} has returned, and is kept whole or not at all before. All methods throw {@link
 * StateException} if the state cannot be read or written.
 */
interface OutcomeStore extends AutoCloseable {
    /** Keeps nothing: the memory of the run is enough. */
    OutcomeStore NONE = new None();

    /** Takes what was kept. */
    interface Loader {
        void outcome(String orderId, Outcome outcome);

        void event(String orderId, Subscription subscription);
    }

    /** {@return whether it keeps anything} */
    boolean keeps();

    /** Hands over all that was kept. */
    void load(Loader into);

    /** Keeps the outcome of an order that has none yet, in one transaction. */
    void outcome(String orderId, Outcome outcome);

    /** Keeps that an order's event has reached a subscription, which was not known yet, in one transaction. */
    void event(String orderId, Subscription subscription);

    /** Returns when all that was kept before the call is safe from a kill of the process. Called by any thread. */
    void sync();

    @Override
    void close();

    /** The state cannot be read or written. */
    final class StateException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        StateException(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /** See {@link #NONE}. */
    final class None implements OutcomeStore {
        private None() {}

        @Override
        public boolean keeps() {
            return false;
        }

        @Override
        public void load(Loader into) {}

        @Override
        public void outcome(String orderId, Outcome outcome) {}

        @Override
        public void event(String orderId, Subscription subscription) {}

        @Override
        public void sync() {}

        @Override
        public void close() {}
    }
}
