package io.anyqueue.core.client;

import io.anyqueue.MessageSource;
import io.anyqueue.MessageTopic;
import io.anyqueue.Outgoing;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** A topic: sends, and names subscriptions. */
final class DefaultTopic<T> implements MessageTopic<T>, Opened<T> {
    private final Sending<T> sending;
    private final Function<String, MessageSource<T>> subscriptions;

    DefaultTopic(Sending<T> sending, Function<String, MessageSource<T>> subscriptions) {
        this.sending = sending;
        this.subscriptions = subscriptions;
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
    public MessageSource<T> subscription(String name) {
        return subscriptions.apply(name);
    }
}
