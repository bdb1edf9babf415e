package io.anyqueue.core.pipeline;

import io.anyqueue.MessageHandler;
import io.anyqueue.core.failure.Outcome;

/**
 * What happens to a delivery between the broker and the handler. Stages, outermost first: header checks, failure policy,
 * decode, idempotency claim, time-out, middleware, handler, and what the handler sent. It settles nothing: the
 * {@link Outcome} says what is to be done. Stateless; run by worker threads, each with a job it has started.
 */
public final class Pipeline {
    private final Attempts attempts;
    private final MessageHandler<Object> chain;

    /** A pipeline for one consumer. */
    public Pipeline(Source source, OutletFinder outlets, Handling handling, Handler.Single handler) {
        this.attempts = new Attempts(source, outlets, handling);
        this.chain = Chain.of(handler.middleware(), handler.handler());
    }

    /** Runs a job that the caller has started. Never throws: a job without an outcome would be held for ever. */
    public Outcome run(Job job) {
        HandlerContext context = attempts.begin(job);
        Outcome refused = attempts.prepare(context);
        if (refused != null) {
            return refused;
        }
        try {
            chain.handle(context.payload(), context);
        } catch (Throwable e) {
            return attempts.failed(context, e);
        }
        return attempts.succeeded(context);
    }
}
