package io.anyqueue.spi;

import io.anyqueue.Message;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Declares, describes and browses what is on the broker (rules RCV-1, RET-1, ERR-1). Safe for use by any thread; no method blocks. Stages complete
 * exceptionally with a {@link io.anyqueue.QueueException}.
 */
public interface Topology {
    /** What a declaration may do. */
    enum Mode {
        /** Create what is missing; CONFLICT where it exists and differs. */
        CREATE,
        /** Create nothing: NOT_FOUND where it is missing, CONFLICT where it differs. */
        VALIDATE,
        /** Look at nothing. */
        ASSUME
    }

    /**
     * Declares endpoints, in the given order. It fails with CONFLICT where one exists with another order, kind or (unless
     * leases are a session's) lease; with UNSUPPORTED where the capabilities do not have what a spec asks for; with NOT_FOUND where a subscription's topic is missing;
     * with TOO_LARGE where a physical name is longer than {@link io.anyqueue.Limits#maxName()}, before any I/O; with UNAVAILABLE
     * where the broker cannot be reached within the connect time-out; with UNAUTHENTICATED or FORBIDDEN where it refuses.
     *
     * @param all the endpoints; a subscription's topic comes before it
     * @param mode what may be done
     * @return completes when all are there
     */
    CompletionStage<Void> declare(List<Spec> all, Mode mode);

    /**
     * Describes an endpoint.
     *
     * @param spec the endpoint
     * @return its figures; {@link Description#ABSENT} if it is not there
     */
    CompletionStage<Description> describe(Spec spec);

    /**
     * Lists messages without consuming them, oldest first. A page or a cursor that cannot be, and a topic, are INVALID_ARGUMENT.
     *
     * @param spec a queue or subscription; NOT_FOUND if it is not there
     * @param cursor from the page before; null for the first page
     * @param max most messages of the page, 1 or more
     * @return a page; UNSUPPORTED if the broker cannot be browsed
     */
    CompletionStage<Page> browse(Spec spec, byte @Nullable [] cursor, int max);

    /**
     * Removes all messages that are with no consumer, delayed ones too.
     *
     * @param spec a queue or subscription; NOT_FOUND if it is not there
     * @return completes when they are removed
     */
    CompletionStage<Void> purge(Spec spec);

    /**
     * Deletes an endpoint and what it holds, and a topic's subscriptions with it. One that is not there is no failure. Declared
     * again it is empty.
     *
     * @param spec the endpoint
     * @return completes when it is deleted
     */
    CompletionStage<Void> delete(Spec spec);

    /**
     * The figures of an endpoint, each only if the broker tells it.
     *
     * @param exists whether it is there
     * @param ready messages that can be delivered now
     * @param delayed messages that are not due yet
     * @param leased messages that are with a consumer
     * @param oldest how long ago the oldest ready message was stored
     */
    record Description(
            boolean exists,
            Optional<Count> ready,
            Optional<Count> delayed,
            Optional<Count> leased,
            Optional<Duration> oldest) {
        /** Of an endpoint that is not there. */
        public static final Description ABSENT =
                new Description(false, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
    }

    /**
     * A figure.
     *
     * @param value the number
     * @param exact whether it is exact rather than an estimate
     */
    record Count(long value, boolean exact) {}

    /**
     * Some of the messages of a queue or subscription.
     *
     * @param messages the messages, each with its {@link Message#history()}
     * @param next the cursor of the next page; empty if this is the last
     */
    record Page(List<Message> messages, Optional<byte[]> next) {}
}
