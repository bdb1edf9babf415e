package io.anyqueue.core.pipeline;

import io.anyqueue.ErrorCode;
import io.anyqueue.Feature;
import io.anyqueue.IdempotencyStore.Claim;
import io.anyqueue.MessageHandler;
import io.anyqueue.QueueException;
import io.anyqueue.core.codec.UnknownTypeException;
import io.anyqueue.core.failure.DeadLetterReason;
import io.anyqueue.core.failure.FailurePolicy;
import io.anyqueue.core.failure.Outcome;
import io.anyqueue.spi.Receiver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What happens to a delivery between the broker and the handler. Stages, outermost first: header checks, failure policy,
 * decode, idempotency claim, time-out, middleware, handler, and what the handler sent. It settles nothing: the
 * {@link Outcome} says what is to be done. Stateless; run by worker threads, each with a job it has started.
 */
public final class Pipeline {
    private static final Logger LOG = LoggerFactory.getLogger(Pipeline.class);
    /** How long a message waits when the store or a destination that it needs is away. */
    private static final Duration INFRASTRUCTURE_PAUSE = Duration.ofSeconds(5);

    private final Source source;
    private final OutletFinder outlets;
    private final Handling handling;
    private final MessageHandler<Object> chain;
    private final HeaderChecks checks;
    private final FailurePolicy policy;
    private final @Nullable Idempotency idempotency;

    /** A pipeline for one consumer. */
    public Pipeline(Source source, OutletFinder outlets, Handling handling) {
        this.source = source;
        this.outlets = outlets;
        this.handling = handling;
        this.chain = Chain.of(handling.middleware(), handling.handler());
        this.policy = handling.policy();
        this.checks = new HeaderChecks(source, policy, handling.deadLetterExpired());
        this.idempotency = handling.store() == null
                ? null
                : new Idempotency(handling.store(), source.name(), handling.timeout(), source.time(), source.metrics());
    }

    /** Runs a job that the caller has started. Never throws: a job without an outcome would be held for ever. */
    public Outcome run(Job job) {
        Outcome decided = job.decided();
        if (decided != null) {
            return decided;
        }
        try {
            Outcome refused = checks.check(job);
            return refused != null ? refused : handle(job);
        } catch (Throwable e) {
            return failed(job, e);
        }
    }

    /** Decoded for each run: what one run did to the payload is not to be seen by the next (rule RTY-3). */
    private Outcome handle(Job job) {
        Object payload;
        try {
            payload = handling.codec().decode(job.delivery().message());
        } catch (UnknownTypeException e) {
            return source.isSubscription()
                    ? new Outcome.Drop(Outcome.Drop.Why.SKIPPED)
                    : new Outcome.DeadLetter(DeadLetterReason.UNKNOWN_TYPE, e);
        } catch (QueueException e) {
            return new Outcome.DeadLetter(DeadLetterReason.UNDECODABLE, e);
        }
        return claimed(job, payload);
    }

    private Outcome claimed(Job job, Object payload) {
        String key;
        try {
            key = idempotencyKey(job, payload);
        } catch (RuntimeException e) {
            return failed(job, e);
        }
        if (idempotency == null) {
            return attempt(job, payload, key, null);
        }
        Claim claim;
        try {
            claim = idempotency.claim(key);
            if (!(claim instanceof Claim.Granted)) {
                return idempotency.refused(claim, policy.ordered());
            }
        } catch (RuntimeException e) {
            return storeFailed(e);
        }
        Claim.Granted granted = (Claim.Granted) claim;
        Outcome outcome = attempt(job, payload, key, granted);
        return outcome instanceof Outcome.Ack ? outcome : unclaimed(key, granted, outcome);
    }

    private Outcome unclaimed(String key, Claim.Granted claim, Outcome outcome) {
        try {
            if (idempotency != null) {
                idempotency.release(key, claim);
            }
        } catch (RuntimeException e) {
            LOG.warn(
                    "{}: the claim on {} could not be given back and holds until its lease ends",
                    source.name(),
                    key,
                    e);
        }
        return outcome;
    }

    private Outcome attempt(Job job, Object payload, String key, Claim.@Nullable Granted claim) {
        job.clearTimeout();
        HandlerContext context = new HandlerContext(job, outlets, key);
        try {
            chain.handle(payload, context);
            return succeeded(context.end(), key, claim);
        } catch (Throwable e) {
            context.end();
            return failed(job, e);
        }
    }

    /** Sends come before the record: recorded first, a crash in between would lose them. */
    private Outcome succeeded(List<HandlerContext.Planned> planned, String key, Claim.@Nullable Granted claim) {
        boolean atomically = !planned.isEmpty() && claim == null && canForward(planned);
        if (!planned.isEmpty() && !atomically) {
            sendAndWait(planned);
        }
        if (claim != null && idempotency != null) {
            try {
                idempotency.complete(key, claim);
            } catch (RuntimeException e) {
                return storeFailed(e);
            }
        }
        return atomically ? new Outcome.Ack(forwards(planned)) : Outcome.ACK;
    }

    private boolean canForward(List<HandlerContext.Planned> planned) {
        return source.capabilities().has(Feature.ATOMIC_FORWARD)
                && planned.stream().allMatch(p -> p.outlet().broker() == source.broker());
    }

    private static List<Receiver.Forward> forwards(List<HandlerContext.Planned> planned) {
        List<Receiver.Forward> out = new ArrayList<>(planned.size());
        for (HandlerContext.Planned send : planned) {
            out.add(new Receiver.Forward(send.outlet().publisher().spec(), send.message()));
        }
        return out;
    }

    private static void sendAndWait(List<HandlerContext.Planned> planned) {
        List<CompletableFuture<String>> sent = new ArrayList<>(planned.size());
        for (HandlerContext.Planned send : planned) {
            sent.add(send.outlet().publisher().sendAsync(send.message()));
        }
        for (int i = 0; i < sent.size(); i++) {
            planned.get(i).outlet().publisher().await(sent.get(i));
        }
    }

    private Outcome failed(Job job, Throwable thrown) {
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

    private Outcome storeFailed(RuntimeException why) {
        LOG.warn("{}: the idempotency store failed, the message is given back uncounted", source.name(), why);
        return policy.ordered() ? new Outcome.Hold(INFRASTRUCTURE_PAUSE) : new Outcome.Release(INFRASTRUCTURE_PAUSE);
    }

    private String idempotencyKey(Job job, Object payload) {
        if (handling.idempotencyKey() == null) {
            return job.delivery().message().id();
        }
        String key = handling.idempotencyKey().apply(payload);
        if (key == null || key.isBlank()) {
            throw new QueueException(
                    ErrorCode.INVALID_ARGUMENT,
                    "the idempotency key of message " + job.delivery().message().id() + " is "
                            + (key == null ? "null" : "blank"));
        }
        return key;
    }
}
