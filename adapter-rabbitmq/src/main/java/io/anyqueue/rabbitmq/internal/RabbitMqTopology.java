package io.anyqueue.rabbitmq.internal;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import io.anyqueue.ErrorCode;
import io.anyqueue.Feature;
import io.anyqueue.QueueException;
import io.anyqueue.spi.BrokerConfig;
import io.anyqueue.spi.Endpoint.TopicEndpoint;
import io.anyqueue.spi.Spec;
import io.anyqueue.spi.Topology;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Declares, describes, purges and deletes (rules RCV-1, ERR-1, CAP-1). Safe for use by any thread; waits on the client's executor. */
final class RabbitMqTopology implements Topology {
    private final Link link;
    private final BrokerConfig config;
    private final Duration newQueueWait;

    RabbitMqTopology(Link link, BrokerConfig config, Duration newQueueWait) {
        this.link = link;
        this.config = config;
        this.newQueueWait = newQueueWait;
    }

    @Override
    public CompletionStage<Void> declare(List<Spec> all, Mode mode) {
        Objects.requireNonNull(mode, "mode");
        List<Spec> specs = List.copyOf(all);
        try {
            specs.forEach(RabbitMqTopology::check);
        } catch (QueueException e) {
            return CompletableFuture.failedFuture(e);
        }
        if (specs.isEmpty() || mode == Mode.ASSUME) {
            return CompletableFuture.completedFuture(null);
        }
        return link.ask("declare " + names(specs), channel -> declare(channel.getConnection(), specs, mode))
                .thenCompose(created -> created ? onDisk() : CompletableFuture.completedFuture(null));
    }

    /**
     * The server writes down that there is a new quorum queue some time after it says so, and killed before that it does not find
     * the queue again, nor what it confirmed for it (rule SND-1). So a declaration that created one takes a little longer.
     */
    private CompletionStage<Void> onDisk() {
        CompletableFuture<Void> written = new CompletableFuture<>();
        try {
            var unused = config.scheduler()
                    .schedule(() -> written.complete(null), newQueueWait.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            written.completeExceptionally(new QueueException(ErrorCode.CLOSED, "the client is closed", e));
        }
        return written;
    }

    /** {@return whether a queue was created} */
    private static boolean declare(Connection connection, List<Spec> specs, Mode mode) throws IOException {
        try (Declarer declarer = new Declarer(connection)) {
            for (Spec spec : specs) {
                if (mode == Mode.CREATE) {
                    declarer.create(spec);
                } else {
                    declarer.validate(spec);
                }
            }
            return declarer.hasCreated();
        }
    }

    private static String names(List<Spec> specs) {
        return String.join(
                ", ", specs.stream().map(spec -> spec.endpoint().name()).toList());
    }

    private static void check(Spec spec) {
        Names.check(spec.endpoint());
        QueueArguments.check(spec);
        if (spec.priorities() > 1) {
            throw unsupported(spec, Feature.PRIORITIES, spec.priorities() + " priorities");
        }
        spec.retention().ifPresent(retention -> {
            throw unsupported(spec, Feature.REPLAY, "a retention of " + retention);
        });
        if (spec.ordered() && spec.delays()) {
            throw unsupported(spec, Feature.DELAYED_SEND, "delays");
        }
        if (spec.shards() < 1 || spec.shards() > Layout.MOST_SHARDS) {
            throw new QueueException(
                    ErrorCode.INVALID_ARGUMENT,
                    "'" + spec.endpoint().name() + "' on RabbitMQ can have 1 to " + Layout.MOST_SHARDS + " shards, not "
                            + spec.shards());
        }
    }

    private static QueueException unsupported(Spec spec, Feature feature, String what) {
        return new QueueException(
                ErrorCode.UNSUPPORTED,
                "'" + spec.endpoint().name() + "' asks for " + what + ": "
                        + RabbitMqCapabilities.absence(spec, feature));
    }

    @Override
    public CompletionStage<Description> describe(Spec spec) {
        Layout layout = Layout.of(spec);
        return orElse(
                link.ask("describe " + spec.endpoint().name(), channel -> describe(channel, layout)),
                Description.ABSENT);
    }

    private static Description describe(Channel channel, Layout layout) throws IOException {
        if (layout.queues().isEmpty()) {
            channel.exchangeDeclarePassive(layout.exchange());
            return description(Optional.empty());
        }
        long ready = 0;
        for (String queue : layout.queues()) {
            ready += channel.queueDeclarePassive(queue).getMessageCount();
        }
        // The figures of several queues are of several moments.
        return description(Optional.of(new Count(ready, layout.queues().size() == 1)));
    }

    private static Description description(Optional<Count> ready) {
        return new Description(true, ready, Optional.empty(), Optional.empty(), Optional.empty());
    }

    @Override
    public CompletionStage<Page> browse(Spec spec, byte @Nullable [] cursor, int max) {
        Objects.requireNonNull(spec, "spec");
        return CompletableFuture.failedFuture(unsupported(spec, Feature.BROWSE, "browsing"));
    }

    @Override
    public CompletionStage<Void> purge(Spec spec) {
        Layout layout = Layout.of(spec);
        if (layout.queues().isEmpty()) {
            return CompletableFuture.failedFuture(new QueueException(
                    ErrorCode.INVALID_ARGUMENT,
                    "topic '" + spec.endpoint().name() + "' holds no messages itself; name a subscription"));
        }
        return link.tell("purge " + spec.endpoint().name(), channel -> {
            for (String queue : layout.queues()) {
                channel.queueDeclarePassive(queue);
            }
            if (spec.delays()) {
                DelaySweep.sweep(channel.getConnection(), layout.address());
            }
            for (String queue : layout.queues()) {
                channel.queuePurge(queue);
            }
        });
    }

    @Override
    public CompletionStage<Void> delete(Spec spec) {
        Layout layout = Layout.of(spec);
        boolean topic = spec.endpoint() instanceof TopicEndpoint;
        return link.tell("delete " + spec.endpoint().name(), channel -> {
            if (topic) {
                channel.exchangeDelete(spec.endpoint().physicalName());
                channel.exchangeDelete(layout.exchange());
            }
            for (String queue : layout.queues()) {
                channel.queueDelete(queue);
            }
            if (spec.ordered() && !topic) {
                channel.queueDelete(layout.members());
            }
        });
    }

    /** Gives something else if what was asked for is not there. */
    private static <T> CompletionStage<T> orElse(CompletionStage<T> answer, T ifMissing) {
        return answer.handle((found, failure) -> {
                    boolean missing = failure != null
                            && Refusal.of(failure).filter(Refusal::isMissing).isPresent();
                    return missing ? CompletableFuture.completedStage(ifMissing) : answer;
                })
                .thenCompose(result -> result);
    }
}
