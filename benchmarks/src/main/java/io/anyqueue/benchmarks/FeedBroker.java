package io.anyqueue.benchmarks;

import io.anyqueue.Capabilities;
import io.anyqueue.Feature;
import io.anyqueue.Health;
import io.anyqueue.LeaseModel;
import io.anyqueue.Limits;
import io.anyqueue.Message;
import io.anyqueue.Support;
import io.anyqueue.spi.Broker;
import io.anyqueue.spi.Delivery;
import io.anyqueue.spi.Endpoint;
import io.anyqueue.spi.Receiver;
import io.anyqueue.spi.ReceiverListener;
import io.anyqueue.spi.ReceiverOptions;
import io.anyqueue.spi.Sender;
import io.anyqueue.spi.Spec;
import io.anyqueue.spi.Topology;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Costs nothing itself: hands out one message as often as it is told, and counts acknowledgements. What is measured over it
 * is the runtime alone. For one thread.
 */
final class FeedBroker implements Broker, Receiver, Topology {
    private final Message message;
    private @Nullable ReceiverListener listener;
    private Spec source = Spec.of(Endpoint.queue("feed"));
    private int left;
    private long acknowledged;

    FeedBroker(Message message) {
        this.message = message;
    }

    /** Hands out so many deliveries and returns when all are acknowledged: the executor runs on this thread. */
    long feed(int deliveries) {
        ReceiverListener events = listener;
        if (events == null) {
            throw new IllegalStateException("no receiver was made");
        }
        left = deliveries;
        events.readable();
        return acknowledged;
    }

    private final class Copy extends Delivery {
        @Override
        public Message message() {
            return message;
        }

        @Override
        public Endpoint source() {
            return source.endpoint();
        }

        @Override
        public String lane() {
            return "";
        }

        @Override
        public Object shard() {
            return "";
        }

        @Override
        public long epoch() {
            return 0;
        }

        @Override
        public int deliveries() {
            return 1;
        }

        @Override
        public int crashes() {
            return 0;
        }

        @Override
        public int attempts() {
            return 0;
        }

        @Override
        public long firstFailedAtMillis() {
            return 0;
        }

        @Override
        public long enqueuedAtMillis() {
            return 0;
        }

        @Override
        public long leaseUntilNanos() {
            return Long.MAX_VALUE;
        }

        @Override
        public int size() {
            return message.size();
        }
    }

    @Override
    public Capabilities capabilities(Spec spec) {
        Duration none = Limits.UNLIMITED;
        Limits limits = new Limits(
                Long.MAX_VALUE,
                none,
                none,
                none,
                Integer.MAX_VALUE,
                255,
                Duration.ZERO,
                Duration.ZERO,
                Duration.ZERO,
                none);
        return new Capabilities(
                "feed",
                Map.of(
                        Feature.STALE_FENCED, Support.NATIVE,
                        Feature.DELAYED_RELEASE, Support.NATIVE,
                        Feature.ATTEMPTS_KEPT, Support.NATIVE),
                limits,
                LeaseModel.SESSION);
    }

    @Override
    public Receiver receiver(Spec spec, ReceiverOptions options, ReceiverListener events) {
        source = spec;
        listener = events;
        return this;
    }

    @Override
    public int poll(int max, long maxBytes, Consumer<? super Delivery> into) {
        int count = Math.min(max, left);
        for (int i = 0; i < count; i++) {
            into.accept(new Copy());
        }
        left -= count;
        return count;
    }

    @Override
    public void ack(List<? extends Delivery> deliveries, Receiver.Results results) {
        acknowledged += deliveries.size();
        deliveries.forEach(results::done);
    }

    @Override
    public void release(List<Release> batch, Receiver.Results results) {
        batch.forEach(release -> results.done(release.delivery()));
    }

    @Override
    public void extend(List<? extends Delivery> deliveries, Receiver.Results results) {
        deliveries.forEach(results::done);
    }

    @Override
    public void window(int messages, long bytes) {
        // It buffers nothing.
    }

    @Override
    public CompletionStage<Void> flush() {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<Void> close(Duration limit) {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public Topology topology() {
        return this;
    }

    @Override
    public CompletionStage<Void> declare(List<Spec> all, Mode mode) {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<Description> describe(Spec spec) {
        return CompletableFuture.completedFuture(Description.ABSENT);
    }

    @Override
    public CompletionStage<Page> browse(Spec spec, byte @Nullable [] cursor, int max) {
        return CompletableFuture.completedFuture(new Page(List.of(), Optional.empty()));
    }

    @Override
    public CompletionStage<Void> purge(Spec spec) {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<Void> delete(Spec spec) {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public Sender sender(Spec target) {
        return new Sender() {
            @Override
            public void send(List<? extends Sender.PendingSend> batch, Sender.Results results) {
                batch.forEach(results::confirmed);
            }

            @Override
            public CompletionStage<Void> close(Duration limit) {
                return CompletableFuture.completedFuture(null);
            }
        };
    }

    @Override
    public Health health() {
        return Health.UP;
    }

    @Override
    public <N> Optional<N> unwrap(Class<N> nativeType) {
        return Optional.empty();
    }
}
