package io.anyqueue.spi;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * What is asked of one endpoint, given alike to {@link Topology}, {@link Sender}, {@link Receiver} and
 * {@link Broker#capabilities}. What several processes must agree on (ordered, shards, lease) is kept on the broker or in the
 * physical name, and a mismatch is CONFLICT. Immutable; safe for use by any thread.
 *
 * @param endpoint the queue, topic or subscription
 * @param ordered whether messages of one key keep their order (rule ORD-1)
 * @param shards into how many units of ownership an ordered source is divided where the broker needs them; 1 or more
 * @param lease how long a delivery stays with its consumer without being extended
 * @param retention how long messages are kept even when handled; empty for no longer than that
 * @param priorities the number of priority levels; 1 for none
 * @param maxMessageBytes the largest message that is to be stored, in bytes
 * @param delays whether messages are sent with delays
 * @param nativeArguments arguments of the broker's own for the declaration
 */
public record Spec(
        Endpoint endpoint,
        boolean ordered,
        int shards,
        Duration lease,
        Optional<Duration> retention,
        int priorities,
        long maxMessageBytes,
        boolean delays,
        Map<String, String> nativeArguments) {
    /** The default number of shards. */
    public static final int DEFAULT_SHARDS = 16;

    /** The default lease. */
    public static final Duration DEFAULT_LEASE = Duration.ofSeconds(90);

    /** The default of the largest message: 1 MiB. */
    public static final long DEFAULT_MAX_BYTES = 1024 * 1024;

    /**
     * Copies the map.
     *
     * @param endpoint the queue, topic or subscription
     * @param ordered whether messages of one key keep their order (rule ORD-1)
     * @param shards into how many units of ownership an ordered source is divided where the broker needs them; 1 or more
     * @param lease how long a delivery stays with its consumer without being extended
     * @param retention how long messages are kept even when handled; empty for no longer than that
     * @param priorities the number of priority levels; 1 for none
     * @param maxMessageBytes the largest message that is to be stored, in bytes
     * @param delays whether messages are sent with delays
     * @param nativeArguments arguments of the broker's own for the declaration
     */
    public Spec {
        nativeArguments = Map.copyOf(nativeArguments);
    }

    /**
     * An unordered endpoint with defaults.
     *
     * @param endpoint the endpoint
     * @return the spec
     */
    public static Spec of(Endpoint endpoint) {
        return new Spec(
                endpoint, false, DEFAULT_SHARDS, DEFAULT_LEASE, Optional.empty(), 1, DEFAULT_MAX_BYTES, true, Map.of());
    }

    /**
     * The same for another endpoint.
     *
     * @param other the endpoint
     * @return a new spec
     */
    public Spec withEndpoint(Endpoint other) {
        return new Spec(other, ordered, shards, lease, retention, priorities, maxMessageBytes, delays, nativeArguments);
    }

    /**
     * Ordered by key, or not; an ordered endpoint takes no delays (rule ORD-5).
     *
     * @param byKey whether ordered
     * @return a new spec
     */
    public Spec withOrdered(boolean byKey) {
        return new Spec(
                endpoint,
                byKey,
                shards,
                lease,
                retention,
                priorities,
                maxMessageBytes,
                delays && !byKey,
                nativeArguments);
    }

    /**
     * With another lease.
     *
     * @param other more than zero
     * @return a new spec
     */
    public Spec withLease(Duration other) {
        return new Spec(
                endpoint, ordered, shards, other, retention, priorities, maxMessageBytes, delays, nativeArguments);
    }

    /**
     * With a retention.
     *
     * @param atLeast how long messages are kept even when handled
     * @return a new spec
     */
    public Spec withRetention(Duration atLeast) {
        return new Spec(
                endpoint,
                ordered,
                shards,
                lease,
                Optional.of(atLeast),
                priorities,
                maxMessageBytes,
                delays,
                nativeArguments);
    }

    /**
     * With priority levels.
     *
     * @param levels 1 or more
     * @return a new spec
     */
    public Spec withPriorities(int levels) {
        return new Spec(endpoint, ordered, shards, lease, retention, levels, maxMessageBytes, delays, nativeArguments);
    }

    /**
     * With arguments of the broker's own.
     *
     * @param arguments the arguments
     * @return a new spec
     */
    public Spec withNativeArguments(Map<String, String> arguments) {
        return new Spec(endpoint, ordered, shards, lease, retention, priorities, maxMessageBytes, delays, arguments);
    }
}
