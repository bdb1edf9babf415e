package io.anyqueue.benchmarks;

import java.io.IOException;
import java.util.Map;
import java.util.function.Consumer;

/** A program that sends to and consumes from one queue of RabbitMQ, connected until it is closed. */
interface RabbitMqProgram extends AutoCloseable {
    /** What every message carries. */
    Map<String, String> HEADERS =
            Map.of("tenant", "north-west-4711", "trace", "00-4bf92f3577b34da6a3ce929d0e0e4736", "retry", "0");

    /** How many messages may wait for their confirmation. */
    int IN_FLIGHT = 1_000;

    /** {@return what the report calls it} */
    String name();

    /** Sends one; waits where as many as may are in flight. Called by one thread. */
    void send(byte[] body) throws Exception;

    /** Returns when everything sent is confirmed; fails if anything was not. */
    void awaitConfirmed() throws Exception;

    /** Hands every message to the handler, which may block, on so many threads at once, and acknowledges each after that. */
    void consume(int concurrency, Consumer<byte[]> handler) throws Exception;

    @Override
    void close() throws IOException;

    /** Connects to a queue that exists. */
    interface Factory {
        RabbitMqProgram open(String url, String queue) throws Exception;
    }
}
