package io.anyqueue.benchmarks;

import io.anyqueue.ClientOptions;
import io.anyqueue.MessageQueue;
import io.anyqueue.Outgoing;
import io.anyqueue.QueueClient;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** Anyqueue with its defaults: retries, dead letters and metrics on. */
final class AnyqueueRabbitMqProgram implements RabbitMqProgram {
    private final QueueClient client;
    private final MessageQueue<byte[]> queue;
    private final Deque<CompletableFuture<String>> sent = new ArrayDeque<>();

    AnyqueueRabbitMqProgram(String url, String name) {
        client = QueueClient.connect(ClientOptions.of(url)
                .use(new SimpleMeterRegistry())
                .set("anyqueue.send.messages", Integer.toString(IN_FLIGHT)));
        queue = client.queue(name, byte[].class);
    }

    @Override
    public String name() {
        return "Anyqueue";
    }

    @Override
    public void send(byte[] body) {
        Outgoing<byte[]> message = Outgoing.of(body);
        for (var header : HEADERS.entrySet()) {
            message = message.header(header.getKey(), header.getValue());
        }
        sent.add(queue.sendAsync(message));
        while (sent.size() > IN_FLIGHT) {
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
