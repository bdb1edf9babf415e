package io.anyqueue.testbrokers.proxy;

/** Which bytes of a connection. */
public enum Direction {
    /** What the client sends. */
    TO_SERVER,
    /** What the server answers. */
    TO_CLIENT,
    /** All of them. */
    BOTH;

    boolean covers(Direction one) {
        return this == BOTH || this == one;
    }
}
