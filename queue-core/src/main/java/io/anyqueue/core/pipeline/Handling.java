package io.anyqueue.core.pipeline;

import io.anyqueue.IdempotencyStore;
import io.anyqueue.core.codec.PayloadCodec;
import io.anyqueue.core.failure.FailurePolicy;
import java.time.Duration;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * How a consumer handles its messages.
 *
 * @param codec decodes
 * @param handler the user's
 * @param policy what to do when the handler fails
 * @param timeout how long the handler may run
 * @param deadLetterExpired whether expired messages are kept
 * @param store remembers what was handled, or null
 * @param idempotencyKey gives the key from the payload; null for the message id
 * @param exactlyOnce whether all that follows from a message is stored in one step with its acknowledgement
 */
public record Handling(
        PayloadCodec<?> codec,
        Handler handler,
        FailurePolicy policy,
        Duration timeout,
        boolean deadLetterExpired,
        @Nullable IdempotencyStore store,
        @Nullable Function<Object, String> idempotencyKey,
        boolean exactlyOnce) {}
