package io.anyqueue.test;

import io.anyqueue.DeadLetter;
import io.anyqueue.Message;
import io.anyqueue.MessageQueue;
import io.anyqueue.QueueClient;
import io.anyqueue.QueueException;
import io.anyqueue.RetryPolicy;
import io.anyqueue.spi.Broker;
import io.anyqueue.spi.Endpoint;
import io.anyqueue.spi.Sender;
import io.anyqueue.spi.Spec;
import java.util.ArrayList;
import java.util.List;

/** Decodes messages as a consumer would: by one, on a broker of its own. Used by the test's thread. */
final class Decoding {
    private static final String NAME = "sent";

    private Decoding() {}

    static <T> List<T> decode(String destination, Class<T> type, List<Message> messages) {
        VirtualTime time = new VirtualTime();
        Broker broker = PrivateBroker.connect(time);
        List<T> payloads = new ArrayList<>();
        try (QueueClient client = QueueClient.connect(TestQueues.options(time, broker))) {
            MessageQueue<T> queue = client.queue(NAME, type);
            queue.consumer().retry(RetryPolicy.none()).start(payload -> {
                payloads.add(payload);
            });
            store(broker, messages);
            time.runUntilIdle();
            queue.deadLetters().list().findFirst().ifPresent(letter -> fail(destination, type, letter));
        }
        return payloads;
    }

    private static void store(Broker broker, List<Message> messages) {
        List<Plain> batch = new ArrayList<>();
        for (Message message : messages) {
            batch.add(new Plain(plain(message, batch.size())));
        }
        if (!batch.isEmpty()) {
            broker.sender(Spec.of(Endpoint.queue(NAME))).send(batch, new AllConfirmed());
        }
    }

    /** Only what decoding needs: no delay, no expiry, no order. */
    private static Message plain(Message message, int index) {
        return message.toBuilder()
                .id(NAME + index)
                .key(null)
                .deliverAtMillis(0)
                .expiresAtMillis(0)
                .priority(0)
                .build();
    }

    private static void fail(String destination, Class<?> type, DeadLetter letter) {
        throw new AssertionError("a message to " + destination + " is no " + type.getName() + ": " + letter.reason()
                + " " + letter.error());
    }

    private record Plain(Message message) implements Sender.PendingSend {}

    private static final class AllConfirmed implements Sender.Results {
        @Override
        public void confirmed(Sender.PendingSend send) {
            // As it should be.
        }

        @Override
        public void rejected(Sender.PendingSend send, QueueException why) {
            throw why;
        }

        @Override
        public void unknown(Sender.PendingSend send, QueueException why) {
            throw why;
        }
    }
}
