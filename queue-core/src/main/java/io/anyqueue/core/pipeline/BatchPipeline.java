package io.anyqueue.core.pipeline;

import io.anyqueue.BatchHandler;
import io.anyqueue.ErrorCode;
import io.anyqueue.HandlingException;
import io.anyqueue.MessageContext;
import io.anyqueue.QueueException;
import io.anyqueue.Received;
import io.anyqueue.core.failure.FatalErrors;
import io.anyqueue.core.failure.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What happens to several deliveries between the broker and a batch handler: to each what {@link Pipeline} does, but for the
 * handler, which runs once. Stateless; run by worker threads, each with jobs it has started.
 */
public final class BatchPipeline {
    private static final Logger LOG = LoggerFactory.getLogger(BatchPipeline.class);

    private final Source source;
    private final Attempts attempts;
    private final BatchHandler<Object> handler;

    /** A pipeline for one consumer. */
    public BatchPipeline(Source source, OutletFinder outlets, Handling handling, Handler.Batch handler) {
        this.source = source;
        this.attempts = new Attempts(source, outlets, handling);
        this.handler = handler.handler();
    }

    /**
     * Runs jobs that the caller has started. Never throws.
     *
     * @param settle takes each job that has an outcome, as soon as it is known
     * @return the jobs without one: their batch failed, and they are to be run again in smaller ones
     */
    public List<Job> run(List<Job> jobs, BiConsumer<Job, Outcome> settle) {
        List<Item> items = new ArrayList<>(jobs.size());
        for (Job job : jobs) {
            HandlerContext context = attempts.begin(job);
            Outcome refused = attempts.prepare(context);
            if (refused == null) {
                items.add(new Item(context));
            } else {
                settle.accept(job, refused);
            }
        }
        if (items.isEmpty()) {
            return List.of();
        }
        try {
            handler.handle(Collections.unmodifiableList(items));
        } catch (Throwable e) {
            return failed(items, e, settle);
        }
        succeeded(items, settle);
        return List.of();
    }

    /** What is to be sent is on its way for all before the first is waited for. */
    private void succeeded(List<Item> items, BiConsumer<Job, Outcome> settle) {
        for (Item item : items) {
            if (item.failure == null && !item.job().isLost()) {
                attempts.send(item.context);
            }
        }
        for (Item item : items) {
            settle.accept(item.job(), outcome(item));
        }
    }

    private Outcome outcome(Item item) {
        if (item.job().isLost()) {
            attempts.undone(item.context);
            return new Outcome.Release(Duration.ZERO);
        }
        return item.failure == null ? attempts.succeeded(item.context) : attempts.failed(item.context, item.failure);
    }

    /** Being put off concerns all alike, and so does an error of the process; to run again in halves would help neither. */
    private List<Job> failed(List<Item> items, Throwable failure, BiConsumer<Job, Outcome> settle) {
        boolean putOff = failure instanceof HandlingException handling
                && handling.delay().isPresent();
        if (items.size() == 1 || putOff || FatalErrors.isFatal(failure)) {
            items.forEach(item -> settle.accept(item.job(), attempts.failed(item.context, failure)));
            return List.of();
        }
        LOG.debug("{}: a batch of {} failed and is run again in halves", source.name(), items.size(), failure);
        List<Job> again = new ArrayList<>(items.size());
        for (Item item : items) {
            attempts.undone(item.context);
            again.add(item.job());
        }
        return again;
    }

    /** One message, as the handler sees it; for use by the handler's thread. */
    private static final class Item implements Received<Object> {
        private final HandlerContext context;
        private @Nullable Throwable failure;

        Item(HandlerContext context) {
            this.context = context;
        }

        Job job() {
            return context.job();
        }

        @Override
        public Object payload() {
            return context.payload();
        }

        @Override
        public MessageContext context() {
            return context;
        }

        @Override
        public void fail(Throwable why) {
            if (why == null) {
                throw new QueueException(ErrorCode.INVALID_ARGUMENT, "failure is null");
            }
            context.checkRunning("nothing was failed");
            if (failure == null) {
                failure = why;
            }
        }
    }
}
