package io.anyqueue.core.pipeline;

import io.anyqueue.ErrorCode;
import io.anyqueue.Feature;
import io.anyqueue.IdempotencyStore.Claim;
import io.anyqueue.QueueException;
import io.anyqueue.core.codec.UnknownTypeException;
import io.anyqueue.core.failure.DeadLetterFormat;
import io.anyqueue.core.failure.DeadLetterReason;
import io.anyqueue.core.failure.FailurePolicy;
import io.anyqueue.core.failure.FatalErrors;
import io.anyqueue.core.failure.Outcome;
import io.anyqueue.core.parking.ParkedKeys;
import io.anyqueue.core.request.Replies;
import io.anyqueue.spi.Receiver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What happens to one message before and after its handler, whether that takes one or many: header checks, decode and
 * idempotency claim; what the handler sent and the record; the failure policy. Stateless; called by worker threads.
 */
final class Attempts {
    private static final Logger LOG = LoggerFactory.getLogger(Attempts.class);
    /** How long a message waits when the store or a destination that it needs is away. */
    private static final Duration INFRASTRUCTURE_PAUSE = Duration.ofSeconds(5);

    private final Source source;
    private final OutletFinder outlets;
    private final Handling handling;
    private final HeaderChecks checks;
    private final FailurePolicy policy;
    private final @Nullable Idempotency idempotency;

    Attempts(Source source, OutletFinder outlets, Handling handling) {
        this.source = source;
        this.outlets = handling.exactlyOnce() ? new SameBroker(outlets, source) : outlets;
        this.handling = handling;
        this.policy = handling.policy();
        this.checks = new HeaderChecks(source, policy, handling.deadLetterExpired());
        this.idempotency = handling.store() == null
                ? null
                : new Idempotency(handling.store(), source.name(), handling.timeout(), source.time(), source.metrics());
    }

    HandlerContext begin(Job job) {
        return new HandlerContext(job, source, outlets);
    }

    /** {@return the outcome if the handler must not run for this message} Never throws. */
    @Nullable
    Outcome prepare(HandlerContext context) {
        Job job = context.job();
        Outcome decided = job.decided();
        if (decided != null) {
            return decided;
        }
        try {
            Outcome parked = source.parked() == null ? null : parked(job, source.parked());
            if (parked != null) {
                return parked;
            }
            Outcome refused = checks.check(job);
            return refused != null ? refused : decode(context);
        } catch (Throwable e) {
            return decide(job, e);
        }
    }

    /** Asked for each run, as only now everything before it in its key is settled. */
    private @Nullable Outcome parked(Job job, ParkedKeys keys) {
        ParkedKeys.Place place;
        try {
            place = keys.place(job.delivery());
        } catch (RuntimeException e) {
            LOG.warn("{}: the store of parked keys failed, the message waits", source.name(), e);
            return new Outcome.Hold(INFRASTRUCTURE_PAUSE);
        }
        return switch (place) {
            case FREE, HEAD -> null;
            case BEHIND -> new Outcome.DeadLetter(DeadLetterReason.KEY_PARKED, null);
            case PASSED -> new Outcome.Drop(Outcome.Drop.Why.DUPLICATE);
        };
    }

    /** Decoded for each run: what one run did to the payload is not to be seen by the next (rule RTY-3). */
    private @Nullable Outcome decode(HandlerContext context) {
        Object payload;
        try {
            payload = handling.codec().decode(context.message());
        } catch (UnknownTypeException e) {
            return source.isSubscription()
                    ? new Outcome.Drop(Outcome.Drop.Why.SKIPPED)
                    : new Outcome.DeadLetter(DeadLetterReason.UNKNOWN_TYPE, e);
        } catch (QueueException e) {
            return new Outcome.DeadLetter(DeadLetterReason.UNDECODABLE, e);
        }
        return claim(context, payload, idempotencyKey(context, payload));
    }

    private @Nullable Outcome claim(HandlerContext context, Object payload, String key) {
        Claim.Granted granted = null;
        if (idempotency != null) {
            Claim claim;
            try {
                claim = idempotency.claim(key);
                if (!(claim instanceof Claim.Granted)) {
                    return idempotency.refused(claim, policy.ordered());
                }
            } catch (RuntimeException e) {
                return storeFailed(e);
            }
            granted = (Claim.Granted) claim;
        }
        context.prepared(payload, key, granted);
        return null;
    }

    private String idempotencyKey(HandlerContext context, Object payload) {
        if (handling.idempotencyKey() == null) {
            return context.message().id();
        }
        String key = handling.idempotencyKey().apply(payload);
        if (key == null || key.isBlank()) {
            throw new QueueException(
                    ErrorCode.INVALID_ARGUMENT,
                    "the idempotency key of message " + context.message().id() + " is "
                            + (key == null ? "null" : "blank"));
        }
        return key;
    }

    /** {@return the outcome of a message whose handler succeeded} Never throws. */
    Outcome succeeded(HandlerContext context) {
        Outcome outcome;
        try {
            outcome = conclude(context, context.end());
        } catch (Throwable e) {
            outcome = decide(context.job(), e);
        }
        if (!(outcome instanceof Outcome.Ack)) {
            unclaim(context);
        }
        return outcome;
    }

    /** Sends come before the record: recorded first, a crash in between would lose them. */
    private Outcome conclude(HandlerContext context, List<HandlerContext.Planned> planned) {
        Claim.Granted claim = context.claim();
        Receiver.Forward reply = context.reply();
        boolean sends = !planned.isEmpty() || reply != null;
        boolean atomically = sends && isForwarded(context, planned);
        if (sends && !atomically) {
            send(context);
            try {
                await(planned, context.sent());
                sendAndWait(reply);
            } catch (QueueException e) {
                if (isAway(e)) {
                    return new Outcome.Away(INFRASTRUCTURE_PAUSE, "what its handlers send cannot be stored", e);
                }
                throw e;
            }
        }
        if (claim != null && idempotency != null) {
            try {
                idempotency.complete(context.idempotencyKey(), claim);
            } catch (RuntimeException e) {
                return storeFailed(e);
            }
        }
        return atomically ? new Outcome.Ack(forwards(planned, reply)) : Outcome.ACK;
    }

    /** Sends what the handler wants to send, where that is not part of the acknowledgement; again it does nothing. */
    void send(HandlerContext context) {
        List<HandlerContext.Planned> planned = context.end();
        if (planned.isEmpty() || context.sent() != null || isForwarded(context, planned)) {
            return;
        }
        List<CompletableFuture<String>> sent = new ArrayList<>(planned.size());
        for (HandlerContext.Planned send : planned) {
            sent.add(send(send));
        }
        context.sent(sent);
    }

    private static CompletableFuture<String> send(HandlerContext.Planned send) {
        try {
            return send.outlet().publisher().sendAsync(send.message());
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private static void await(List<HandlerContext.Planned> planned, @Nullable List<CompletableFuture<String>> sent) {
        for (int i = 0; sent != null && i < sent.size(); i++) {
            planned.get(i).outlet().publisher().await(sent.get(i));
        }
    }

    /** After all else, as the requester may build on it. Without its requester a reply is no reason to run the handler again. */
    private void sendAndWait(Receiver.@Nullable Forward reply) {
        if (reply == null) {
            return;
        }
        try {
            outlets.publisher(reply.target()).send(reply.message());
        } catch (QueueException e) {
            if (!Replies.isLost(e)) {
                throw e;
            }
            source.metrics().repliesDropped.increment();
            LOG.debug("{}: reply {} is dropped", source.name(), reply.message().id(), e);
        }
    }

    /** With steps between the handler and the acknowledgement, what was sent has to be stored before them. */
    private boolean isForwarded(HandlerContext context, List<HandlerContext.Planned> planned) {
        if (handling.exactlyOnce()) {
            return true;
        }
        return context.claim() == null
                && (source.parked() == null
                        || !DeadLetterFormat.isHead(context.job().delivery().message()))
                && source.capabilities().has(Feature.ATOMIC_FORWARD)
                && planned.stream().allMatch(p -> p.outlet().broker() == source.broker());
    }

    private static List<Receiver.Forward> forwards(
            List<HandlerContext.Planned> planned, Receiver.@Nullable Forward reply) {
        List<Receiver.Forward> out = new ArrayList<>(planned.size() + 1);
        for (HandlerContext.Planned send : planned) {
            out.add(new Receiver.Forward(send.outlet().publisher().spec(), send.message()));
        }
        if (reply != null) {
            out.add(reply);
        }
        return out;
    }

    /** {@return the outcome of a message whose handler failed} Never throws. */
    Outcome failed(HandlerContext context, Throwable thrown) {
        context.end();
        Outcome outcome = decide(context.job(), thrown);
        unclaim(context);
        return outcome;
    }

    /** Ends an attempt that neither succeeded nor failed, as if it had not been made. */
    void undone(HandlerContext context) {
        context.end();
        unclaim(context);
    }

    private void unclaim(HandlerContext context) {
        Claim.Granted claim = context.claim();
        if (claim == null || idempotency == null) {
            return;
        }
        try {
            idempotency.release(context.idempotencyKey(), claim);
        } catch (RuntimeException e) {
            LOG.warn(
                    "{}: the claim on {} could not be given back and holds until its lease ends",
                    source.name(),
                    context.idempotencyKey(),
                    e);
        }
    }

    private Outcome decide(Job job, Throwable thrown) {
        if (FatalErrors.isFatal(thrown)) {
            return new Outcome.Fatal(thrown);
        }
        Job.Interrupt interrupt = job.interrupted();
        if (interrupt == Job.Interrupt.STOP || interrupt == Job.Interrupt.LOST) {
            return new Outcome.Release(Duration.ZERO);
        }
        Throwable failure =
                interrupt == Job.Interrupt.TIMEOUT ? new TimedOutException(handling.timeout(), thrown) : thrown;
        long now = source.time().currentTimeMillis();
        job.failed(now, FailurePolicy.counts(failure));
        Duration since = Duration.ofMillis(Math.max(0, now - job.firstFailedAtMillis()));
        Outcome outcome = policy.decide(failure, job.attempts(), since);
        LOG.debug(
                "{}: message {} failed, attempt {}: {}",
                source.name(),
                job.delivery().message().id(),
                job.attempts(),
                outcome,
                failure);
        return outcome;
    }

    /** The destination may take it later. What it refuses for good is a failure of the handler, which sent it. */
    private static boolean isAway(QueueException why) {
        return switch (why.code()) {
            case UNAVAILABLE, UNCONFIRMED, TIMEOUT, RESOURCE_EXHAUSTED -> true;
            default -> false;
        };
    }

    private static Outcome storeFailed(RuntimeException why) {
        return new Outcome.Away(INFRASTRUCTURE_PAUSE, "the idempotency store fails", why);
    }
}
