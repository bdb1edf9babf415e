package io.anyqueue.core.client;

import io.anyqueue.ConsumerBuilder;
import io.anyqueue.DeadLetters;
import io.anyqueue.MessageConsumer;
import io.anyqueue.MessageHandler;
import io.anyqueue.MessageSource;
import io.anyqueue.PayloadHandler;

/** A queue or subscription, seen as a place to consume from. */
final class DefaultSource<T> implements MessageSource<T> {
    private final DefaultQueueClient client;
    private final SourceParts<T> parts;

    DefaultSource(DefaultQueueClient client, SourceParts<T> parts) {
        this.client = client;
        this.parts = parts;
    }

    @Override
    public MessageConsumer consume(PayloadHandler<? super T> handler) {
        return consumer().start(handler);
    }

    @Override
    public MessageConsumer consume(MessageHandler<? super T> handler) {
        return consumer().start(handler);
    }

    @Override
    public ConsumerBuilder<T> consumer() {
        return new DefaultConsumerBuilder<>(client, parts);
    }

    @Override
    public DeadLetters deadLetters() {
        return client.deadLetters(parts);
    }
}
