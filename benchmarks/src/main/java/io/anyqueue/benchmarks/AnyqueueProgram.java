package io.anyqueue.benchmarks;

import io.anyqueue.ClientOptions;
import io.anyqueue.MessageQueue;
import io.anyqueue.Outgoing;
import io.anyqueue.QueueClient;
import io.anyqueue.QueueSpec;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** Anyqueue with its defaults: retries, dead letters and metrics on. */
final class AnyqueueProgram implements Program {
    static final String NAME = "Anyqueue";

    private final Target target;
    private final QueueClient client;
    private final MessageQueue<byte[]> queue;
    private final Deque<CompletableFuture<String>> sent = new ArrayDeque<>();

    /** Declares the queue, too. */
    AnyqueueProgram(Target target) {
        this.target = target;
        client = QueueClient.connect(ClientOptions.of(target.url())
                .use(new SimpleMeterRegistry())
                .set("anyqueue.send.messages", Integer.toString(target.inFlight())));
        QueueSpec<byte[]> spec = QueueSpec.of(target.name(), byte[].class);
        queue = client.queue(target.ordered() ? spec.orderedBy(Target::key) : spec);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void send(byte[] body) {
        Outgoing<byte[]> message = Outgoing.of(body);
        for (var header : HEADERS.entrySet()) {
            message = message.header(header.getKey(), header.getValue());
        }
        sent.add(queue.sendAsync(message));
        while (sent.size() > target.inFlight()) {
            sent.remove().join();
        }
    }

    @Override
    public void awaitConfirmed() {
        while (!sent.isEmpty()) {
            sent.remove().join();
        }
    }

    @Override
    public void consume(int concurrency, Consumer<byte[]> handler) {
        queue.consumer().concurrency(concurrency).start(body -> handler.accept(body));
    }

    @Override
    public void close() {
        client.close();
    }
}
