package io.anyqueue;

import java.util.concurrent.Callable;

/**
 * The transactions of a store, for consumers whose handlers write to it (rule IDM-3). Implementations are safe for use by
 * any thread; a transaction belongs to the thread that began it.
 */
public interface Transactions {
    /**
     * Runs work in a transaction: commits if it returns, rolls back if it throws.
     *
     * @param work the work, run by the calling thread
     * @param <R> the type of the result
     * @return the work's result
     * @throws Exception what the work threw, or the commit's failure
     */
    <R> R run(Callable<R> work) throws Exception;

    /**
     * Gives a resource of the calling thread's transaction.
     *
     * @param type the type of the resource
     * @param <R> the type of the resource
     * @return the resource
     * @throws QueueException UNSUPPORTED if there is none of that type, or no transaction
     */
    <R> R resource(Class<R> type);
}
