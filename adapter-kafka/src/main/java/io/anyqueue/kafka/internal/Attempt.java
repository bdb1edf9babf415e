package io.anyqueue.kafka.internal;

import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One call of the client library's send, which does not wait: with nothing to send to, or no room, it fails at once, on the caller's thread,
 * and may be made again. Everything else comes on the library's thread.
 */
abstract class Attempt implements Callback {
    private final Outbound outbound;
    private final Thread caller = Thread.currentThread();
    private boolean returned;
    private @Nullable Exception early;

    Attempt(Outbound outbound) {
        this.outbound = outbound;
    }

    /** {@return why it was not sent; null if it is on its way} Nothing was told then. */
    final @Nullable Exception send(Producer<byte[], byte[]> producer) {
        try {
            var unused = producer.send(outbound.record(), this);
        } catch (RuntimeException e) {
            early = e;
        }
        returned = true;
        return early;
    }

    /** {@return whether it failed as it would have had to wait: for the topic's leaders, or for room in the buffer} */
    static boolean wouldWait(Exception failure) {
        String text = String.valueOf(failure.getMessage());
        return Failures.unwrapped(failure) instanceof TimeoutException
                && (text.contains("not present in metadata") || text.contains("Failed to allocate"));
    }

    @Override
    public final void onCompletion(@Nullable RecordMetadata metadata, @Nullable Exception failure) {
        if (failure != null && Thread.currentThread() == caller && !returned) {
            early = failure;
        } else {
            ended(failure);
        }
    }

    /** The brokers have answered, or not in time. */
    abstract void ended(@Nullable Exception failure);
}
