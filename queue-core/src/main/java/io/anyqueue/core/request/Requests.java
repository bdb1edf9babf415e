package io.anyqueue.core.request;

import io.anyqueue.ErrorCode;
import io.anyqueue.Message;
import io.anyqueue.PayloadTypes;
import io.anyqueue.QueueException;
import io.anyqueue.core.codec.Codecs;
import io.anyqueue.core.codec.PayloadCodec;
import io.anyqueue.core.metrics.Meters;
import io.anyqueue.core.metrics.RequestMetrics;
import io.anyqueue.core.send.Failures;
import io.anyqueue.core.send.MessageFactory;
import io.anyqueue.core.send.Publisher;
import io.anyqueue.core.threads.Threads;
import io.anyqueue.spi.Broker;
import io.anyqueue.spi.Spec;
import io.anyqueue.spi.Topology;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The side that asks: the questions of one client, and the queue of its own for their replies, which is made with the first
 * question and deleted when the client is closed. Safe for use by any thread.
 */
public final class Requests {
    private static final Logger LOG = LoggerFactory.getLogger(Requests.class);
    private static final Duration DECLARE_LIMIT = Duration.ofSeconds(30);
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);
    /** Time-outs come from the scheduler; this only guards against one that is stuck. */
    private static final Duration STUCK = Duration.ofSeconds(30);

    private static final Duration LONGEST = Duration.ofMillis(Long.MAX_VALUE);

    private final Broker broker;
    private final String namePrefix;
    private final Codecs codecs;
    private final Threads threads;
    private final Meters meters;
    private final PendingRequests pending;
    private final ConcurrentMap<Class<?>, PayloadCodec<?>> byClass = new ConcurrentHashMap<>();
    private final ReentrantLock lock = new ReentrantLock();
    private volatile @Nullable ReplyReceiver receiver;
    private boolean closed;

    /**
     * Asks nothing yet.
     *
     * @param namePrefix what the physical names of this client's destinations begin with
     */
    public Requests(Broker broker, String namePrefix, Codecs codecs, Threads threads, Meters meters) {
        this.broker = broker;
        this.namePrefix = namePrefix;
        this.codecs = codecs;
        this.threads = threads;
        this.meters = meters;
        this.pending = new PendingRequests(threads, this::timedOut);
    }

    /**
     * Where a question goes.
     *
     * @param factory makes its message
     * @param publisher sends it
     * @param <Q> the type of the question
     */
    public record Target<Q>(MessageFactory<Q> factory, Publisher publisher) {
        String name() {
            return publisher.spec().endpoint().name();
        }
    }

    /** Asks and waits for the answer, which is decoded on the caller's thread. */
    public <Q, R> R request(Target<Q> to, @Nullable Q question, Class<R> reply, Duration timeout) {
        PayloadCodec<R> codec = codec(reply);
        PendingRequest asked = ask(to, question, timeout);
        try {
            return answer(threads.await(asked.answer(), timeout.plus(STUCK)), asked, codec);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new QueueException(ErrorCode.INTERRUPTED, "interrupted while waiting for " + asked, e, true);
        } catch (ExecutionException e) {
            throw Failures.of(e);
        } catch (TimeoutException e) {
            throw new QueueException(ErrorCode.TIMEOUT, "no timer ended the wait for " + asked, e, true);
        } finally {
            pending.take(asked.id);
        }
    }

    /** Asks; the answer is decoded and the future completed on the executor. */
    public <Q, R> CompletableFuture<R> requestAsync(
            Target<Q> to, @Nullable Q question, Class<R> reply, Duration timeout) {
        PayloadCodec<R> codec = codec(reply);
        PendingRequest asked = ask(to, question, timeout);
        CompletableFuture<R> given = new CompletableFuture<>();
        asked.answer()
                .whenComplete((message, failure) -> execute(() -> complete(given, asked, codec, message, failure)));
        // Also when its owner cancels it: then nobody waits any more.
        CompletionStage<R> ended = given;
        ended.whenComplete((answer, failure) -> pending.take(asked.id));
        return given;
    }

    private <R> void complete(
            CompletableFuture<R> given,
            PendingRequest asked,
            PayloadCodec<R> codec,
            @Nullable Message message,
            @Nullable Throwable failure) {
        if (message == null) {
            given.completeExceptionally(
                    failure != null ? failure : new IllegalStateException("neither reply nor failure"));
            return;
        }
        try {
            given.complete(answer(message, asked, codec));
        } catch (RuntimeException e) {
            given.completeExceptionally(e);
        }
    }

    private void execute(Runnable completion) {
        try {
            threads.executor().execute(completion);
        } catch (RejectedExecutionException e) {
            // The client is closed: better on this thread than never.
            completion.run();
        }
    }

    private <Q> PendingRequest ask(Target<Q> to, @Nullable Q question, Duration timeout) {
        if (timeout == null || timeout.isNegative() || timeout.isZero() || timeout.compareTo(LONGEST) > 0) {
            throw new QueueException(
                    ErrorCode.INVALID_ARGUMENT,
                    "the time-out of a request to " + to.name() + " must be more than zero, is " + timeout);
        }
        Message message = to.factory().question(question, timeout, replyQueue());
        PendingRequest asked = pending.add(message.id(), to.name(), timeout);
        CompletionStage<String> sent = to.publisher().sendAsync(message);
        sent.whenComplete((id, failure) -> {
            PendingRequest unsent = failure == null ? null : pending.take(message.id());
            if (unsent != null) {
                unsent.fail(Failures.of(failure));
            }
        });
        return asked;
    }

    private <R> R answer(Message reply, PendingRequest asked, PayloadCodec<R> codec) {
        RequestMetrics metrics = meters.request(asked.destination);
        Optional<String> fault = ReplyFormat.fault(reply);
        if (fault.isPresent()) {
            metrics.failed.increment();
            throw new QueueException(ErrorCode.HANDLER_FAILED, "the handler gave up " + asked + ": " + fault.get());
        }
        metrics.answered.increment();
        return codec.decode(reply);
    }

    private void timedOut(PendingRequest late) {
        meters.request(late.destination).timedOut.increment();
        late.fail(new QueueException(
                ErrorCode.TIMEOUT,
                "no reply in time to " + late + "; it may have been handled all the same",
                null,
                true));
    }

    /** Late and repeated replies, and those to other people's questions, find nothing that waits for them. */
    private void replied(Message reply, LongAdder dropped) {
        PendingRequest asked = pending.take(ReplyFormat.question(reply));
        if (asked == null) {
            dropped.increment();
            LOG.debug("reply {} is dropped: nobody waits for it any more", reply.id());
        } else {
            asked.complete(reply);
        }
    }

    /** Decodes the given class, or the leaves of a sealed one, and nothing else (rule SEC-1). */
    @SuppressWarnings("unchecked")
    private <R> PayloadCodec<R> codec(Class<R> reply) {
        if (reply == null) {
            throw new QueueException(ErrorCode.INVALID_ARGUMENT, "the class of the reply is null");
        }
        // The codec was made for this class.
        return (PayloadCodec<R>) byClass.computeIfAbsent(
                reply, type -> new PayloadCodec<>("a reply", reply, PayloadTypes.of(reply), codecs));
    }

    private String replyQueue() {
        ReplyReceiver open = receiver;
        if (open == null) {
            lock.lock();
            try {
                open = receiver == null ? open() : receiver;
                receiver = open;
            } finally {
                lock.unlock();
            }
        }
        return open.queue().endpoint().name();
    }

    private ReplyReceiver open() {
        if (closed) {
            throw new QueueException(ErrorCode.CLOSED, "the client is closed, nothing was sent");
        }
        String name = ReplyFormat.newQueue(namePrefix);
        Spec queue = ReplyFormat.queue(name);
        int maxName = broker.capabilities(queue).limits().maxName();
        if (!ReplyFormat.isReplyQueue(name) || name.length() > maxName) {
            throw new QueueException(
                    ErrorCode.INVALID_ARGUMENT,
                    "'" + name + "' cannot be the name of a reply queue on "
                            + broker.capabilities(queue).broker() + ", where the limit is " + maxName
                            + " characters: let anyqueue.name-prefix be short and of A-Z a-z 0-9 . _ -");
        }
        await(broker.topology().declare(List.of(queue), Topology.Mode.CREATE), DECLARE_LIMIT, "declare " + name);
        LOG.info("replies to this client's requests go to {}", name);
        LongAdder dropped = meters.repliesDropped();
        return new ReplyReceiver(broker, queue, threads, reply -> replied(reply, dropped));
    }

    private void await(CompletionStage<Void> stage, Duration limit, String what) {
        try {
            threads.await(stage, limit);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new QueueException(ErrorCode.INTERRUPTED, "interrupted while waiting to " + what, e);
        } catch (ExecutionException e) {
            throw Failures.of(e);
        } catch (TimeoutException e) {
            throw new QueueException(ErrorCode.TIMEOUT, "the broker did not " + what + " within " + limit, e);
        }
    }

    /** {@return what an operator should know; null if all is well} */
    public @Nullable String trouble() {
        ReplyReceiver open = receiver;
        return open == null ? null : open.trouble();
    }

    /** Fails what waits, and deletes the reply queue. Bounded in time. */
    public void close() {
        ReplyReceiver open;
        lock.lock();
        try {
            closed = true;
            open = receiver;
        } finally {
            lock.unlock();
        }
        for (PendingRequest asked : pending.close()) {
            asked.fail(new QueueException(
                    ErrorCode.CLOSED, "the client was closed before the reply to " + asked + " came", null, true));
        }
        if (open != null) {
            guarded(open.close(CLOSE_LIMIT), "close the receiver of replies");
            guarded(
                    broker.topology().delete(open.queue()),
                    "delete " + open.queue().endpoint().name());
        }
    }

    private void guarded(CompletionStage<Void> step, String what) {
        try {
            await(step, CLOSE_LIMIT, what);
        } catch (QueueException e) {
            LOG.warn("could not {} while closing; an empty reply queue may be left behind", what, e);
        }
    }
}
