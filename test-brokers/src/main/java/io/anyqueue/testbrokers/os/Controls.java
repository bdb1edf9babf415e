package io.anyqueue.testbrokers.os;

/** What can be done to a server. Used by one thread at a time. */
public interface Controls extends AutoCloseable {
    /** {@return whether the other methods work, except {@link #close}} */
    default boolean isControlled() {
        return true;
    }

    /** Starts it, with its data; the caller makes sure that it answers. */
    void start();

    /** Ends it in its own time, even if it is halted. */
    void stop();

    /** Ends it at once, even if it is halted. */
    void kill();

    /** Halts it: its connections stay open, and nothing answers. */
    void suspend();

    /** Lets it run again. */
    void resume();

    /** Ends it, if it is ours, and deletes its data. */
    @Override
    void close();
}
