package io.anyqueue;

/**
 * Runs around handlers, for instance to set a logging context. What it leaves in the context is gone at the next delivery
 * (rule RTY-3). Called by the handlers' threads, several at once.
 */
@FunctionalInterface
public interface Middleware {
    /**
     * Runs around the rest of the pipeline.
     *
     * @param context the message
     * @param next the rest; to be called once
     * @throws Exception what the rest threw, or a failure of its own, which is one of the attempt
     */
    void around(MessageContext context, Next next) throws Exception;

    /** The rest of the pipeline. */
    @FunctionalInterface
    interface Next {
        /**
         * Runs the rest.
         *
         * @throws Exception if it failed
         */
        void proceed() throws Exception;
    }
}
