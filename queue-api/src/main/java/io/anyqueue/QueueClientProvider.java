package io.anyqueue;

import java.util.ServiceLoader;

/**
 * The runtime behind {@link QueueClient}, found by {@link ServiceLoader}. Applications do not use it. Implementations are
 * stateless and safe for use by any thread.
 */
public interface QueueClientProvider {
    /**
     * Opens a client.
     *
     * @param options the options
     * @return the client
     * @throws QueueException as {@link QueueClient#connect(ClientOptions)}
     */
    QueueClient connect(ClientOptions options);

    /** {@return a new store, see {@link IdempotencyStore#inMemory()}} */
    IdempotencyStore inMemoryIdempotencyStore();

    /**
     * Finds the runtime.
     *
     * @return the runtime
     * @throws QueueException INTERNAL if there is none
     */
    static QueueClientProvider load() {
        return ServiceLoader.load(QueueClientProvider.class, QueueClientProvider.class.getClassLoader())
                .findFirst()
                .orElseThrow(() -> new QueueException(
                        ErrorCode.INTERNAL,
                        "no Anyqueue runtime found: put io.anyqueue:anyqueue or io.anyqueue:anyqueue-core on the class"
                                + " path or module path"));
    }
}
