package io.anyqueue;

import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Describes a queue: each message goes to one consumer (rule RCV-1). Whether it is ordered belongs to the destination, so
 * that no sender can forget the key (rules ORD-1, ORD-3).
 *
 * <p>Immutable; safe for use by any thread. Keep one in a constant and share it between senders and consumers.
 *
 * @param <T> the type of the payloads: a class, or a sealed type whose leaves are told apart by their logical names
 */
public final class QueueSpec<T> implements Address<T> {
    /** The most priority levels a queue may have. */
    public static final int MAX_PRIORITIES = 32;

    private final String name;
    private final Class<T> type;
    private final PayloadTypes types;
    private final @Nullable Function<? super T, String> key;
    private final int priorities;
    private final @Nullable String physicalName;

    private QueueSpec(
            String name,
            Class<T> type,
            PayloadTypes types,
            @Nullable Function<? super T, String> key,
            int priorities,
            @Nullable String physicalName) {
        this.name = name;
        this.type = type;
        this.types = types;
        this.key = key;
        this.priorities = priorities;
        this.physicalName = physicalName;
    }

    /**
     * Describes an unordered queue with one priority level.
     *
     * @param name the logical name: 1 to 63 letters, digits, {@code _} and {@code -}, no {@code --}
     * @param type the class of the payloads; a sealed type stands for all its leaves
     * @param <T> the type of the payloads
     * @return the spec
     * @throws QueueException INVALID_ARGUMENT if the name is not legal or two payload classes have one logical name
     */
    public static <T> QueueSpec<T> of(String name, Class<T> type) {
        SpecNames.destination(name, "queue name");
        return new QueueSpec<>(name, type, PayloadTypes.of(type), null, 1, null);
    }

    /**
     * Orders the queue by a key taken from the payload: messages of one key are handled one at a time in the order they
     * were sent, and different keys in parallel (rule ORD-1).
     *
     * @param key gives the key; a null or empty key is refused when the message is sent (rule ORD-3)
     * @return a new spec
     */
    public QueueSpec<T> orderedBy(Function<? super T, String> key) {
        return new QueueSpec<>(name, type, types, Arguments.notNull(key, "key"), priorities, physicalName);
    }

    /**
     * Gives the queue priority levels.
     *
     * @param levels 1 to {@value #MAX_PRIORITIES}; messages then have priority 0 to {@code levels - 1}, higher first
     * @return a new spec
     * @throws QueueException INVALID_ARGUMENT if out of range
     */
    public QueueSpec<T> priorities(int levels) {
        if (levels < 1 || levels > MAX_PRIORITIES) {
            throw Arguments.invalid("priorities must be 1 to " + MAX_PRIORITIES + ", is " + levels);
        }
        return new QueueSpec<>(name, type, types, key, levels, physicalName);
    }

    /**
     * Maps the queue to the name it has on the broker.
     *
     * @param physicalName the broker's own name, checked against the broker's rules when the queue is opened
     * @return a new spec
     */
    public QueueSpec<T> physicalName(String physicalName) {
        Arguments.notBlank(physicalName, "physicalName");
        return new QueueSpec<>(name, type, types, key, priorities, physicalName);
    }

    /** {@return the logical name} */
    public String name() {
        return name;
    }

    /** {@return the class of the payloads} */
    public Class<T> type() {
        return type;
    }

    /** {@return the payload classes and their logical names} */
    public PayloadTypes types() {
        return types;
    }

    /** {@return the function that gives the key of an ordered queue; empty if the queue is not ordered} */
    public Optional<Function<? super T, String>> key() {
        return Optional.ofNullable(key);
    }

    /** {@return the number of priority levels; default 1} */
    public int priorities() {
        return priorities;
    }

    /** {@return the broker's own name, if it was given here} */
    public Optional<String> physicalName() {
        return Optional.ofNullable(physicalName);
    }

    @Override
    public String toString() {
        return "queue " + name;
    }
}
