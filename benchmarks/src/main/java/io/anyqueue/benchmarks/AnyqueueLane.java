package io.anyqueue.benchmarks;

import io.anyqueue.ClientOptions;
import io.anyqueue.MessageQueue;
import io.anyqueue.QueueClient;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.function.Consumer;

/** Anyqueue with its defaults: confirmed sends, leases, retries, dead letters and metrics on; one handler at a time. */
final class AnyqueueLane implements Lane {
    private final QueueClient client;
    private final MessageQueue<byte[]> queue;

    AnyqueueLane(Consumer<byte[]> handler) {
        client = QueueClient.connect(ClientOptions.of("inmemory:").use(new SimpleMeterRegistry()));
        queue = client.queue("bench", byte[].class);
        queue.consume(body -> handler.accept(body));
    }

    @Override
    public String name() {
        return "Anyqueue in memory";
    }

    @Override
    public void send(byte[] body) {
        queue.send(body);
    }

    @Override
    public void close() {
        client.close();
    }
}
