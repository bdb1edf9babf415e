package io.anyqueue.kafka.internal;

import io.anyqueue.QueueException;
import io.anyqueue.spi.Delivery;
import io.anyqueue.spi.Receiver;
import io.anyqueue.spi.ReceiverListener;
import io.anyqueue.spi.ReceiverOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves what is due from the topic of delayed messages, a log in order that a consumer group owns, to the topic that is shared (rules
 * DLY-1, DLY-2): a confirmed copy first, and then the original is done. Safe for use by any thread; works on those of its receiver.
 */
final class DelayMover implements ReceiverListener {
    private static final Logger LOG = LoggerFactory.getLogger(DelayMover.class);
    private static final int MOST = 500;
    private static final long MOST_BYTES = 4L * 1024 * 1024;
    private static final Duration AGAIN = Duration.ofSeconds(1);

    private final Layout layout;
    private final Clients clients;
    private final KafkaReceiver delayed;
    private final AtomicInteger readable = new AtomicInteger();

    DelayMover(Layout layout, ReceiverOptions options, Clients clients, Publisher copies, TopicPresence presence) {
        this.layout = layout;
        this.clients = clients;
        this.delayed = new KafkaReceiver(
                layout.delays(),
                new ReceiverOptions(options.consumer() + "-delayed", options.start()),
                this,
                clients,
                copies,
                presence);
    }

    void begin() {
        delayed.window(MOST, MOST_BYTES);
    }

    CompletionStage<Void> close(Duration limit) {
        return delayed.close(limit);
    }

    @Override
    public void readable() {
        // One thread at a time; who comes meanwhile leaves the work to it.
        if (readable.getAndIncrement() > 0) {
            return;
        }
        int seen;
        do {
            seen = readable.get();
            move();
        } while (!readable.compareAndSet(seen, 0));
    }

    private void move() {
        List<Due> batch = new ArrayList<>();
        while (delayed.poll(MOST, MOST_BYTES, delivery -> batch.add(new Due((KafkaDelivery) delivery))) > 0) {
            delayed.move(batch.stream().filter(Due::claim).toList());
            batch.clear();
        }
    }

    @Override
    public CompletionStage<Void> revoking(Object shard, long epoch, long untilNanos) {
        return CompletableFuture.completedFuture(null); // Its receiver waits for what is on its way.
    }

    @Override
    public void lost(Object shard, long epoch) {
        LOG.debug(
                "{}: lost {}; what is due there is moved by somebody else, too",
                layout.endpoint().name(),
                shard);
    }

    @Override
    public void state(State state, @Nullable QueueException why) {
        LOG.debug("{}: delayed messages: {}", layout.endpoint().name(), state, why);
    }

    /** It is not settled through the receiver, which takes nothing any more when it is closing, and waits for what it moves. */
    private final class Due extends Move implements Receiver.Results {
        private final KafkaDelivery original;

        Due(KafkaDelivery original) {
            super(original.slot(), List.of(due(original)));
            this.original = original;
        }

        boolean claim() {
            return original.tracker().claim(original);
        }

        @Override
        void done() {
            LOG.trace("moved {}", original);
        }

        @Override
        void stale() {
            stale(original);
        }

        @Override
        void failed(QueueException why) {
            LOG.warn(
                    "{}: a message that is due could not be handed out, trying again",
                    layout.endpoint().name(),
                    why);
            original.tracker().unclaim(original);
            var unused = Timers.after(
                    clients.config(),
                    AGAIN,
                    () -> delayed.release(
                            List.of(new Receiver.Release(
                                    original, Duration.ZERO, original.attempts(), original.firstFailedAtMillis())),
                            this));
        }

        @Override
        public void done(Delivery delivery) {
            LOG.trace("{} is tried again", delivery);
        }

        @Override
        public void stale(Delivery delivery) {
            LOG.debug("{} is somebody else's by now, so it may come twice", delivery);
        }

        @Override
        public void unknown(Delivery delivery, QueueException why) {
            LOG.debug("{} may come twice", delivery, why);
        }
    }

    private ProducerRecord<byte[], byte[]> due(KafkaDelivery original) {
        var record = original.record();
        Headers headers = Codec.copy(record, original.message());
        Counters.of(record.headers(), original.message().history()).to(headers);
        Codec.only(headers, layout.only());
        return new ProducerRecord<>(layout.topic(), null, record.key(), record.value(), headers);
    }
}
