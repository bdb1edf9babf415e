package io.anyqueue.kafka.internal;

import io.anyqueue.ErrorCode;
import io.anyqueue.QueueException;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;

/**
 * Knows which topics there are, as of a second ago at most: the client library's sends wait for a missing one to appear (hazard of a
 * mistyped name). Safe for use by any thread; waits for nothing.
 */
final class TopicPresence {
    private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Clients clients;
    private final Map<String, Long> seenNanos = new ConcurrentHashMap<>();

    TopicPresence(Clients clients) {
        this.clients = clients;
    }

    boolean isFresh(String topic) {
        Long seen = seenNanos.get(topic);
        return seen != null && clients.config().time().nanoTime() - seen < FRESH_NANOS;
    }

    /** {@return whether it is time to ask, so that nobody has to wait for the answer later} */
    boolean isAging(String topic) {
        Long seen = seenNanos.get(topic);
        return seen == null || clients.config().time().nanoTime() - seen > FRESH_NANOS / 2;
    }

    /** Asks anew next time. */
    void forget(String topic) {
        seenNanos.remove(topic);
    }

    /** {@return completes when the topic was seen, or with NOT_FOUND, or with why it is not known} */
    CompletionStage<Void> check(String topic, String name) {
        CompletableFuture<Void> checked = new CompletableFuture<>();
        Timers.blocking(clients.config(), () -> {
            try {
                long asked = clients.config().time().nanoTime();
                int millis = (int) clients.settings().connectTimeout().toMillis();
                var unused = clients.admin()
                        .describeTopics(Set.of(topic), new DescribeTopicsOptions().timeoutMs(millis))
                        .allTopicNames()
                        .toCompletionStage()
                        .whenComplete((found, failure) -> {
                            if (failure == null) {
                                seenNanos.put(topic, asked);
                                checked.complete(null);
                            } else {
                                checked.completeExceptionally(explained(name, failure));
                            }
                        });
            } catch (RuntimeException e) {
                checked.completeExceptionally(explained(name, e));
            }
        });
        return checked;
    }

    private static QueueException explained(String name, Throwable failure) {
        QueueException why = Failures.of("send to " + name, failure);
        return why.code() == ErrorCode.NOT_FOUND
                ? new QueueException(ErrorCode.NOT_FOUND, "'" + name + "' does not exist on Kafka: declare it", failure)
                : why;
    }

    static QueueException failure(Throwable thrown) {
        Throwable cause =
                thrown instanceof CompletionException && thrown.getCause() != null ? thrown.getCause() : thrown;
        return Failures.of("send", cause);
    }
}
