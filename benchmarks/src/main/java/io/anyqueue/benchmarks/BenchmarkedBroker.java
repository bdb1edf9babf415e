package io.anyqueue.benchmarks;

import io.anyqueue.benchmarks.Program.Target;

/** A broker that a comparison runs on. Used by one thread. */
interface BenchmarkedBroker extends AutoCloseable {
    /** {@return what it is} */
    String name();

    String url();

    /** {@return how much is sent and consumed in a round} */
    Load load();

    /** {@return how many messages of the queue are not acknowledged by the program of this name} */
    long left(Target target, String program) throws Exception;

    /**
     * Deletes the queue and that of its dead letters.
     *
     * @return how many messages became dead letters
     */
    long delete(Target target) throws Exception;

    @Override
    void close();

    /**
     * How much.
     *
     * @param inFlight how many messages may wait for their confirmation
     * @param sends messages of a round that sends
     * @param sendsBefore those that are not measured
     * @param receives messages of a round that consumes
     * @param receivesBefore those that are not measured
     */
    record Load(int inFlight, int sends, int sendsBefore, int receives, int receivesBefore) {}
}
