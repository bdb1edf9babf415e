package io.anyqueue.kafka.internal;

import io.anyqueue.ErrorCode;
import io.anyqueue.Message;
import io.anyqueue.QueueException;
import io.anyqueue.spi.Spec;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Makes the records of one destination, after checking the messages (rule SND-5). Safe for use by any thread. */
final class Records {
    private final Spec target;
    private final Layout layout;
    private final Clients clients;

    Records(Spec target, Clients clients) {
        this.target = target;
        this.layout = Layout.of(target);
        this.clients = clients;
    }

    Layout layout() {
        return layout;
    }

    /** @throws QueueException TOO_LARGE, UNSUPPORTED or INVALID_ARGUMENT */
    ProducerRecord<byte[], byte[]> record(Message message) {
        check(message);
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(layout.topic(), null, Codec.key(message), message.bodyArray());
        Codec.write(message, record.headers());
        Codec.only(record.headers(), layout.only());
        long now = clients.config().time().currentTimeMillis();
        long due = message.deliverAtMillis();
        if (due <= now) {
            return record;
        }
        if (layout.ordered()) {
            throw new QueueException(
                    ErrorCode.UNSUPPORTED,
                    "message " + message.id() + " is delayed, and '"
                            + target.endpoint().name() + "' is ordered: later messages of its key would overtake it");
        }
        return DelayLine.record(layout, record.key(), record.value(), record.headers(), due, now);
    }

    private void check(Message message) {
        if (target.ordered() && message.key().isEmpty()) {
            throw new QueueException(
                    ErrorCode.INVALID_ARGUMENT,
                    "message " + message.id() + " has no key, and '"
                            + target.endpoint().name() + "' is ordered by key");
        }
        int most = clients.settings().maxMessageBytes();
        if (message.size() > most) {
            throw new QueueException(
                    ErrorCode.TOO_LARGE,
                    "message " + message.id() + " has " + message.size() + " bytes, and on Kafka '"
                            + target.endpoint().name() + "' takes " + most
                            + ": send a reference to it, or raise max-message-bytes");
        }
    }
}
