package io.anyqueue.core.client;

import io.anyqueue.BatchHandler;
import io.anyqueue.Capabilities;
import io.anyqueue.CircuitBreaker;
import io.anyqueue.ConsumerBuilder;
import io.anyqueue.ErrorCode;
import io.anyqueue.Feature;
import io.anyqueue.IdempotencyStore;
import io.anyqueue.KeyParking;
import io.anyqueue.MessageConsumer;
import io.anyqueue.MessageHandler;
import io.anyqueue.Middleware;
import io.anyqueue.PayloadHandler;
import io.anyqueue.QueueException;
import io.anyqueue.RetryPolicy;
import io.anyqueue.Stage;
import io.anyqueue.StartAt;
import io.anyqueue.Transactions;
import io.anyqueue.WhenExhausted;
import io.anyqueue.core.config.ConsumerSettings;
import io.anyqueue.core.consume.ConsumerPlan;
import io.anyqueue.core.failure.FailurePolicy;
import io.anyqueue.core.pipeline.Handler;
import io.anyqueue.core.pipeline.Handling;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Gathers the settings of a consumer, joins them with those from outside, and refuses what cannot be kept. */
final class DefaultConsumerBuilder<T> implements ConsumerBuilder<T> {
    private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(60);
    private static final int MAX_BATCH = 10_000;
    private static final Duration MAX_BATCH_WAIT = Duration.ofMinutes(10);
    /** Messages that run at once at most: they are all in memory. */
    private static final int MAX_AT_ONCE = 100_000;

    private final DefaultQueueClient client;
    private final SourceParts<T> parts;
    private final boolean ordered;
    private int concurrency = 1;
    private Duration timeout = DEFAULT_TIMEOUT;
    private @Nullable RetryPolicy retry;
    private WhenExhausted whenExhausted = WhenExhausted.DEAD_LETTER;
    private @Nullable IdempotencyStore store;
    private @Nullable Function<Object, String> idempotencyKey;
    private @Nullable KeyParking parking;
    private boolean exactlyOnce;
    private StartAt start = StartAt.now();
    private boolean paused;
    private final List<Middleware> aroundAttempts = new ArrayList<>();
    private final List<Middleware> aroundHandlers = new ArrayList<>();

    DefaultConsumerBuilder(DefaultQueueClient client, SourceParts<T> parts) {
        this.client = client;
        this.parts = parts;
        this.ordered = parts.spec().ordered();
    }

    @Override
    public ConsumerBuilder<T> concurrency(int handlers) {
        if (handlers < 1 || handlers > 10_000) {
            throw invalid("concurrency must be 1 to 10000, is " + handlers);
        }
        this.concurrency = handlers;
        return this;
    }

    @Override
    public ConsumerBuilder<T> timeout(Duration limit) {
        if (notNull(limit, "timeout").isNegative() || limit.isZero()) {
            throw invalid("timeout must be more than zero, is " + limit);
        }
        this.timeout = limit;
        return this;
    }

    @Override
    public ConsumerBuilder<T> retry(RetryPolicy policy) {
        this.retry = notNull(policy, "retry policy");
        return this;
    }

    @Override
    public ConsumerBuilder<T> whenExhausted(WhenExhausted action) {
        this.whenExhausted = notNull(action, "whenExhausted");
        return this;
    }

    @Override
    public ConsumerBuilder<T> idempotent(IdempotencyStore idempotencyStore) {
        this.store = notNull(idempotencyStore, "idempotency store");
        return this;
    }

    @Override
    @SuppressWarnings("unchecked")
    public ConsumerBuilder<T> idempotencyKey(Function<? super T, String> key) {
        // Only payloads that were decoded into a T are ever given to it.
        this.idempotencyKey = (Function<Object, String>) (Function<?, String>) notNull(key, "idempotency key");
        return this;
    }

    @Override
    public ConsumerBuilder<T> transactional(Transactions transactions) {
        throw absent("transactional consumers", "use idempotent(IdempotencyStore)");
    }

    @Override
    public ConsumerBuilder<T> parking(KeyParking store) {
        this.parking = notNull(store, "parking");
        return this;
    }

    @Override
    public ConsumerBuilder<T> rate(int messages, Duration period) {
        throw absent("rate gates", "limit the concurrency");
    }

    @Override
    public ConsumerBuilder<T> breaker(CircuitBreaker breaker) {
        throw absent("circuit breakers", "pause() the consumer");
    }

    @Override
    public ConsumerBuilder<T> exactlyOnce() {
        this.exactlyOnce = true;
        return this;
    }

    @Override
    public ConsumerBuilder<T> from(StartAt position) {
        this.start = notNull(position, "start");
        return this;
    }

    @Override
    public ConsumerBuilder<T> startPaused() {
        this.paused = true;
        return this;
    }

    @Override
    public ConsumerBuilder<T> use(Stage stage, Middleware middleware) {
        notNull(middleware, "middleware");
        (notNull(stage, "stage") == Stage.ATTEMPT ? aroundAttempts : aroundHandlers).add(middleware);
        return this;
    }

    @Override
    public MessageConsumer start(PayloadHandler<? super T> handler) {
        notNull(handler, "handler");
        return start((payload, context) -> handler.handle(payload));
    }

    @Override
    @SuppressWarnings("unchecked")
    public MessageConsumer start(MessageHandler<? super T> handler) {
        notNull(handler, "handler");
        List<Middleware> middleware = new ArrayList<>(aroundAttempts);
        middleware.addAll(aroundHandlers);
        // Only payloads that were decoded into a T are ever given to it.
        MessageHandler<Object> untyped = (MessageHandler<Object>) (MessageHandler<?>) handler;
        return start(new Handler.Single(untyped, middleware));
    }

    @Override
    @SuppressWarnings("unchecked")
    public MessageConsumer startBatch(int max, Duration wait, BatchHandler<T> handler) {
        notNull(handler, "handler");
        if (max < 1 || max > MAX_BATCH) {
            throw invalid("max of a batch must be 1 to " + MAX_BATCH + ", is " + max);
        }
        if (notNull(wait, "wait").isNegative() || wait.compareTo(MAX_BATCH_WAIT) > 0) {
            throw invalid("wait of a batch must be zero to " + MAX_BATCH_WAIT + ", is " + wait);
        }
        if (!aroundAttempts.isEmpty() || !aroundHandlers.isEmpty()) {
            throw new QueueException(
                    ErrorCode.UNSUPPORTED,
                    "middleware runs around the handling of one message, and the batch handler of "
                            + parts.spec().endpoint().name()
                            + " handles several; use start(handler), or wrap the handler");
        }
        // Only payloads that were decoded into a T are ever given to it.
        BatchHandler<Object> untyped = (BatchHandler<Object>) (BatchHandler<?>) handler;
        return start(new Handler.Batch(untyped, max, wait));
    }

    private MessageConsumer start(Handler handler) {
        ConsumerSettings outside =
                client.settings().consumer(parts.spec().endpoint().name(), ordered);
        Duration limit = outside.timeout().orElse(timeout);
        int handlers = outside.concurrency().orElse(concurrency);
        if ((long) handlers * handler.most() > MAX_AT_ONCE) {
            throw invalid(
                    "concurrency times max of a batch must be at most " + MAX_AT_ONCE + ", is " + handlers + " times "
                            + handler.most() + " on " + parts.spec().endpoint().name());
        }
        FailurePolicy policy = new FailurePolicy(policy(outside), ordered, whenExhausted, client.random());
        if (!(start instanceof StartAt.Now)) {
            client.capabilities(parts.spec()).require(Feature.REPLAY, "from(" + start + ")");
        }
        checkExactlyOnce();
        Handling handling = new Handling(
                parts.codec(), handler, policy, limit, outside.deadLetterExpired(), store, idempotencyKey, exactlyOnce);
        ConsumerPlan plan = new ConsumerPlan(handlers, limit, outside.leaseMax(), start, paused, keyParking());
        return outside.enabled() ? client.start(parts, plan, handling) : new DisabledConsumer(parts.spec());
    }

    /** Each of these would be a step beside the transaction, and a crash between both would double something or lose it. */
    private void checkExactlyOnce() {
        if (!exactlyOnce) {
            return;
        }
        String name = parts.spec().endpoint().name();
        client.capabilities(parts.spec()).require(Feature.TRANSACTIONS, "exactlyOnce() on " + name);
        if (store != null) {
            throw new QueueException(
                    ErrorCode.UNSUPPORTED,
                    "exactlyOnce() on " + name
                            + " stores what follows from a message together with its acknowledgement, and"
                            + " idempotent(...) would be written in between; leave out idempotent(...), as a message whose results are"
                            + " stored does not come again, or leave out exactlyOnce()");
        }
        if (whenExhausted == WhenExhausted.PARK_KEY) {
            throw new QueueException(
                    ErrorCode.UNSUPPORTED,
                    "PARK_KEY on " + name
                            + " keeps keys in a store of its own, which is no part of the transaction that"
                            + " exactlyOnce() asks for; use DEAD_LETTER, or leave out exactlyOnce()");
        }
    }

    private @Nullable KeyParking keyParking() {
        String name = parts.spec().endpoint().name();
        if (whenExhausted != WhenExhausted.PARK_KEY) {
            if (parking != null) {
                throw invalid("parking(...) of " + name + " would never be used; add whenExhausted(PARK_KEY)");
            }
            return null;
        }
        if (!ordered) {
            throw invalid("PARK_KEY keeps the order of a key, and " + name
                    + " has none; declare it with orderedBy(...), or use DEAD_LETTER");
        }
        if (parking != null) {
            return parking;
        }
        return client.parking()
                .orElseThrow(() -> new QueueException(
                        ErrorCode.UNSUPPORTED,
                        "the broker of " + name + " has no place for parked keys, which PARK_KEY needs; give one by"
                                + " parking(store), or use DEAD_LETTER"));
    }

    private RetryPolicy policy(ConsumerSettings outside) {
        RetryPolicy standard = ordered ? RetryPolicy.standardOrdered() : RetryPolicy.standard();
        RetryPolicy chosen = outside.retry().orElse(retry == null ? standard : retry);
        String name = parts.spec().endpoint().name();
        if (ordered && chosen.isDelayed()) {
            throw new QueueException(
                    ErrorCode.UNSUPPORTED,
                    "delayed retries would break the order of " + name + "; use RetryPolicy.blocking(...)");
        }
        if (chosen.isDelayed()) {
            requireDelays(name);
        }
        if (!chosen.isBounded()) {
            throw invalid("the exponential retry policy of " + name + " would never end; add attempts(n) or within(d)");
        }
        return chosen;
    }

    /** Either the message goes back for a while, or a delayed copy takes its place. */
    private void requireDelays(String name) {
        Capabilities capabilities = client.capabilities(parts.spec());
        boolean goesBack = capabilities.has(Feature.DELAYED_RELEASE) && capabilities.has(Feature.ATTEMPTS_KEPT);
        if (!goesBack) {
            capabilities.require(Feature.DELAYED_SEND, "a retry policy with delays on " + name);
        }
    }

    private QueueException absent(String what, String remedy) {
        return new QueueException(
                ErrorCode.UNSUPPORTED,
                "this release has no " + what + " (asked for on "
                        + parts.spec().endpoint().name() + "); " + remedy);
    }

    private static <V> V notNull(@Nullable V value, String name) {
        if (value == null) {
            throw invalid(name + " is null");
        }
        return value;
    }

    private static QueueException invalid(String message) {
        return new QueueException(ErrorCode.INVALID_ARGUMENT, message);
    }
}
