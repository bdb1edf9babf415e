package io.anyqueue.inmemory.internal;

import io.anyqueue.ErrorCode;
import io.anyqueue.Message;
import io.anyqueue.QueueException;
import io.anyqueue.spi.Endpoint;
import io.anyqueue.spi.Endpoint.SubscriptionEndpoint;
import io.anyqueue.spi.Spec;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * What a destination was declared with. Immutable.
 *
 * @param endpoint the destination
 * @param ordered whether by key
 * @param priorities the number of levels
 * @param lease how long a delivery stays with its receiver
 * @param maxMessageBytes the largest message
 * @param bounds how much it holds
 */
record Definition(
        Endpoint endpoint, boolean ordered, int priorities, Duration lease, long maxMessageBytes, Bounds bounds) {
    /** The longest physical name, in bytes of UTF-8. */
    static final int MAX_NAME = 255;

    /**
     * How much larger than the largest message a copy may be that has a history: dead letters carry their provenance, and
     * a message that was taken once must not be stuck because of that (rules DLQ-1, DLQ-2).
     */
    static final int PROVENANCE = 64 * 1024;

    private static final int MAX_PRIORITIES = 256;

    /**
     * Checks a spec.
     *
     * @param spec the spec
     * @param defaults the bounds where the spec's own arguments say nothing
     * @return the definition
     * @throws QueueException UNSUPPORTED, INVALID_ARGUMENT or TOO_LARGE
     */
    static Definition of(Spec spec, Bounds defaults) {
        String name = spec.endpoint().physicalName();
        checkName(name);
        if (spec.retention().isPresent()) {
            throw unsupported(
                    name + " is to be retained, but this broker keeps no message that was handled; use a broker"
                            + " with the feature REPLAY");
        }
        if (spec.ordered() && spec.priorities() > 1) {
            throw unsupported(name + " is ordered and has priorities, which contradict each other; use one of them");
        }
        if (spec.priorities() < 1 || spec.priorities() > MAX_PRIORITIES) {
            throw invalid(name + ": priorities must be 1 to " + MAX_PRIORITIES + ", is " + spec.priorities());
        }
        if (spec.lease().isNegative() || spec.lease().isZero()) {
            throw invalid(name + ": the lease must be more than zero, is " + spec.lease());
        }
        if (spec.maxMessageBytes() < 1) {
            throw invalid(name + ": maxMessageBytes must be 1 or more, is " + spec.maxMessageBytes());
        }
        return new Definition(
                spec.endpoint(),
                spec.ordered(),
                spec.priorities(),
                spec.lease(),
                spec.maxMessageBytes(),
                defaults.with(spec.nativeArguments(), name + ": the argument"));
    }

    private static void checkName(String name) {
        if (name.isBlank() || name.chars().anyMatch(Character::isISOControl)) {
            throw invalid("the physical name is blank or has control characters");
        }
        int length = name.getBytes(StandardCharsets.UTF_8).length;
        if (length > MAX_NAME) {
            throw new QueueException(
                    ErrorCode.TOO_LARGE,
                    "the physical name " + name.substring(0, 40) + "… has " + length
                            + " bytes; the in-memory broker takes " + MAX_NAME);
        }
    }

    String name() {
        return endpoint.physicalName();
    }

    /** {@return queue, topic or subscription} */
    String kind() {
        return kind(endpoint);
    }

    static String kind(Endpoint endpoint) {
        if (endpoint instanceof Endpoint.QueueEndpoint) {
            return "queue";
        }
        return endpoint instanceof Endpoint.TopicEndpoint ? "topic" : "subscription";
    }

    /** {@return whether a message of that size is larger than this destination takes} */
    boolean tooLarge(Message message, int size) {
        if (size <= maxMessageBytes && size <= bounds.maxBytes()) {
            return false;
        }
        long room = message.history().deliveries() > 0 ? PROVENANCE : 0;
        return size - room > maxMessageBytes || size > bounds.maxBytes();
    }

    /**
     * Refuses another definition of the same destination (what its users must agree on is order, priorities and lease).
     *
     * @param want the other one
     * @throws QueueException CONFLICT
     */
    void agree(Definition want) {
        if (!kind().equals(want.kind())) {
            throw conflict(name() + " is a " + kind() + " and was declared as a " + want.kind());
        }
        if (endpoint instanceof SubscriptionEndpoint have
                && want.endpoint instanceof SubscriptionEndpoint other
                && !have.topic().physicalName().equals(other.topic().physicalName())) {
            throw conflict(name() + " is a subscription of topic "
                    + have.topic().physicalName() + ", and was declared as one of "
                    + other.topic().physicalName());
        }
        if (ordered != want.ordered || priorities != want.priorities || !lease.equals(want.lease)) {
            throw conflict(kind() + " " + name() + " differs: have " + agreed() + ", want " + want.agreed());
        }
    }

    private String agreed() {
        return "[ordered=" + ordered + ", priorities=" + priorities + ", lease=" + lease + "]";
    }

    static QueueException conflict(String message) {
        return new QueueException(ErrorCode.CONFLICT, message);
    }

    private static QueueException invalid(String message) {
        return new QueueException(ErrorCode.INVALID_ARGUMENT, message);
    }

    private static QueueException unsupported(String message) {
        return new QueueException(ErrorCode.UNSUPPORTED, message);
    }
}
