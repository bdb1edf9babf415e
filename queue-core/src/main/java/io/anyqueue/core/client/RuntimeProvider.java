package io.anyqueue.core.client;

import io.anyqueue.ClientOptions;
import io.anyqueue.IdempotencyStore;
import io.anyqueue.QueueClient;
import io.anyqueue.QueueClientProvider;
import io.anyqueue.core.idempotency.InMemoryIdempotencyStore;

/** The runtime, as the API finds it. */
public final class RuntimeProvider implements QueueClientProvider {
    /** For {@code ServiceLoader}. */
    public RuntimeProvider() {}

    @Override
    public QueueClient connect(ClientOptions options) {
        return ClientFactory.open(options);
    }

    @Override
    public IdempotencyStore inMemoryIdempotencyStore() {
        return new InMemoryIdempotencyStore();
    }
}
