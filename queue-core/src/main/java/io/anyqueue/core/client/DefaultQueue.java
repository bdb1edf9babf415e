package io.anyqueue.core.client;

import io.anyqueue.ConsumerBuilder;
import io.anyqueue.DeadLetters;
import io.anyqueue.MessageConsumer;
import io.anyqueue.MessageHandler;
import io.anyqueue.MessageQueue;
import io.anyqueue.Outgoing;
import io.anyqueue.PayloadHandler;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A queue: sends and consumes. */
final class DefaultQueue<T> implements MessageQueue<T>, Opened<T> {
    private final Sending<T> sending;
    private final DefaultSource<T> source;

    DefaultQueue(Sending<T> sending, DefaultSource<T> source) {
        this.sending = sending;
        this.source = source;
    }

    @Override
    public Sending<T> sending() {
        return sending;
    }

    @Override
    public String send(T payload) {
        return sending.send(payload);
    }

    @Override
    public String send(Outgoing<? extends T> message) {
        return sending.send(message);
    }

    @Override
    public CompletableFuture<String> sendAsync(T payload) {
        return sending.sendAsync(payload);
    }

    @Override
    public CompletableFuture<String> sendAsync(Outgoing<? extends T> message) {
        return sending.sendAsync(message);
    }

    @Override
    public void sendAll(List<? extends Outgoing<? extends T>> messages) {
        sending.sendAll(messages);
    }

    @Override
    public MessageConsumer consume(PayloadHandler<? super T> handler) {
        return source.consume(handler);
    }

    @Override
    public MessageConsumer consume(MessageHandler<? super T> handler) {
        return source.consume(handler);
    }

    @Override
    public ConsumerBuilder<T> consumer() {
        return source.consumer();
    }

    @Override
    public DeadLetters deadLetters() {
        return source.deadLetters();
    }
}
