package io.anyqueue.conformance;

/** Something of the broker's that can be taken away and given back: its process, or the network to it. */
public interface Interruption {
    /**
     * Takes it away; returns when it is gone.
     *
     * @throws Exception if that fails
     */
    void begin() throws Exception;

    /**
     * Gives it back, with its data; returns when it can be used.
     *
     * @throws Exception if that fails
     */
    void end() throws Exception;
}
